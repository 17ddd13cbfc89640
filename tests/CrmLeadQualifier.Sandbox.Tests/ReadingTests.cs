using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class ReadingTests
{
    private static readonly SandboxOptions WithPeople = new() { Contacts = 120, Limits = LimitTier.Off };

    [Theory]
    [InlineData("/crm/objects/2026-03/contacts")]
    [InlineData("/crm/objects/2026-09/contacts")]
    [InlineData("/crm/v3/objects/contacts")]
    [InlineData("/crm/v3/objects/0-1")]
    public async Task Every_path_pages_through_the_same_people_by_id(string path)
    {
        await using var sandbox = await RunningSandbox.StartAsync(WithPeople);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await sandbox.GetAsync($"{path}?limit=50" + (after is null ? "" : $"&after={after}"));
            seen.AddRange(page["results"].EnumerateArray().Select(contact => contact.GetProperty("id").GetString()!));
            after = page.Json.TryGetProperty("paging", out var paging) ? paging.GetProperty("next").GetProperty("after").GetString() : null;
            if (after is not null)
                Assert.StartsWith($"https://api.hubapi.com{path}", paging.GetProperty("next").GetProperty("link").GetString());
        }
        while (after is not null);
        Assert.Equal(120, seen.Distinct().Count());
        Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("limit=100", 200)]
    [InlineData("limit=101", 400)]
    [InlineData("limit=50&propertiesWithHistory=city", 200)]
    [InlineData("limit=51&propertiesWithHistory=city", 400)]
    [InlineData("after=MTI%3D", 400)]
    public async Task A_list_has_its_limits(string query, int status)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(status, (await sandbox.GetAsync("/crm/objects/2026-03/contacts?" + query)).Status);
    }

    [Fact]
    public async Task A_list_of_properties_can_be_too_long_for_a_path_but_not_for_a_batch_read()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var properties = Enumerable.Range(0, 1_000).Select(number => $"a_rather_long_name_{number}").ToList();
        Assert.Equal(414, (await sandbox.GetAsync("/crm/objects/2026-03/contacts?properties=" + string.Join(',', properties))).Status);
        Assert.Equal(200, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/read", new { properties, inputs = new[] { new { id } } })).Status);
    }

    [Fact]
    public async Task A_known_property_without_a_value_is_null_and_an_unknown_one_is_not_there()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var properties = (await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{id}?properties=city,never_heard_of"))["properties"];
        Assert.Equal(JsonValueKind.Null, properties.GetProperty("city").ValueKind);
        Assert.False(properties.TryGetProperty("never_heard_of", out _));
        Assert.Equal(id, properties.GetProperty("hs_object_id").GetString());
    }

    [Fact]
    public async Task A_contact_is_found_by_its_address()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a+b@c.fr" });
        Assert.Equal(id, (await sandbox.GetAsync("/crm/objects/2026-03/contacts/a%2Bb%40c.fr?idProperty=email"))["id"].GetString());
        var read = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/read",
            new { idProperty = "email", inputs = new[] { new { id = "A+B@c.fr" }, new { id = "nobody@c.fr" } } });
        Assert.Equal(207, read.Status);
        Assert.Equal(id, Assert.Single(read["results"].EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_missing_record_and_an_unknown_path_are_answered_with_a_page_and_an_unknown_type_with_json()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.StartsWith("<html>", (await sandbox.GetAsync("/crm/objects/2026-03/tasks/1")).Body);
        Assert.Equal(404, (await sandbox.GetAsync("/crm/objects/2031-03/contacts")).Status);
        Assert.Equal(404, (await sandbox.GetAsync("/contacts/v1/lists/all/contacts/all")).Status);
        var unknown = await sandbox.PostAsync("/crm/objects/2026-03/butterflies/search", new { });
        Assert.Equal(400, unknown.Status);
        Assert.Equal("Unable to infer object type from: butterflies", unknown["message"].GetString());
        Assert.False(unknown.Json.TryGetProperty("category", out _));
    }

    [Theory]
    [InlineData("{\"inputs\":")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"inputs\":[1]}")]
    [InlineData("{\"inputs\":[{\"id\":{}}]}")]
    [InlineData("{\"inputs\":[{\"id\":\"1\",\"properties\":[]}]}")]
    [InlineData("{\"inputs\":[{\"id\":\"1\",\"properties\":{\"city\":{}}}]}")]
    public async Task A_body_that_is_no_batch_is_refused(string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/update", body)).Status);
    }

    [Fact]
    public async Task Owners_are_users_by_another_id_and_archived_ones_only_come_when_asked()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var active = (await sandbox.GetAsync("/crm/owners/2026-03"))["results"].EnumerateArray().ToList();
        Assert.Equal(3, active.Count);
        Assert.All(active, owner => Assert.NotEqual(owner.GetProperty("id").GetString(), owner.GetProperty("userId").ToString()));
        var gone = Assert.Single((await sandbox.GetAsync("/crm/v3/owners?archived=true"))["results"].EnumerateArray());
        Assert.Equal(JsonValueKind.Null, gone.GetProperty("userId").ValueKind);
        Assert.Equal(JsonValueKind.Number, gone.GetProperty("userIdIncludingInactive").ValueKind);
        Assert.Empty((await sandbox.GetAsync("/crm/owners/2026-03?email=31871817"))["results"].EnumerateArray());
    }

    [Fact]
    public async Task Without_the_token_nothing_is_answered()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var refused = await sandbox.SendAsync(HttpMethod.Get, "/crm/objects/2026-03/contacts", token: "pat-na1-wrong");
        Assert.Equal(401, refused.Status);
        Assert.Equal("INVALID_AUTHENTICATION", refused["category"].GetString());
        Assert.Equal(1, (await sandbox.GetAsync("/__sandbox/stats"))["refused"].GetInt32());
    }
}
