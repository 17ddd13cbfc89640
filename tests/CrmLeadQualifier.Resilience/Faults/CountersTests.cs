using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>A portal whose plan or key gives no page views, submissions or e-mail events: what HubSpot counts on each contact stands for them, and nothing counts twice.</summary>
public sealed class CountersTests : IDisposable
{
    private const string Email = "visitor@customer.example";

    /// <summary>A visit is a point, one of the prices a hundred more; so the score tells how many there were, and of how many the page is known.</summary>
    private const string Agreement = """
        definition: What is counted
        schema: 1
        behaviour:
          cap: 1000
          criteria:
            - { id: visits, label: Visits, on: page_view, points: 1, at_most: 90 }
            - { id: prices, label: Saw the prices, on: page_view, where: { url: { contains: /pricing } }, points: 100, at_most: 900 }
        intent:
          cap: 1000
          criteria:
            - { id: submissions, label: Submitted, on: form_submission, points: 1, at_most: 90 }
            - { id: demos, label: Asked for a demo, on: form_submission, where: { form: { contains: demo } }, points: 100, at_most: 900 }
        mql: { when: { total: { at_least: 1900 } } }
        """;

    private readonly TemporaryFolder _folder = new();
    private DateTimeOffset _now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_the_streams_were_never_given_growth_counts_from_the_first_reading_and_their_past_comes_with_them()
    {
        using var portal = await StartAsync();
        await portal.FaultsAsync("events-forbidden,missing-scope=forms,missing-scope=content");
        var visitor = await portal.CreateAsync(new { email = Email, lastname = "Visitor" });
        for (var visit = 0; visit < 7; visit++)
        {
            await SeeAsync(portal, visitor, "/pricing");
        }

        await SubmitAsync(portal, visitor, "Newsletter");
        await SubmitAsync(portal, visitor, "Book a demo");
        await portal.ActAsync(visitor, "email_bounce", new { campaign = "Summer" });
        await SyncAsync(portal);
        Assert.All((string[])["page_views", "form_submissions", "email_events"], stream => Assert.Contains($"{stream} is switched off", portal.Said, StringComparison.Ordinal));
        Assert.Equal(
            ["email_events 1 open", "form_submissions 1 open", "page_views 1 open"],
            (await portal.Workplace.QueryAsync("SELECT stream, is_whole, until FROM counted_span ORDER BY stream")).Select(span => $"{span[0]} {span[1]} {(span[2] is DBNull ? "open" : span[2])}"));
        // The base, and the newest one with its page or form.
        await AssertScoredAsync(portal, visitor, behaviour: 101, intent: 101);
        Assert.Equal(
            ["counted:form_submissions:submissions:2 form_submission", "counted:page_views:page_views:7 page_view"], await CountedAsync(portal, visitor));

        await SeeAsync(portal, visitor, "/pricing");
        await SeeAsync(portal, visitor, "/pricing");
        await SeeAsync(portal, visitor, "/blog");
        await portal.ActAsync(visitor, "email_click", new { campaign = "Autumn", url = "https://www.vendor.example/guide" });
        await portal.ActAsync(visitor, "email_bounce", new { campaign = "Autumn" });
        await SyncAsync(portal);
        // Three more, and of the newest alone which page it was. A counter without a date said nothing at its first reading; what was never set before was nought.
        await AssertScoredAsync(portal, visitor, behaviour: 104, intent: 101);
        Assert.Equal(
            [
                "counted:email_events:email_bounces:2 email_bounce", "counted:email_events:email_clicks:1 email_click", "counted:form_submissions:submissions:2 form_submission", "counted:page_views:page_views:10 page_view",
                "counted:page_views:page_views:7 page_view", "counted:page_views:page_views:8 page_view approximate", "counted:page_views:page_views:9 page_view approximate",
            ],
            await CountedAsync(portal, visitor));

        await SeeAsync(portal, visitor, "/pricing");
        await SubmitAsync(portal, visitor, "Book a demo");
        await portal.ActAsync(visitor, "email_bounce", new { campaign = "Autumn" });
        await portal.ActAsync(visitor, "unsubscribe", new { });
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 205, intent: 202);
        Assert.Equal(
            ["email_bounce", "email_bounce", "email_click", "unsubscribe"],
            (await CountedAsync(portal, visitor)).Where(row => row.StartsWith("counted:email", StringComparison.Ordinal)).Select(row => row.Split(' ')[1]).Order(StringComparer.Ordinal));

