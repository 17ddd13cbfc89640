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
