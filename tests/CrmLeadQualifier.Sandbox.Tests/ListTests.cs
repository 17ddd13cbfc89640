namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class ListTests
{
    private static readonly object Pilot = new { name = "Pilot", objectTypeId = "0-1", processingType = "MANUAL" };

    [Fact]
    public async Task A_list_has_the_records_that_were_put_on_it_and_names_those_that_are_not_there()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var list = (await sandbox.PostAsync("/crm/lists/2026-03", Pilot))["list"].GetProperty("listId").GetString();

        var added = await sandbox.SendAsync(HttpMethod.Put, $"/crm/v3/lists/{list}/memberships/add", new object[] { long.Parse(contact), 999 });
        Assert.Equal([contact], added["recordsIdsAdded"].EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(["999"], added["recordIdsMissing"].EnumerateArray().Select(id => id.GetString()));

        var again = await sandbox.SendAsync(HttpMethod.Put, $"/crm/lists/2026-03/{list}/memberships/add", new object[] { contact });
        Assert.Equal("{}", again.Body);
        var members = await sandbox.GetAsync($"/crm/lists/2026-03/{list}/memberships");
        Assert.Equal(contact, Assert.Single(members["results"].EnumerateArray()).GetProperty("recordId").GetString());

        await sandbox.SendAsync(HttpMethod.Put, $"/crm/v3/lists/{list}/memberships/remove", new object[] { contact });
        Assert.Empty((await sandbox.GetAsync($"/crm/v3/lists/{list}/memberships"))["results"].EnumerateArray());
    }

    [Fact]
    public async Task Members_come_in_pages_by_an_encoded_cursor()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var list = (await sandbox.PostAsync("/crm/lists/2026-03", Pilot))["list"].GetProperty("listId").GetString();
        var contacts = new List<string>();
        foreach (var number in Enumerable.Range(0, 3))
            contacts.Add(await sandbox.CreateAsync("contacts", new { email = $"{number}@b.fr" }));
        await sandbox.SendAsync(HttpMethod.Put, $"/crm/lists/2026-03/{list}/memberships/add", contacts);

        var first = await sandbox.GetAsync($"/crm/lists/2026-03/{list}/memberships?limit=2");
        var after = first["paging"].GetProperty("next").GetProperty("after").GetString()!;
        Assert.Contains("%3D", after, StringComparison.Ordinal);
        var second = await sandbox.GetAsync($"/crm/lists/2026-03/{list}/memberships?limit=2&after={after}");
        Assert.Equal([contacts[2]], second["results"].EnumerateArray().Select(row => row.GetProperty("recordId").GetString()));
        Assert.False(second.Json.TryGetProperty("paging", out _));
    }

    [Fact]
    public async Task A_list_that_is_not_there_and_one_without_a_name_are_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var missing = await sandbox.GetAsync("/crm/v3/lists/-1");
        Assert.Equal((404, "ListError.LIST_ID_DOES_NOT_EXIST"), (missing.Status, missing["subCategory"].GetString()));
        var nameless = await sandbox.PostAsync("/crm/v3/lists", new { objectTypeId = "0-1", processingType = "MANUAL" });
        Assert.Equal(400, nameless.Status);
        Assert.EndsWith("Some required fields were not set: [name]", nameless["message"].GetString(), StringComparison.Ordinal);
    }
}
