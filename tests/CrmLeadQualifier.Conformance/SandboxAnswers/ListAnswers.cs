namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>The sandbox's answers about lists beside HubSpot's recorded ones.</summary>
public sealed class ListAnswers
{
    [SkippableFact]
    public async Task A_manual_list_its_members_and_the_next_page_of_them()
    {
        var created = Recording.Read("cc/lists-create-manual");
        await using var portal = await SandboxPortal.StartAsync();
        var answer = await portal.SendAsync("POST", "/crm/v3/lists", created.RequestBody);
        answer.AssertAsRecorded(created);
        var list = answer.Json.GetProperty("list").GetProperty("listId").GetString();

        var contacts = new List<long>();
        foreach (var number in Enumerable.Range(0, 30))
            contacts.Add(long.Parse(await portal.CreateAsync("contacts", new { email = $"{number}@example.org" })));
        (await portal.SendAsync("PUT", $"/crm/v3/lists/{list}/memberships/add", contacts)).AssertAsRecorded(Recording.Read("cc/lists-members-add"));
        (await portal.SendAsync("GET", $"/crm/v3/lists/{list}/memberships?limit=25")).AssertAsRecorded(Recording.Read("cc/lists-members-page"));
    }

    [SkippableFact]
    public async Task An_active_list_with_its_filter()
    {
        var created = Recording.Read("cc/lists-create-dynamic-filterBranch");
        await using var portal = await SandboxPortal.StartAsync();
        (await portal.SendAsync("POST", "/crm/v3/lists", created.RequestBody)).AssertAsRecorded(created);
    }

    [SkippableFact]
    public async Task The_search_for_lists_by_hand()
    {
        var recording = Recording.Read("cc/lists-search");
        await using var portal = await SandboxPortal.StartAsync();
        var contact = long.Parse(await portal.CreateAsync("contacts", new { email = "a@b.fr" }));
        var list = await CreateAsync(portal, "One", "MANUAL");
        await portal.SendAsync("PUT", $"/crm/v3/lists/{list}/memberships/add", new[] { contact });
        await portal.SendAsync("PUT", $"/crm/v3/lists/{list}/memberships/remove", new[] { contact });
        // Whoever changed a list last was left out of that recording.
        (await portal.SendAsync("POST", "/crm/v3/lists/search", recording.RequestBody)).AssertAsRecorded(recording, exceptKeys: "updatedById");
    }

    [SkippableFact]
    public async Task The_search_for_lists_by_filter()
    {
        var recording = Recording.Read("amp/lists-search-page1");
        await using var portal = await SandboxPortal.StartAsync();
        await portal.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon" });
        await CreateAsync(portal, "Active", "DYNAMIC");
        await CreateAsync(portal, "As they were", "SNAPSHOT");
        (await portal.SendAsync("POST", "/crm/v3/lists/search", new { count = 2 })).AssertAsRecorded(recording);
    }

    private static async Task<string> CreateAsync(SandboxPortal portal, string name, string processingType)
    {
        object[] filters = [new { filterType = "PROPERTY", property = "city", operation = new { operationType = "ALL_PROPERTY", @operator = "IS_KNOWN" } }];
        object? filterBranch = processingType == "MANUAL" ? null : new
        {
            filterBranchType = "OR", filterBranches = new[] { new { filterBranchType = "AND", filters, filterBranches = Array.Empty<object>() } },
            filters = Array.Empty<object>(),
        };
        var created = await portal.SendAsync("POST", "/crm/v3/lists", new { name, objectTypeId = "0-1", processingType, filterBranch });
        return created.Json.GetProperty("list").GetProperty("listId").GetString()!;
    }

    [SkippableTheory]
    [InlineData("cc/lists-get-404", "GET", "/crm/v3/lists/-1")]
    [InlineData("cc/lists-create-400-name-null", "POST", "/crm/v3/lists")]
    public async Task Refusals(string name, string method, string path)
    {
        var recording = Recording.Read(name);
        await using var portal = await SandboxPortal.StartAsync();
        var body = method == "POST" ? recording.RequestBody : null;
        (await portal.SendAsync(method, path, body)).AssertAsRecorded(recording);
    }
}
