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
    /// Views from before a visitor said who it is come with the form that says so, and count at the instants at which they happened: the scores end as if they had been
    /// there all along.
    /// </summary>
    [Fact]
    public async Task Page_views_attached_late_end_in_the_same_scores()
    {
        using var punctual = await FaultyPortal.StartAsync(120);
        using var late = await FaultyPortal.StartAsync(120);
        await late.FaultsAsync("late-views");
        foreach (var portal in new[] { punctual, late })
        {
            await portal.SyncAsync(First);
            await portal.Sandbox.AdvanceAsync("1h");
        }

        // With addresses, since HubSpot knows a submission's sender by nothing else.
        var addressed = (await punctual.Sandbox.ContactsAsync("email")).Where(contact => contact.Value["email"] is not null).Select(contact => contact.Key).ToList();
        Assert.NotEqual(await ScoresAsync(punctual, addressed), await ScoresAsync(late, addressed));
        foreach (var portal in new[] { punctual, late })
        {
            foreach (var contact in addressed)
            {
                await portal.ActAsync(contact, "form_submission", new { form = "Newsletter", url = "https://www.vendor.example/newsletter" });
            }

            await portal.Sandbox.AdvanceAsync("1h");
            await portal.SyncAsync("2026-11-23T11:30:00Z");
        }

        Assert.Equal(await ScoresAsync(punctual, addressed), await ScoresAsync(late, addressed));
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
