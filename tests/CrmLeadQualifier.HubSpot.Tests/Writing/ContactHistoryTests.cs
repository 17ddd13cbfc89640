using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Tests.Writing;

public sealed class ContactHistoryTests
{
    [Theory]
    [InlineData("CRM_UI", "userId:12", null, true, "12", false)]
    [InlineData("CRM_UI", null, "12", true, "12", false)]
    [InlineData("MOBILE_ANDROID", "userId:12", null, true, "12", false)]
    [InlineData("CRM_UI", null, null, false, null, false)]
    [InlineData("INTEGRATION", "ours", null, false, null, true)]
    [InlineData("INTEGRATION", "theirs", "12", false, "12", false)]
    [InlineData("AUTOMATION_PLATFORM", "enrollmentId:1", null, false, null, false)]
    [InlineData("IMPORT", "1", "12", false, "12", false)]
    public async Task Who_made_a_change_is_what_its_source_proves(string type, string? id, string? user, bool isPerson, string? userId, bool isOurs)
    {
        var version = $$"""{"value":"accepted","timestamp":"2026-01-02T10:00:00.250Z","sourceType":"{{type}}"{{Member("sourceId", id)}}{{Member("updatedByUserId", user)}}}""";
        var change = Assert.Single(await ReadAsync("verdict", version));
        Assert.Equal(new FieldChange("1", "verdict", "accepted", change.At, isPerson, userId, type) { IsOurs = isOurs }, change);
        Assert.Equal("2026-01-02T10:00:00.250Z", change.At.ToString());
    }

    [Fact]
    public async Task Changes_come_newest_first_in_normal_form_and_those_without_a_time_are_left_out()
    {
        var changes = await ReadAsync("score", """
            {"value":"7.0","timestamp":"2026-01-01T00:00:00Z","sourceType":"API"},{"value":"9","timestamp":1767400000000,"sourceType":"API"},{"value":"1"},null,
            {"value":"","timestamp":"2026-01-02T00:00:00Z","sourceType":"API"}
            """);
        Assert.Equal(["9", "", "7"], changes.Select(change => change.Value));
    }

    [Fact]
    public async Task A_connection_that_knows_its_app_needs_no_learning()
    {
        var changes = await ReadAsync("verdict", """{"value":"x","timestamp":"2026-01-02T10:00:00Z","sourceType":"INTEGRATION","sourceId":"mine"}""", appId: "mine");
        Assert.True(Assert.Single(changes).IsOurs);
    }

    [Fact]
    public async Task The_lifecycle_is_a_field_among_them()
    {
        var changes = await ReadAsync("lifecycle", """{"value":"lead","timestamp":"2026-01-02T10:00:00Z","sourceType":"CRM_UI","sourceId":"userId:5"}""");
        Assert.Equal(("lifecycle", "lead", true), (changes[0].Field, changes[0].Value, changes[0].IsPerson));
    }

    [Fact]
    public async Task Fifty_records_cost_one_call()
    {
        var portal = new FakePortal().On("POST", "/contacts/batch/read", """{"results":[]}""");
        using var crm = portal.Client();
        await crm.ReadHistoryAsync("contact", [.. Enumerable.Range(1, 120).Select(id => id.ToString())], ["verdict"], default);
        Assert.Equal(3, portal.Requests.Count);
        Assert.All(portal.Requests, asked => Assert.Contains("\"propertiesWithHistory\":[\"lq_verdict\",\"lq_stage\"]", asked.Body));
    }

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":\"{value}\"";

    private static async Task<IReadOnlyList<FieldChange>> ReadAsync(string field, string versions, string? appId = null)
    {
        var portal = new FakePortal().On("POST", "/contacts/batch/read", """
            {"results":[{"id":"1","propertiesWithHistory":{"PROPERTY":[VERSIONS],
              "lq_stage":[{"value":"mql","timestamp":"2026-01-01T00:00:00Z","sourceType":"INTEGRATION","sourceId":"ours"}]}}]}
            """.Replace("PROPERTY", field == "lifecycle" ? "lifecyclestage" : "lq_" + field).Replace("VERSIONS", versions));
        using var crm = portal.Client(change: connection => connection with { AppId = appId });
        return await crm.ReadHistoryAsync("contact", ["1"], [field], default);
    }
}
