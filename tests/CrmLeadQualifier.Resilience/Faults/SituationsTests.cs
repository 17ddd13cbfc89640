namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What a real portal does beside us, at an inconvenient moment.</summary>
public sealed class SituationsTests
{
    private const string First = "2026-11-23T09:30:00Z";

    /// <summary>Who came, was merged or deleted while the contacts were listed: everybody who is there in the end is known and written once.</summary>
    [Fact]
    public async Task Contacts_that_come_merge_and_go_while_they_are_listed_are_known_in_the_end()
    {
        using var portal = await FaultyPortal.StartAsync(250);
        await portal.FaultsAsync("list-moves");

        await portal.SyncAsync(First);
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync("2026-11-23T10:30:00Z");

        Assert.Equal(1, (await portal.FaultsMetAsync())["list-moves"]);
        var contacts = await portal.Sandbox.ContactsAsync("lq_stage", "email");
        Assert.Equal(249, contacts.Count);
        Assert.All(contacts, contact => Assert.False(string.IsNullOrEmpty(contact.Value["lq_stage"]?.GetValue<string>()), $"{contact.Key}\n{portal.Said}"));
        Assert.Contains(contacts.Values, contact => contact["email"]?.GetValue<string>() == "arrived.while.listing@elsewhere.example");
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>
    /// Views from before a visitor said who it is are attached with the first address, and count at the instants at which they happened: the scores end as if they had
    /// been there all along.
    /// </summary>
    [Fact]
    public async Task Page_views_attached_late_end_in_the_same_scores()
    {
        using var punctual = await FaultyPortal.StartAsync(20);
        using var late = await FaultyPortal.StartAsync(20);
        List<string> visitors = [];
        foreach (var portal in new[] { punctual, late })
        {
            visitors = await VisitorsAsync(portal);
            await portal.FaultsAsync(portal == late ? "late-views" : "");
            await portal.SyncAsync(First);
            await portal.Sandbox.AdvanceAsync("1h");
        }

        Assert.Equal(visitors.Count - 2, await SeenAsync(late, visitors));
        foreach (var portal in new[] { punctual, late })
        {
            foreach (var (number, visitor) in visitors.Index())
            {
                await portal.EditAsync(visitor, new { email = $"visitor{number}@customer.example" }, "2026-11-23T09:50:00Z");
            }

            await portal.Sandbox.AdvanceAsync("1h");
            await portal.SyncAsync("2026-11-23T11:30:00Z");
        }

        Assert.Equal(visitors.Count, await SeenAsync(late, visitors));
        var scores = await ScoresAsync(punctual, visitors);
        Assert.All(scores.Split('\n'), score => Assert.Matches("^[0-9]+ [0-9]+$", score));
        Assert.Equal(scores, await ScoresAsync(late, visitors));
    }

    /// <summary>How many of them HubSpot tells page views of.</summary>
    private static async Task<int> SeenAsync(FaultyPortal portal, IReadOnlyCollection<string> visitors) =>
        (await portal.Sandbox.GetAsync("/events/v3/events?eventType=e_visited_page&limit=1000"))["results"]!.AsArray()
            .Select(view => view!["objectId"]!.GetValue<string>()).Distinct().Count(visitors.Contains);

    /// <summary>Twenty people without an address who looked at prices three days ago; two of them are among those whose views come late.</summary>
    private static async Task<List<string>> VisitorsAsync(FaultyPortal portal)
    {
        var visitors = new List<string>();
        for (var number = 0; number < 20; number++)
        {
            var created = await portal.Sandbox.PostAsync("/crm/v3/objects/contacts", new { properties = new { lastname = $"Visitor {number}", phone = "+33 1 00 00 00 00", company = "Customer" } });
            visitors.Add(created!["id"]!.GetValue<string>());
            await portal.Sandbox.PostAsync($"/__sandbox/people/contacts/{visitors[^1]}/activities",
                new { kind = "page_view", at = "2026-11-20T10:00:00Z", attributes = new { url = "https://www.vendor.example/pricing", title = "Pricing" } });
        }

        return visitors;
    }

    /// <summary>The company's stage moves a contact ahead of what we write: our write stops, our own stage goes on.</summary>
    [Fact]
    public async Task A_contact_that_its_company_moved_further_keeps_its_lifecycle()
    {
        using var portal = await FaultyPortal.StartAsync(80);
        await portal.FaultsAsync("company-lifecycle-sync");
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        foreach (var company in (await portal.Sandbox.GetAsync("/crm/v3/objects/companies?limit=100"))["results"]!.AsArray())
        {
            await portal.Sandbox.PostAsync("/crm/v3/objects/companies/batch/update",
                new { inputs = new[] { new { id = company!["id"]!.GetValue<string>(), properties = new { lifecyclestage = "salesqualifiedlead" } } } });
        }

        await portal.SyncAsync("2026-11-23T09:50:00Z");

        var handed = (await portal.Sandbox.ContactsAsync("lq_handed_over_at", "lifecyclestage", "associatedcompanyid", "lq_stage")).Values
            .Where(contact => contact["lq_handed_over_at"]?.GetValue<string>() is { Length: > 0 } && contact["associatedcompanyid"]?.GetValue<string>() is { Length: > 0 }).ToList();
        Assert.NotEmpty(handed);
        Assert.All(handed, contact =>
        {
            Assert.Equal("mql", contact["lq_stage"]!.GetValue<string>());
            Assert.Contains(contact["lifecyclestage"]!.GetValue<string>(), (string[])["salesqualifiedlead", "opportunity", "customer"]);
        });
    }

    /// <summary>Where the connection allows it: HubSpot takes a stage back only in two steps, and answers a single one as if it had.</summary>
    [Theory]
    [InlineData(true, "marketingqualifiedlead >  > lead")]
    [InlineData(false, "marketingqualifiedlead")]
    public async Task A_rejected_leads_lifecycle_goes_back_only_where_that_is_allowed(bool isAllowed, string expected)
    {
        using var portal = await FaultyPortal.StartAsync(80);
        portal.Workplace.Environment["Connections__hub__LifecycleStages__recycled"] = "lead";
        portal.Workplace.Environment["Connections__hub__AllowBackward"] = isAllowed ? "true" : "false";
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.SyncAsync("2026-11-23T09:50:00Z");
        var stages = await portal.Sandbox.HistoriesAsync(["lifecyclestage"]);
        var rejected = (await portal.HandedOverAsync()).First(contact => stages[$"{contact} lifecyclestage"].EndsWith("marketingqualifiedlead", StringComparison.Ordinal));
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.EditAsync(rejected, new { lq_verdict = "rejected", lq_rejection_reason = "no_budget" }, "2026-11-23T09:55:00Z");
        await portal.Sandbox.AdvanceAsync("20m");

        await portal.SyncAsync("2026-11-23T10:50:00Z");
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync("2026-11-23T11:50:00Z");

        Assert.Equal("recycled", await portal.ValueAsync(rejected, "lq_stage"));
        Assert.EndsWith(expected, (await portal.Sandbox.HistoriesAsync(["lifecyclestage"]))[$"{rejected} lifecyclestage"], StringComparison.Ordinal);
    }

    /// <summary>More contacts than a search can show carry one and the same stamp: everyone is looked at, and what people did just before is not lost among them.</summary>
    [Fact]
    public async Task More_contacts_with_one_stamp_than_a_search_shows_hide_nobody()
    {
        using var portal = await FaultyPortal.StartAsync(10_300);
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.SyncAsync("2026-11-23T09:50:00Z");
        var judged = (await portal.HandedOverAsync())[..3];
        await portal.Sandbox.AdvanceAsync("1h");
        foreach (var contact in judged)
        {
            await portal.EditAsync(contact, new { lq_verdict = "qualified" }, "2026-11-23T09:55:00Z");
        }

        await portal.FaultsAsync("ties");
        await portal.Sandbox.GetAsync("/crm/owners/2026-03");
        await portal.Sandbox.AdvanceAsync("30m");
        await portal.FaultsAsync("");
        await portal.SyncAsync("2026-11-23T10:50:00Z");

        foreach (var contact in judged)
        {
            Assert.Equal("sql", await portal.ValueAsync(contact, "lq_stage"));
        }
    }

    private static async Task<string> ScoresAsync(FaultyPortal portal, IReadOnlyCollection<string> contacts) =>
        string.Join('\n', (await portal.Sandbox.ContactsAsync("lq_score")).Where(contact => contacts.Contains(contact.Key))
            .OrderBy(contact => contact.Key, StringComparer.Ordinal).Select(contact => $"{contact.Key} {contact.Value["lq_score"]}"));
}
