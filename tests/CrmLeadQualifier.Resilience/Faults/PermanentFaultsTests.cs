namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>Faults that stay until somebody acts: what is refused is said and set aside, everything else goes on.</summary>
public sealed class PermanentFaultsTests
{
    private const int Contacts = 80;
    private const string First = "2026-11-23T09:30:00Z";
    private const string Second = "2026-11-23T10:30:00Z";
    private const string Third = "2026-11-23T11:30:00Z";

    /// <summary>The stream is switched off and named, the rest is scored and written as before.</summary>
    [Theory]
    [InlineData("missing-scope=forms", "forms")]
    [InlineData("missing-scope=content", "content")]
    [InlineData("missing-scope=crm.objects.deals.read", "crm.objects.deals.read")]
    [InlineData("events-forbidden", "page_views")]
    public async Task What_token_or_plan_do_not_give_is_named_and_everything_else_goes_on(string fault, string named)
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync(fault);

        await portal.SyncAsync(First);

        Assert.Contains(named, portal.Said, StringComparison.Ordinal);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>No Enterprise hub, and nothing says so: nobody visited, and everybody is scored.</summary>
    [Fact]
    public async Task Empty_page_views_are_no_failure()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("events-empty");

        await portal.SyncAsync(First);

        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Nothing more is written until an admin acts, and the exit code says so.</summary>
    [Fact]
    public async Task A_refused_token_stops_the_connection_before_anything_is_written()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("401@1");

        (await portal.RunAsync(First)).Expect(3);

