using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

public sealed class SignalStreamTests
{
    private static readonly ChangeWindow Window = new(new Instant(1_767_300_000_000), new Instant(1_767_400_000_000));

    [Theory]
    [InlineData(""" "hs_url":"https://x.fr/tarifs","hs_canonical_url":"https://x.fr/c" """, "page_view", "https://x.fr/tarifs")]
    [InlineData(""" "hs_url":"","hs_canonical_url":"https://x.fr/c","hs_base_url":"https://x.fr" """, "page_view", "https://x.fr/c")]
    [InlineData(""" "hs_url":"","hs_canonical_url":"","hs_base_url":"https://x.fr","hs_url_path":"/blog" """, "page_view", "https://x.fr/blog")]
    [InlineData(""" "hs_url":"" """, "page_view", null)]
    [InlineData(""" "hs_url":"https://x.fr/guide.PDF?utm=1" """, "content_download", "https://x.fr/guide.PDF?utm=1")]
    [InlineData(""" "hs_url":"https://x.fr/hubfs/guide" """, "content_download", "https://x.fr/hubfs/guide")]
    public async Task A_page_views_address_is_the_first_that_is_given(string properties, string kind, string? url)
    {
        var portal = new FakePortal().On("GET", "/event-occurrences/2026-03", """
            {"results":[{"objectType":"CONTACT","objectId":221,"id":"leviathan-1","occurredAt":"2026-01-02T10:00:00.250Z","properties":{"hs_title":"T",PROPERTIES}}]}
            """.Replace("PROPERTIES", properties));
        using var crm = portal.Client();
        var view = Assert.Single((await crm.ReadPageAsync(new PageRequest("page_views", Window, null), default)).Content.Activities);
        Assert.Equal(("page_view:leviathan-1", kind, "2026-01-02T10:00:00.250Z"), (view.Id, view.Kind, view.At.ToString()));
        Assert.Equal(url, view.Attributes.GetValueOrDefault("url"));
        Assert.Equal("T", view.Attributes["title"]);
        Assert.Equal(["221"], view.RecordIds);
        var asked = portal.Requests.Single();
        Assert.Equal(("e_visited_page", "2026-01-01T20:39:59.999Z", "2026-01-03T00:26:40Z"), (asked.Value("eventType"), asked.Value("occurredAfter"), asked.Value("occurredBefore")));
        Assert.Null(asked.Value("sort"));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_portal_without_page_views_loses_that_stream_only(int status)
    {
        var portal = new FakePortal().On("GET", "/event-occurrences/2026-03", """{"status":"error","message":"not for this plan"}""", status);
        using var crm = portal.Client();
        var refused = await Assert.ThrowsAsync<StreamRefusedException>(() => crm.ReadPageAsync(new PageRequest("page_views", null, null), default));
        Assert.Equal("page_views", refused.Stream);
    }

    /// <summary>Some plans answer with nothing instead of a refusal: only where nobody visited either is that the truth.</summary>
    [Theory]
    [InlineData("""{"total":1,"results":[{"id":"1","properties":{}}]}""", true)]
    [InlineData("""{"total":0,"results":[]}""", false)]
    public async Task A_portal_that_shows_no_page_views_and_counts_some_does_not_give_them(string visited, bool isRefused)
    {
        var portal = new FakePortal().On("GET", "/event-occurrences/2026-03", """{"results":[]}""").On("POST", "/contacts/search", visited);
        using var crm = portal.Client();
        var refused = await Record.ExceptionAsync(() => crm.ReadPageAsync(new PageRequest("page_views", null, null), default));
        Assert.Equal(isRefused, refused is StreamRefusedException { Stream: "page_views" });
        Assert.Contains("hs_analytics_num_page_views", portal.Requests[^1].Body, StringComparison.Ordinal);
        await crm.ReadPageAsync(new PageRequest("page_views", Window, null), default);
        Assert.Equal(3, portal.Requests.Count);
    }

    [Fact]
    public async Task Submissions_join_by_address_and_are_of_the_kind_that_the_mapping_gives_their_form()
    {
        var portal = Forms(("a", "Demo"), ("b", "White paper"), ("c", "Webinar"));
        foreach (var form in new[] { "a", "b", "c" })
        {
            portal.On("GET", "/submissions/forms/" + form, $$"""
                {"results":[{"conversionId":"s-{{form}}","submittedAt":1767350000000,"pageUrl":"https://x.fr/{{form}}","values":[{"name":"firstname","value":"A"},{"name":"Email","value":" a@b.fr "}]},
                  {"conversionId":"nobody-{{form}}","submittedAt":1767350000000,"values":[]}]}
                """);
        }

        using var crm = portal.Client(change: connection => connection with { Mapping = new HubSpotMapping { DownloadForms = ["white PAPER"], EventForms = ["c"] } });
        var activities = (await crm.ReadPageAsync(new PageRequest("all_forms", Window, null), default)).Content.Activities;
        Assert.Equal(["submission:s-a form_submission form=Demo;url=https://x.fr/a", "submission:s-b content_download title=White paper;url=https://x.fr/b",
            "submission:s-c event_registration event=Webinar"], activities.Select(activity => $"{activity.Id} {activity.Kind} "
                + string.Join(';', activity.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"))));
        Assert.All(activities, activity => Assert.Equal("a@b.fr", activity.Email));
    }

    [Fact]
    public async Task A_window_reads_each_form_from_its_top_until_older_submissions_come()
    {
        var portal = Forms(("a", "A")).On("GET", "/submissions/forms/a", asked => FakePortal.Json(Submissions(asked.Value("after") switch
        {
            null => ([1_767_450_000_000, 1_767_390_000_000], "p2%3D"),
            "p2=" => ([1_767_310_000_000, 1_767_290_000_000], "p3"),
            _ => throw new InvalidOperationException("read too far"),
        })));
        using var crm = portal.Client();
        var page = await crm.ReadPageAsync(new PageRequest("all_forms", Window, null), default);
        Assert.Equal([1_767_450_000_000, 1_767_390_000_000, 1_767_310_000_000], page.Content.Activities.Select(activity => activity.At.UnixMilliseconds));
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task The_first_read_goes_through_every_form_and_goes_on_where_it_was_stopped()
    {
        var portal = Forms(("b", "B"), ("a", "A"));
        portal.On("GET", "/submissions/forms/a", asked => FakePortal.Json(asked.Value("after") is null ? Submissions(([4], "next")) : Submissions(([3], null))));
        portal.On("GET", "/submissions/forms/b", _ => FakePortal.Json(Submissions(([2], null))));
        var read = new List<long>();
        string? position = null;
        do
        {
            // Each page by a client of its own: what counts is in the position.
            using var crm = portal.Client();
            var page = await crm.ReadPageAsync(new PageRequest("form_submissions", null, position), default);
            read.AddRange(page.Content.Activities.Select(activity => activity.At.UnixMilliseconds));
            position = page.Next;
        }
        while (position is not null);
        Assert.Equal([4, 2, 3], read);
    }

    [Fact]
    public async Task More_forms_than_are_read_side_by_side_are_all_read_to_their_ends()
    {
        var ids = Enumerable.Range(0, 30).Select(i => i.ToString("00", CultureInfo.InvariantCulture)).ToArray();
        var portal = Forms([.. ids.Select(id => (id, id))]);
        var asked = new HashSet<string>();
        foreach (var (number, id) in ids.Index())
        {
            // A form of number n has n modulo 5 further pages.
            portal.On("GET", "/submissions/forms/" + id, request =>
            {
                var page = int.Parse(request.Value("after") ?? "0", CultureInfo.InvariantCulture);
                lock (asked)
                {
                    Assert.True(asked.Add($"{id} {page}"), "asked twice");
                }

                return FakePortal.Json(Submissions(([1000 + page], page < number % 5 ? $"{page + 1}" : null)));
            });
        }

        string? position = null;
        var rows = 0;
        do
        {
            using var crm = portal.Client();
            var page = await crm.ReadPageAsync(new PageRequest("form_submissions", null, position), default);
            rows += page.RowsRead;
            position = page.Next;
        }
        while (position is not null);
        Assert.Equal(30 + 6 * (1 + 2 + 3 + 4), rows);
    }

    [Fact]
    public async Task A_window_reads_the_forms_that_changed_contacts_name_and_no_other()
    {
        var portal = Forms(("a", "Demo"), ("b", "White paper"), ("c", "Old")).WithProperties("email")
            .On("POST", "/contacts/search", """
                {"total":2,"results":[
                  {"id":"1","properties":{"lastmodifieddate":"1767390000000","recent_conversion_event_name":"Pricing: demo","recent_conversion_date":"1767399000000"}},
                  {"id":"2","properties":{"lastmodifieddate":"1767390000000","recent_conversion_event_name":"Home: Old","recent_conversion_date":"1767300000001"}}]}
                """)
            .On("GET", "/submissions/forms/a", _ => FakePortal.Json(Submissions(([1_767_399_000_000, 1_767_290_000_000], null))));
        using var crm = portal.Client();
        Assert.Empty((await crm.ReadPageAsync(new PageRequest("form_submissions", Window, null), default)).Content.Activities);
        await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        var page = await crm.ReadPageAsync(new PageRequest("form_submissions", Window, null), default);
        Assert.Equal([1_767_399_000_000], page.Content.Activities.Select(activity => activity.At.UnixMilliseconds));
        Assert.Equal(1, portal.Requests.Count(request => request.Path.Contains("/submissions/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_portal_that_refuses_large_pages_of_events_is_asked_for_smaller_ones()
    {
        var portal = new FakePortal().On("GET", "/events/event-occurrences/2026-03", asked => asked.Value("limit") == "100"
            ? FakePortal.Json("""{"results":[]}""") : FakePortal.Json("""{"message":"limit"}""", 400));
        using var crm = portal.Client();
        await crm.ReadPageAsync(new PageRequest("page_views", Window, null), default);
        await crm.ReadPageAsync(new PageRequest("page_views", Window, null), default);
        Assert.Equal(["1000", "100", "100"], portal.Requests.Select(request => request.Value("limit")));
    }

    [Fact]
    public async Task A_portal_without_forms_costs_one_call()
    {
        var portal = Forms();
        using var crm = portal.Client();
        Assert.Null((await crm.ReadPageAsync(new PageRequest("form_submissions", null, null), default)).Next);
        Assert.Single(portal.Requests);
    }

    [Fact]
    public async Task Email_events_are_openings_clicks_bounces_and_opt_outs_and_no_machines_doing()
    {
        var portal = new FakePortal()
            .On("GET", "/email/public/v1/events", """
                {"hasMore":true,"offset":"o2","events":[
                  {"id":"1","created":1767350000000,"type":"OPEN","recipient":"a@b.fr","emailCampaignId":77,"filteredEvent":false},
                  {"id":"2","created":1767350000001,"type":"OPEN","recipient":"a@b.fr","emailCampaignId":77,"filteredEvent":true},
                  {"id":"3","created":1767350000002,"type":"CLICK","recipient":"a@b.fr","emailCampaignId":77,"url":"https://x.fr/"},
                  {"id":"4","created":1767350000003,"type":"CLICK","recipient":"a@b.fr","emailCampaignId":77,"url":"https://x.fr/a.pdf"},
                  {"id":"5","created":1767350000004,"type":"BOUNCE","recipient":"a@b.fr"},
                  {"id":"6","created":1767350000005,"type":"STATUSCHANGE","recipient":"a@b.fr","portalSubscriptionStatus":"UNSUBSCRIBED"},
                  {"id":"7","created":1767350000006,"type":"STATUSCHANGE","recipient":"a@b.fr","subscriptions":[{"id":5,"status":"SUBSCRIBED"}]},
                  {"id":"8","created":1767350000007,"type":"SENT","recipient":"a@b.fr"},
                  {"id":"9","created":"?","type":"OPEN","recipient":"a@b.fr"}]}
                """)
            .On("GET", "/email/public/v1/campaigns/77", """{"id":77,"name":"Autumn","subject":"News"}""");
        using var crm = portal.Client();
        var page = await crm.ReadPageAsync(new PageRequest("email_events", Window, null), default);
        Assert.Equal(["email_event:1:1767350000000 email_open campaign=Autumn;subject=News", "email_event:3:1767350000002 email_click campaign=Autumn;url=https://x.fr/",
            "email_event:4:1767350000003 content_download url=https://x.fr/a.pdf", "email_event:5:1767350000004 email_bounce ", "email_event:6:1767350000005 unsubscribe "],
            page.Content.Activities.Select(activity => $"{activity.Id} {activity.Kind} "
                + string.Join(';', activity.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"))));
        Assert.Equal(["9"], page.Content.Unreadable.Select(row => row.Id));
        Assert.Equal("o2", page.Next);
        var asked = portal.Requests[0];
        Assert.Equal(("1767300000000", "1767400000000"), (asked.Value("startTimestamp"), asked.Value("endTimestamp")));
        Assert.Equal(1, portal.Requests.Count(request => request.Path.Contains("/campaigns/", StringComparison.Ordinal)));
    }

    private static FakePortal Forms(params (string Id, string Name)[] forms) => new FakePortal().On(
        "GET", "/marketing/v3/forms", $$"""{"results":[{{string.Join(',', forms.Select(form => $$"""{"id":"{{form.Id}}","name":"{{form.Name}}"}"""))}}]}""");

    private static string Submissions((long[] Times, string? Next) page)
    {
        var results = string.Join(',', page.Times.Select(time =>
            """{"conversionId":"TIME","submittedAt":TIME,"values":[{"name":"email","value":"a@b.fr"}]}""".Replace("TIME", time.ToString(CultureInfo.InvariantCulture))));
        var paging = page.Next is null ? "" : ",\"paging\":{\"next\":{\"after\":\"" + page.Next + "\"}}";
        return "{\"results\":[" + results + "]" + paging + "}";
    }
}
