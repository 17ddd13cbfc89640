namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>Others who write what we write: programs, and people at the very moment.</summary>
public sealed class PeopleAndProgramsTests : PermanentFaultsTests
{
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
        FaultyCrm.AssertHandedOverOnce(await portal.HistoriesAsync());
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
        FaultyCrm.AssertHandedOverOnce(await portal.HistoriesAsync());
    }

    /// <summary>
    /// While a run reads and writes, people enter values in fields of ours on the very contacts that it writes, and verdicts: exactly these entries are overrides in the end, every verdict is carried
    /// out, and nobody is handed over again.
    /// </summary>
    [Fact]
    public async Task What_people_enter_while_runs_write_is_exactly_what_is_left_to_them()
    {
        using var portal = await FaultyPortal.StartAsync(250, "--latency", "40");
        await portal.SyncAsync(First);
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.SyncAsync("2026-11-23T09:50:00Z");
        var handed = await portal.HandedOverAsync();
        Assert.True(handed.Count >= 12, $"only {handed.Count} were handed over\n{portal.Said}");
        await portal.Sandbox.AdvanceAsync("1h");
        var edited = handed[..8];
        foreach (var contact in edited)
        {
            // Behaviour, score and reasons will be written; who they are has not changed.
            await portal.ActAsync(contact, "page_view", new { url = "https://www.vendor.example/pricing", title = "Pricing" });
        }

        await portal.Sandbox.AdvanceAsync("30m");
        var run = portal.RunAsync(Second);
        foreach (var contact in edited)
        {
            await portal.EditAsync(contact, new { lq_profile = "77" }, "2026-11-23T10:20:00Z");
            await Task.WhenAny(run, portal.Sandbox.GetAsync("/crm/v3/owners"));
        }

        foreach (var contact in handed[8..12])
        {
            await portal.EditAsync(contact, new { lq_verdict = "qualified" }, "2026-11-23T10:21:00Z");
        }

        await run;
        foreach (var at in new[] { "2026-11-23T11:00:00Z", Third, "2026-11-23T12:00:00Z" })
        {
            await portal.Sandbox.AdvanceAsync("30m");
            await portal.SyncAsync(at);
        }

        Assert.Equal(edited.Select(contact => $"{contact} profile=77"), await portal.OverridesAsync());
        foreach (var contact in edited)
        {
            Assert.Equal("77", await portal.ValueAsync(contact, "lq_profile"));
        }

        foreach (var contact in handed[8..12])
        {
            Assert.Equal("sql", await portal.ValueAsync(contact, "lq_stage"));
        }

        FaultyCrm.AssertHandedOverOnce(await portal.HistoriesAsync());
        Assert.Empty(await portal.QuarantineAsync());
    }
}
