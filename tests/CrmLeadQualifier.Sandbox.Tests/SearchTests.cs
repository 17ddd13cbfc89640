using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class SearchTests
{
    private const string Path = "/crm/objects/2026-03/contacts/search";

    private static object Filter(string propertyName, string @operator, string? value = null) => new { propertyName, @operator, value };

    private static object One(object filter) => new { filterGroups = new[] { new { filters = new[] { filter } } } };

    [Fact]
    public async Task A_new_contact_is_found_only_after_the_indexing_lag()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off,
            IndexLag = TimeSpan.FromMinutes(5) });
        await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        Assert.Equal(0, (await sandbox.PostAsync(Path, new { }))["total"].GetInt32());
        await sandbox.AdvanceAsync("5m");
        Assert.Equal(1, (await sandbox.PostAsync(Path, new { }))["total"].GetInt32());
    }

    [Fact]
    public async Task Until_the_lag_is_over_search_shows_the_contact_as_it_was()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off,
            IndexLag = TimeSpan.FromMinutes(5) });
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon" });
        await sandbox.AdvanceAsync("5m");
        await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal(1, (await sandbox.PostAsync(Path, One(Filter("city", "EQ", "Lyon"))))["total"].GetInt32());
        Assert.Equal("Nantes", await sandbox.ValueAsync(id, "city"));
        await sandbox.AdvanceAsync("5m");
        Assert.Equal(0, (await sandbox.PostAsync(Path, One(Filter("city", "EQ", "Lyon"))))["total"].GetInt32());
    }

    [Theory]
    [InlineData("city", "EQ", "lyon", 1)]
    [InlineData("city", "NEQ", "lyon", 2)]
    [InlineData("city", "HAS_PROPERTY", null, 2)]
    [InlineData("city", "NOT_HAS_PROPERTY", null, 1)]
    [InlineData("city", "CONTAINS_TOKEN", "Ly*", 1)]
    [InlineData("email", "CONTAINS_TOKEN", "*@b.fr", 2)]
    [InlineData("hs_lead_status", "EQ", "NEW", 1)]
    [InlineData("hs_lead_status", "EQ", "new", 0)]
    [InlineData("lastmodifieddate", "GTE", "0", 3)]
    [InlineData("lastmodifieddate", "LT", "2000-01-01T00:00:00Z", 0)]
    public async Task Filters_read_values_by_the_propertys_type(string property, string @operator, string? value, int found)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon", hs_lead_status = "NEW" });
        await sandbox.CreateAsync("contacts", new { email = "c@b.fr", city = "Nantes" });
        await sandbox.CreateAsync("contacts", new { firstname = "Zoe" });
        await sandbox.AdvanceAsync("1m");
        Assert.Equal(found, (await sandbox.PostAsync(Path, One(Filter(property, @operator, value))))["total"].GetInt32());
    }

    [Theory]
    [InlineData("""{"limit":201}""")]
    [InlineData("""{"limit":200,"after":"9801"}""")]
    [InlineData("""{"after":"MTI="}""")]
    [InlineData("""{"sorts":["email","city"]}""")]
    [InlineData("""{"filterGroups":[{"filters":[{"propertyName":"never_heard_of","operator":"EQ","value":"1"}]}]}""")]
    [InlineData("""{"filterGroups":[{"filters":[{"propertyName":"city","operator":"LIKE","value":"1"}]}]}""")]
    [InlineData("""{"filterGroups":[{"filters":[{"propertyName":"city","operator":"IN","values":["Lyon"]}]}]}""")]
    [InlineData("""{"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"BETWEEN","value":"1"}]}]}""")]
    public async Task A_search_beyond_the_documented_limits_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await sandbox.PostAsync(Path, body)).Status);
    }

    [Theory]
    [InlineData(5, 3, 200)]
    [InlineData(6, 1, 400)]
    [InlineData(1, 6, 200)]
    [InlineData(1, 7, 400)]
    [InlineData(4, 5, 400)]
    public async Task Five_groups_of_six_filters_and_eighteen_in_all(int groups, int filters, int status)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var body = new { filterGroups = Enumerable.Range(0, groups).Select(_ =>
            new { filters = Enumerable.Range(0, filters).Select(_ => Filter("city", "HAS_PROPERTY")) }) };
        Assert.Equal(status, (await sandbox.PostAsync(Path, body)).Status);
    }

    [Fact]
    public async Task A_body_over_3000_characters_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await sandbox.PostAsync(Path, new { properties = Enumerable.Repeat("jobtitle", 300) })).Status);
    }

    [Fact]
    public async Task Pages_follow_an_offset_and_the_order_asked_for()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 250, Limits = LimitTier.Off });
        var stamps = new List<string>();
        var ids = new HashSet<string>();
        string? after = null;
        do
        {
            var page = await sandbox.PostAsync(Path,
                new { limit = 100, after, sorts = new[] { new { propertyName = "lastmodifieddate", direction = "DESCENDING" } } });
            Assert.Equal(250, page["total"].GetInt32());
            foreach (var contact in page["results"].EnumerateArray())
            {
                ids.Add(contact.GetProperty("id").GetString()!);
                stamps.Add(contact.GetProperty("updatedAt").GetDateTimeOffset().ToString("O"));
            }
            after = page.Json.TryGetProperty("paging", out var paging) ? paging.GetProperty("next").GetProperty("after").GetString() : null;
        }
        while (after is not null);
        Assert.Equal(250, ids.Count);
        Assert.Equal(stamps.OrderDescending(StringComparer.Ordinal), stamps);
    }

    [Fact]
    public async Task Records_are_found_by_what_they_are_associated_with_and_a_bare_filters_array_is_a_group()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var note = await sandbox.PostAsync("/crm/objects/2026-03/notes", new { properties = new { hs_note_body = "Called" },
            associations = new[] { new { to = new { id = contact } } } });
        await sandbox.CreateAsync("notes", new { hs_note_body = "Alone" });
        await sandbox.AdvanceAsync("1m");
        var found = await sandbox.PostAsync("/crm/v3/objects/notes/search", $$"""{"filters":[{"propertyName":"associations.contact","operator":"EQ","value":{{contact}} }]}""");
        Assert.Equal(note["id"].GetString(), Assert.Single(found["results"].EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_query_is_looked_for_in_names_and_addresses()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("contacts", new { email = "zoe@acme.fr", firstname = "Zoe" });
        await sandbox.CreateAsync("contacts", new { email = "tom@b.fr", jobtitle = "acme" });
        await sandbox.AdvanceAsync("1m");
        Assert.Equal(1, (await sandbox.PostAsync(Path, new { query = "ACME" }))["total"].GetInt32());
    }

    [Fact]
    public async Task Archived_contacts_never_come()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await sandbox.AdvanceAsync("1m");
        await sandbox.SendAsync(HttpMethod.Delete, $"/crm/objects/2026-03/contacts/{id}");
        await sandbox.AdvanceAsync("1m");
        Assert.Equal(0, (await sandbox.PostAsync(Path, new { }))["total"].GetInt32());
    }

    [Fact]
    public async Task Without_asked_properties_the_six_default_ones_come()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await sandbox.AdvanceAsync("1m");
        var properties = (await sandbox.PostAsync(Path, new { }))["results"][0].GetProperty("properties");
        Assert.Equal(["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"], properties.EnumerateObject()
            .Select(property => property.Name));
        Assert.Equal(JsonValueKind.Null, properties.GetProperty("firstname").ValueKind);
    }
}
