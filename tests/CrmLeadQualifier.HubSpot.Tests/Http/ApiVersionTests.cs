using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Tests.Http;

/// <summary>The version of each family of routes is a setting: HubSpot ends one every half year.</summary>
public sealed class ApiVersionTests
{
    public static TheoryData<string, string> Versions => new()
    {
        { HubSpotApiVersions.Default, "/crm/objects/2026-03/contacts/search" },
        { "2026-09", "/crm/objects/2026-09/contacts/search" },
        { "v3", "/crm/v3/objects/contacts/search" },
    };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Objects_are_read_under_the_version_that_is_set(string version, string path)
    {
        var portal = new FakePortal().On("POST", "/contacts/search", """{"results":[],"total":0}""").WithProperties("email");
        using var crm = portal.Client(change: connection => connection with { Versions = new HubSpotApiVersions { Objects = version } });
        await crm.ReadPageAsync(new PageRequest("contacts", new ChangeWindow(new(0), new(1)), null), default);
        Assert.Equal(path, portal.Requests[^1].Path);
    }

    [Theory]
    [InlineData("2026-09", "/crm/associations/2026-09/deals/contacts/batch/read")]
    [InlineData("v4", "/crm/v4/associations/deals/contacts/batch/read")]
    public async Task Associations_have_a_version_of_their_own(string version, string path)
    {
        var portal = new FakePortal().On("POST", "/deals/batch/read", """{"results":[{"id":"1","properties":{"createdate":"1","hs_lastmodifieddate":"1"}}]}""")
            .On("POST", "/deals/contacts/batch/read", """{"results":[]}""").On("GET", "/pipelines/2026-03/deals", """{"results":[]}""");
        using var crm = portal.Client(change: connection => connection with { Versions = new HubSpotApiVersions { Associations = version } });
        await crm.FetchAsync("deals", ["1"], default);
        Assert.Contains(path, portal.Requests.Select(request => request.Path));
    }

    [Theory]
    [InlineData("2026-09", "/events/event-occurrences/2026-09")]
    [InlineData("v3", "/events/v3/events")]
    public async Task Page_views_were_called_events_before_versions_had_dates(string version, string path)
    {
        var portal = new FakePortal().On("GET", path, """{"results":[]}""");
        using var crm = portal.Client(change: connection => connection with { Versions = new HubSpotApiVersions { Events = version } });
        await crm.ReadPageAsync(new PageRequest("page_views", new ChangeWindow(new(0), new(1)), null), default);
        Assert.Equal(path, portal.Requests[^1].Path);
    }

    [Fact]
    public async Task Page_views_of_single_contacts_are_read_for_ninety_days()
    {
        var portal = new FakePortal().On("GET", "/account-info/2026-03/details", """{"portalId":4711,"timeZone":"Europe/Paris"}""")
            .On("GET", "/events/event-occurrences/2026-03", asked => FakePortal.Json($$$"""{"results":[{"id":"v{{{asked.Value("objectId")}}}","objectId":"{{{asked.Value("objectId")}}}","occurredAt":"2026-09-01T00:00:00Z"}]}"""));
        using var crm = portal.Client();
        await crm.GetAccountAsync(default);
        var rows = await crm.ReadLateAsync(["7", "8"], default);
        Assert.Equal(["7", "8"], rows.Activities.Select(activity => activity.RecordIds.Single()).Order());
        var asked = portal.Requests[^1];
        Assert.Equal(("contact", "2026-08-25T09:30:00Z", "e_visited_page"), (asked.Value("objectType"), asked.Value("occurredAfter"), asked.Value("eventType")));
    }
}