        // An import, or a correction: a new base.
        for (var visit = 0; visit < 60; visit++)
        {
            await SeeAsync(portal, visitor, "/blog");
        }

        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 206, intent: 202);
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 206, intent: 202);

        // Given: the seven visits and two submissions of before are told by the streams, what was counted since stays counted.
        await portal.Sandbox.PostAsync("/__sandbox/events", new { events = "given" });
        foreach (var scope in new[] { "forms", "content" })
        {
            await portal.Sandbox.PostAsync("/__sandbox/scopes", new { scope, granted = true });
        }

        await SyncAsync(portal, afterHours: 25);
        await AssertScoredAsync(portal, visitor, behaviour: 12 + 800, intent: 3 + 200);
        await SeeAsync(portal, visitor, "/blog");
        await SeeAsync(portal, visitor, "/blog");
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 12 + 2 + 800, intent: 203);
        await AssertDisjointAsync(portal, visitor);
    }

    [Fact]
    public async Task Where_the_streams_are_refused_for_a_while_they_and_the_counters_hold_disjoint_spans()
    {
        using var portal = await StartAsync();
        var visitor = await portal.CreateAsync(new { email = Email, lastname = "Visitor" });
        await SeeAsync(portal, visitor, "/pricing");
        await SyncAsync(portal);
        await SeeAsync(portal, visitor, "/pricing");
        await SubmitAsync(portal, visitor, "Book a demo");
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 202, intent: 101);
        Assert.Empty(await CountedAsync(portal, visitor));

        await portal.FaultsAsync("events-forbidden,missing-scope=forms");
        await SyncAsync(portal);
        await SeeAsync(portal, visitor, "/pricing");
        await SubmitAsync(portal, visitor, "Newsletter");
        await SyncAsync(portal);
        // What was read before the refusal may have been told by the stream already: the first reading after it is a base, with the newest one.
        await AssertScoredAsync(portal, visitor, behaviour: 303, intent: 102);
        await SeeAsync(portal, visitor, "/pricing");
        await SeeAsync(portal, visitor, "/pricing");
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 405, intent: 102);

        await portal.Sandbox.PostAsync("/__sandbox/events", new { events = "given" });
        await portal.Sandbox.PostAsync("/__sandbox/scopes", new { scope = "forms", granted = true });
        await SyncAsync(portal, afterHours: 25);
        await AssertScoredAsync(portal, visitor, behaviour: 405, intent: 102);
        await SeeAsync(portal, visitor, "/pricing");
        await SubmitAsync(portal, visitor, "Book a demo");
        await SyncAsync(portal);
        await AssertScoredAsync(portal, visitor, behaviour: 506, intent: 203);
        await AssertDisjointAsync(portal, visitor);
    }

    private async Task<FaultyPortal> StartAsync()
    {
        var file = _folder.File("counted.yaml");
        await File.WriteAllTextAsync(file, Agreement);
        return await FaultyPortal.StartWithAsync(file, contacts: 10);
    }

    /// <summary>A quarter of an hour, or more, later: by both clocks.</summary>
    private async Task SyncAsync(FaultyPortal portal, int afterHours = 0)
    {
        var by = afterHours > 0 ? TimeSpan.FromHours(afterHours) : TimeSpan.FromMinutes(15);
        await portal.Sandbox.AdvanceAsync($"{(int)by.TotalMinutes}m");
        _now += by;
        await portal.SyncAsync(Text(_now));
    }

    private static Task SeeAsync(FaultyPortal portal, string visitor, string page) =>
        portal.ActAsync(visitor, "page_view", new { url = "https://www.vendor.example" + page, title = page });

    private static Task SubmitAsync(FaultyPortal portal, string visitor, string form) =>
        portal.ActAsync(visitor, "form_submission", new { form, url = "https://www.vendor.example/contact" });

    private static async Task AssertScoredAsync(FaultyPortal portal, string contact, int behaviour, int intent) => Assert.True(
        (await portal.ValueAsync(contact, "lq_behaviour"), await portal.ValueAsync(contact, "lq_intent")) == ($"{behaviour}", $"{intent}"),
        $"{await portal.ValueAsync(contact, "lq_behaviour")} and {await portal.ValueAsync(contact, "lq_intent")} instead of {behaviour} and {intent}\n"
        + $"{string.Join('\n', (await ActivitiesAsync(portal, contact)).Select(row => row.ToString()))}\n{portal.Said}");

    /// <summary>What counters made, as it counts now: <c>ID kind</c>, and whether it is approximate.</summary>
    private static async Task<List<string>> CountedAsync(FaultyPortal portal, string contact) =>
        [.. (await ActivitiesAsync(portal, contact)).Where(row => row.Id.StartsWith("counted:", StringComparison.Ordinal))
            .Select(row => $"{row.Id} {row.Kind}{(row.IsApproximate ? " approximate" : "")}").Order(StringComparer.Ordinal)];

    /// <summary>Of each stream: nothing of its own within its spans, nothing counted without them; approximate ones have no page or form.</summary>
    private static async Task AssertDisjointAsync(FaultyPortal portal, string contact)
    {
        var activities = await ActivitiesAsync(portal, contact);
        Assert.All(activities.Where(row => row.IsApproximate), row => Assert.Equal("{}", row.Attributes));
        foreach (var (stream, own) in new[] { ("page_views", "page_view:"), ("form_submissions", "submission:") })
        {
            var span = Assert.Single(await portal.Workplace.QueryAsync($"SELECT since, until FROM counted_span WHERE stream = '{stream}'"));
            var (since, until) = ((long)span[0], (long)span[1]);
            var ofStream = activities.Where(row => row.Id.StartsWith(own, StringComparison.Ordinal)).ToList();
            var counted = activities.Where(row => row.Id.StartsWith($"counted:{stream}:", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(ofStream);
            Assert.NotEmpty(counted);
            Assert.All(ofStream, row => Assert.False(row.At >= since && row.At < until, $"{row} between {since} and {until}"));
            Assert.All(counted, row => Assert.True(row.At >= since && row.At < until, $"{row} not between {since} and {until}"));
        }
    }

    private static async Task<List<Activity>> ActivitiesAsync(FaultyPortal portal, string contact) =>
        [.. (await portal.Workplace.QueryAsync(
            $"""
            SELECT activity.external_id, activity.kind, activity.at, activity.is_approximate, activity.attributes_json FROM activity JOIN record ON record.lead_id = activity.lead_id
            WHERE record.external_id = '{contact}' AND activity.is_withdrawn = 0
            """)).Select(row => new Activity((string)row[0], (string)row[1], (long)row[2], (long)row[3] == 1, (string)row[4]))];

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Activity(string Id, string Kind, long At, bool IsApproximate, string Attributes);
}
