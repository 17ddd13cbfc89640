using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class SignalTests
{
    private static readonly SandboxOptions WithPeople = new() { Contacts = 200, Seed = 3, Limits = LimitTier.Off };

    private static string? After(Reply page) => page.Json.TryGetProperty("paging", out var paging)
        ? paging.GetProperty("next").GetProperty("after").GetString() : null;

    [Fact]
    public async Task Page_views_come_by_event_type_with_a_cursor_that_is_already_encoded()
    {
        await using var sandbox = await RunningSandbox.StartAsync(WithPeople);
        var ids = new List<string>();
        string? after = null;
        do
        {
            var page = await sandbox.GetAsync("/events/event-occurrences/2026-03?eventType=e_visited_page&limit=100" + (after is null ? ""
                : "&after=" + after));
            Assert.Equal(200, page.Status);
            ids.AddRange(page["results"].EnumerateArray().Select(view => view.GetProperty("id").GetString()!));
            after = After(page);
        }
        while (after is not null);
        Assert.True(ids.Count > 200);
        Assert.Equal(ids.Count, ids.Distinct().Count());

        after = After(await sandbox.GetAsync("/events/v3/events?eventType=e_visited_page&limit=7"));
        Assert.Contains("%", after);
        Assert.Equal(400, (await sandbox.GetAsync("/events/v3/events?eventType=e_visited_page&limit=7&after=" + Uri.EscapeDataString(after!))).Status);
    }

    [Fact]
    public async Task Page_views_of_a_time_window_or_of_one_contact()
    {
        const string visit = """{"kind":"page_view","at":"2026-11-0DT09:00:00Z","attributes":{"url":"https://x.fr/D"}}""";
        await using var sandbox = await RunningSandbox.WithLeadsAsync(
            "2026-11-05T00:00:00Z",
            $$"""{"id":"L1","activities":[{{visit.Replace("D", "1")}},{{visit.Replace("D", "3")}},{{visit.Replace("D", "7")}}]}""",
            $$"""{"id":"L2","activities":[{{visit.Replace("D", "2")}}]}""");
        async Task<string[]> UrlsAsync(string query) =>
            [.. (await sandbox.GetAsync("/events/event-occurrences/2026-03?" + query))["results"].EnumerateArray()
                .Select(view => view.GetProperty("properties").GetProperty("hs_url").GetString()![^1..])];
        Assert.Equal(["3", "2", "1"], await UrlsAsync("eventType=e_visited_page"));
        Assert.Equal(["2"], await UrlsAsync("eventType=e_visited_page&occurredAfter=2026-11-02T00:00:00Z&occurredBefore=2026-11-03T00:00:00Z"));
        var first = (await sandbox.GetAsync("/crm/objects/2026-03/contacts"))["results"][0].GetProperty("id").GetString();
        Assert.Equal(["3", "1"], await UrlsAsync($"objectType=contact&objectId={first}"));
        Assert.Empty(await UrlsAsync("eventType=e_deal_closed"));
        await sandbox.AdvanceAsync("3d");
        Assert.Equal(["7", "3", "2", "1"], await UrlsAsync("eventType=e_visited_page"));
        Assert.Equal(400, (await sandbox.GetAsync("/events/event-occurrences/2026-03")).Status);
        Assert.Equal(400, (await sandbox.GetAsync("/events/event-occurrences/2026-03?eventType=e_visited_page&sort=-occurredAt")).Status);
    }

    [Fact]
    public async Task Submissions_come_newest_first_and_know_an_address_only()
    {
        await using var sandbox = await RunningSandbox.StartAsync(WithPeople);
        var names = new HashSet<string>();
        foreach (var form in (await sandbox.GetAsync("/marketing/v3/forms/?limit=100"))["results"].EnumerateArray())
        {
            names.Add(form.GetProperty("name").GetString()!);
            var stamps = new List<long>();
            string? after = null;
            do
            {
                var page = await sandbox.GetAsync($"/form-integrations/v1/submissions/forms/{form.GetProperty("id").GetString()}?limit=5" + (after is null
                    ? "" : "&after=" + after));
                foreach (var submission in page["results"].EnumerateArray())
                {
                    stamps.Add(submission.GetProperty("submittedAt").GetInt64());
                    Assert.Contains("@", submission.GetProperty("values")[0].GetProperty("value").GetString());
                }
                after = After(page);
            }
            while (after is not null);
            Assert.NotEmpty(stamps);
            Assert.Equal(stamps.OrderDescending(), stamps);
            Assert.Equal(400, (await sandbox.GetAsync($"/form-integrations/v1/submissions/forms/{form.GetProperty("id").GetString()}?limit=51")).Status);
        }
        Assert.Superset(new HashSet<string> { "Demo request", "Demande de démo" }, names);
        Assert.Equal(404, (await sandbox.GetAsync("/form-integrations/v1/submissions/forms/00000000-0000-0000-0000-000000000000")).Status);
        Assert.Equal(404, (await sandbox.GetAsync("/marketing/forms/2026-03")).Status);
    }

    [Fact]
    public async Task E_mail_events_are_paged_by_offset_within_a_window()
    {
        await using var sandbox = await RunningSandbox.StartAsync(WithPeople);
        var ids = new List<string>();
        var offset = "";
        Reply page;
        do
        {
            page = await sandbox.GetAsync("/email/public/v1/events?eventType=OPEN&limit=20" + (offset.Length == 0 ? ""
                : "&offset=" + Uri.EscapeDataString(offset)));
            ids.AddRange(page["events"].EnumerateArray().Select(sent => sent.GetProperty("id").GetString()!));
            Assert.All(page["events"].EnumerateArray(), sent => Assert.Equal("OPEN", sent.GetProperty("type").GetString()));
            offset = page["offset"].GetString()!;
        }
        while (page["hasMore"].GetBoolean());
        Assert.True(ids.Count > 40);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var opens = (await sandbox.GetAsync("/email/public/v1/events?eventType=OPEN&limit=1000"))["events"].EnumerateArray();
        Assert.InRange(opens.Count(sent => sent.GetProperty("filteredEvent").GetBoolean()), 1, ids.Count / 2);
        Assert.Empty((await sandbox.GetAsync("/email/public/v1/events?endTimestamp=0"))["events"].EnumerateArray());
        var campaign = page["events"][0].GetProperty("emailCampaignId").GetInt64();
        Assert.NotEmpty((await sandbox.GetAsync($"/email/public/v1/campaigns/{campaign}"))["name"].GetString()!);
    }
}
