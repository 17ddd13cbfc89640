namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What the plan, the key or the account behind the address does not give.</summary>
public sealed class PlanAndTokenFaultsTests : PermanentFaultsTests
{
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

    /// <summary>No Enterprise hub, and nothing says so but the counters of contacts: they stand for the views.</summary>
    [Fact]
    public async Task Empty_page_views_of_people_who_visited_are_views_that_the_plan_does_not_give()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("events-empty");

        await portal.SyncAsync(First);

        Assert.Contains("page_views is switched off", portal.Said, StringComparison.Ordinal);
        Assert.NotEmpty(await portal.Workplace.QueryAsync("SELECT 1 FROM activity WHERE kind = 'page_view' AND external_id LIKE 'counted:page_views:%'"));
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

    /// <summary>The account's calls of the day are used up in the middle of a run: it says so and ends, and the next day's goes on from there.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(30)]
    public async Task The_days_calls_that_are_used_up_end_the_run_and_the_next_one_goes_on(int call)
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync($"429-daily@{call}");

        (await portal.RunAsync(First)).Expect(1);
        Assert.Contains("calls of the day are used up", portal.Said, StringComparison.Ordinal);
        await portal.Sandbox.AdvanceAsync("25h");
        await portal.SyncAsync("2026-11-24T10:30:00Z");

        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }
}