        Assert.Contains("token", portal.Said, StringComparison.OrdinalIgnoreCase);
        await AssertNothingWrittenAsync(portal);
    }

    /// <summary>Another account under the same address and token: nothing is read from it or written to it.</summary>
    [Fact]
    public async Task A_swapped_account_is_neither_read_nor_written()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("account-swapped");
        await portal.Sandbox.ResetCallsAsync();

        (await portal.RunAsync(First)).Expect(3);

        var routes = (await portal.Sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject().Select(route => route.Key);
        Assert.All(routes, route => Assert.StartsWith("GET /account-info/", route));
        await AssertNothingWrittenAsync(portal);
    }

    /// <summary>A field of ours that an admin deleted while it was being written: made again by provision, and then written on everybody.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(25)]
    public async Task A_property_removed_mid_run_is_provisioned_again_and_written(int call)
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync($"property-removed=lq_score@{call}");

        await portal.RunAsync(First);
        (await portal.Workplace.RunAsync("provision", "hub", "--at", First)).Expect(0);
        await portal.SyncAsync(First);

        // Who cannot be scored at all has no score.
        Assert.All((await portal.Sandbox.ContactsAsync("lq_score", "lq_status")).Values, contact =>
        {
            var status = contact["lq_status"]?.GetValue<string>() ?? "";
            Assert.NotEmpty(status);
            Assert.Equal(status == "unscorable", string.IsNullOrEmpty(contact["lq_score"]?.GetValue<string>()));
        });
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Whoever would get the option that is gone waits in quarantine with HubSpot's words; the others are written.</summary>
    [Fact]
    public async Task An_option_that_is_gone_sets_aside_those_who_would_get_it_and_nobody_else()
    {
        using var undisturbed = await FaultyPortal.StartAsync(Contacts);
        await undisturbed.SyncAsync(First);
        var qualified = (await undisturbed.Sandbox.ContactsAsync("lq_status")).Where(contact => contact.Value["lq_status"]!.GetValue<string>() == "qualified")
            .Select(contact => contact.Key).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(qualified);
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("option-removed=lq_status:qualified");

        for (var run = 0; run < 4; run++)
        {
            await portal.RunAsync(First);
        }

        var aside = await portal.QuarantineAsync();
        Assert.Equal(qualified, aside.Select(entry => entry!["record"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(aside, entry => Assert.Contains("INVALID_OPTION", entry!.ToJsonString(), StringComparison.Ordinal));
        var written = (await portal.Sandbox.ContactsAsync("lq_stage")).Where(contact => contact.Value["lq_stage"]?.GetValue<string>() is { Length: > 0 })
            .Select(contact => contact.Key).ToList();
        Assert.Equal(Contacts - qualified.Count, written.Count);
        Assert.Empty(written.Intersect(qualified));
    }

    /// <summary>Too little room for our fields: nothing is made, and it is said.</summary>
    [Fact]
    public async Task A_portal_without_room_for_our_fields_gets_none()
    {
        using var portal = await FaultyPortal.StartAsync(10);
        foreach (var field in FaultyPortal.Fields.Where(field => field.StartsWith("lq_", StringComparison.Ordinal)))
        {
            await portal.FaultsAsync($"property-removed={field}");
            await portal.Sandbox.GetAsync("/crm/owners/2026-03");
        }

        await portal.FaultsAsync("property-limit=3");
        var refused = await portal.Workplace.RunAsync("provision", "hub", "--at", First);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches("limit|room", refused.Error + refused.Output);
        var ours = (await portal.Sandbox.GetAsync("/crm/v3/properties/contacts"))["results"]!.AsArray()
            .Count(property => property!["name"]!.GetValue<string>().StartsWith("lq_", StringComparison.Ordinal));
        Assert.Equal(0, ours);
    }

    /// <summary>The write goes to the contact that the two became, once.</summary>
    [Fact]
    public async Task Contacts_merged_before_our_write_are_written_as_the_one_that_they_became()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("merged-ids");

        await portal.SyncAsync(First);
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync(Second);

        Assert.Equal(Contacts - 1, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Two former ids of one contact in a batch would refuse it whole: they are one record by then, or are found one by one.</summary>
    [Fact]
    public async Task Two_ids_of_one_contact_do_not_spoil_a_batch()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("duplicate-id,merged-ids");

        await portal.SyncAsync(First);
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync(Second);

        Assert.Equal(Contacts - 1, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Who is gone is left alone, and nobody has to look after it.</summary>
    [Fact]
    public async Task A_contact_deleted_before_our_write_is_gone_and_spoils_nothing()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("deleted-ids");

        await portal.SyncAsync(First);

        Assert.Equal(Contacts - 1, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Our value is put back twice, and then the record is parked and named: no alternation without end, and no override, since nobody is proven to have set it.</summary>
    [Fact]
    public async Task A_program_that_writes_back_is_met_twice_and_then_left_alone()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.SyncAsync(First);
        var changed = (await portal.Sandbox.ContactsAsync("email")).First(contact => contact.Value["email"] is not null).Key;
        await portal.FaultsAsync("another-writer=lq_score");
        await portal.Sandbox.AdvanceAsync("40m");
        await portal.ActAsync(changed, "page_view", new { url = "https://www.vendor.example/pricing", title = "Pricing" });
        await portal.Sandbox.AdvanceAsync("20m");

        foreach (var at in new[] { Second, "2026-11-23T11:00:00Z", Third, "2026-11-23T12:00:00Z", "2026-11-23T12:30:00Z" })
        {
            await portal.RunAsync(at);
            await portal.Sandbox.AdvanceAsync("30m");
        }

        var history = (await portal.HistoriesAsync())[$"{changed} lq_score"].Split(" > ");
        // Twice put back, and not a third time.
        Assert.InRange(history.Length, 3, 7);
        Assert.Empty(await portal.OverridesAsync());
        Assert.Contains($"{changed} is parked: loop", portal.Said, StringComparison.Ordinal);
    }

    /// <summary>A person who moves the lifecycle between our read and our write wins: our older move is no move forward.</summary>
    [Fact]
    public async Task A_person_who_moves_the_lifecycle_under_our_write_wins()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.FaultsAsync("people-edit=lifecyclestage:salesqualifiedlead");

        await portal.SyncAsync("2026-11-23T09:50:00Z");
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync(Second);

        var moved = (await portal.HistoriesAsync()).Where(history => history.Key.EndsWith(" lifecyclestage", StringComparison.Ordinal)
            && history.Value.Contains("salesqualifiedlead", StringComparison.Ordinal)).ToList();
        Assert.EndsWith("salesqualifiedlead", Assert.Single(moved).Value, StringComparison.Ordinal);
        FaultyPortal.AssertHandedOverOnce(await portal.HistoriesAsync());
    }

    /// <summary>A verdict given under our write is sales' word: the next run knows it, and nothing of it is lost.</summary>
    [Fact]
    public async Task A_verdict_given_under_our_write_is_kept_and_carried_out()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.SyncAsync("2026-11-23T09:50:00Z");
        var handed = (await portal.HandedOverAsync())[0];
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.ActAsync(handed, "page_view", new { url = "https://www.vendor.example/pricing", title = "Pricing" });
        await portal.Sandbox.AdvanceAsync("30m");
        await portal.FaultsAsync("people-edit=lq_verdict:qualified");

        await portal.SyncAsync(Second);
        var judged = (await portal.Sandbox.ContactsAsync("lq_verdict")).Single(contact => contact.Value["lq_verdict"]?.GetValue<string>() == "qualified").Key;
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync(Third);

        Assert.Equal("sql", await portal.ValueAsync(judged, "lq_stage"));
        Assert.Equal("qualified", await portal.ValueAsync(judged, "lq_verdict"));
        Assert.NotEmpty(await portal.ValueAsync(judged, "lq_verdict_by"));
        FaultyPortal.AssertHandedOverOnce(await portal.HistoriesAsync());
    }

    private static async Task AssertAllWrittenAsync(FaultyPortal portal) =>
        Assert.All(await portal.Sandbox.ContactsAsync("lq_stage"), contact =>
            Assert.False(string.IsNullOrEmpty(contact.Value["lq_stage"]?.GetValue<string>()), $"{contact.Key} has no stage\n{portal.Said}"));

    private static async Task AssertNothingWrittenAsync(FaultyPortal portal) =>
        Assert.All((await portal.Sandbox.ContactsAsync("lq_stage")).Values, contact => Assert.True(string.IsNullOrEmpty(contact["lq_stage"]?.GetValue<string>())));
}
