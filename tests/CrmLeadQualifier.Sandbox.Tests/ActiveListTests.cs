using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class ActiveListTests
{
    private const string Lists = "/crm/lists/2026-03";

    [Fact]
    public async Task An_active_list_holds_whoever_its_filter_finds_as_they_are_now()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var open = await sandbox.CreateAsync("contacts", new { hs_lead_status = "OPEN", city = "Lyon" });
        var fresh = await sandbox.CreateAsync("contacts", new { hs_lead_status = "NEW" });
        await sandbox.CreateAsync("contacts", new { hs_lead_status = "CONNECTED" });
        var list = await CreateAsync(sandbox, "Open", Filter("hs_lead_status", "ENUMERATION", "IS_ANY_OF", ["OPEN", "NEW"]));
        Assert.Equal("PROCESSING", list["list"].GetProperty("processingStatus").GetString());
        var id = list["list"].GetProperty("listId").GetString()!;
        Assert.Equal([open, fresh], await MembersAsync(sandbox, id));
        await sandbox.UpdateAsync(fresh, new { hs_lead_status = "CONNECTED" });
        Assert.Equal([open], await MembersAsync(sandbox, id));

        var refiltered = await PutAsync(sandbox, $"{Lists}/{id}/update-list-filters", new { filterBranch = Branch(Filter("city", "ALL_PROPERTY", "IS_UNKNOWN", [])) });
        Assert.Equal(2, refiltered["updatedList"].GetProperty("listVersion").GetInt32());
        Assert.Equal(2, (await MembersAsync(sandbox, id)).Count);
        Assert.Equal(400, (await PutAsync(sandbox, $"{Lists}/{id}/memberships/add", new[] { open })).Status);
    }

    [Theory]
    [InlineData("seats", "ENUMERATION", "IS_ANY_OF", "Property seats does not exist")]
    [InlineData("city", "ENUMERATION", "IS_ANY_OF", "cannot be compared by ENUMERATION")]
    [InlineData("city", "STRING", "IS_ANY_OF", "operator IS_ANY_OF is not valid")]
    [InlineData("city", "TEXT", "IS_EQUAL_TO", "operationType must be one of")]
    public async Task A_filter_that_means_nothing_is_refused(string property, string type, string @operator, string why)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var refused = await CreateAsync(sandbox, "Nobody", Filter(property, type, @operator, ["x"]));
        Assert.Equal(400, refused.Status);
        Assert.Contains(why, refused["message"].GetString());
    }

    [Fact]
    public async Task Lists_are_found_by_name_renamed_searched_and_deleted()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var filter = Filter("city", "STRING", "IS_EQUAL_TO", ["Lyon"]);
        var id = (await CreateAsync(sandbox, "In Lyon & around", filter))["list"].GetProperty("listId").GetString()!;
        Assert.Equal(400, (await CreateAsync(sandbox, "in lyon & around", filter)).Status);
        var named = await sandbox.GetAsync($"{Lists}/object-type-id/0-1/name/{Uri.EscapeDataString("In Lyon & around")}");
        Assert.Equal(id, named["list"].GetProperty("listId").GetString());
        Assert.Equal(404, (await sandbox.GetAsync($"{Lists}/object-type-id/0-1/name/Elsewhere")).Status);
        await PutAsync(sandbox, $"{Lists}/{id}/update-list-name?listName=Around", new { });
        await CreateAsync(sandbox, "Other", filter);
        var first = await sandbox.PostAsync("/crm/v3/lists/search", new { query = "", count = 1 });
        Assert.Equal((2, true), (first["total"].GetInt32(), first["hasMore"].GetBoolean()));
        Assert.Equal("0", first["lists"][0].GetProperty("additionalProperties").GetProperty("hs_list_size").GetString());
        Assert.Equal("Around", first["lists"][0].GetProperty("name").GetString());
        Assert.Empty((await sandbox.GetAsync(Lists))["lists"].EnumerateArray());
        Assert.Equal(204, (await sandbox.SendAsync(HttpMethod.Delete, $"{Lists}/{id}")).Status);
        Assert.Equal(404, (await sandbox.GetAsync($"{Lists}/{id}")).Status);
    }

    private static object Filter(string property, string operationType, string @operator, string[] values) =>
        new { filterType = "PROPERTY", property, operation = new { operationType, @operator, values, includeObjectsWithNoValueSet = false } };

    private static object Branch(object filter) => new
    {
        filterBranchType = "OR",
        filterBranches = new[] { new { filterBranchType = "AND", filterBranches = Array.Empty<object>(), filters = new[] { filter } } },
        filters = Array.Empty<object>(),
    };

    private static Task<Reply> CreateAsync(RunningSandbox sandbox, string name, object filter) => sandbox.PostAsync(Lists,
        new { name, objectTypeId = "0-1", processingType = "DYNAMIC", filterBranch = Branch(filter) });

    private static Task<Reply> PutAsync(RunningSandbox sandbox, string path, object body) => sandbox.SendAsync(HttpMethod.Put, path, body);

    private static async Task<List<string>> MembersAsync(RunningSandbox sandbox, string id) =>
        [.. (await sandbox.GetAsync($"{Lists}/{id}/memberships"))["results"].EnumerateArray().Select(member => member.GetProperty("recordId").GetString()!)];
}
