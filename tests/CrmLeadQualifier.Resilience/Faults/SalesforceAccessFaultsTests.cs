using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What keeps us out of the org until somebody acts: the run says what and how to mend it, nothing is lost, and once it is mended all is written, once.</summary>
public sealed class SalesforceAccessFaultsTests
{
    private const int Leads = 60;
    private const string First = "2026-11-23T09:30:00Z";

    /// <summary>Of the app, its secret, or its user: the run stops before anything is read, and says whose affair it is.</summary>
    [Theory]
    [InlineData("sign-in-refused=invalid_client", "consumer key and secret")]
    [InlineData("sign-in-refused=invalid_grant", "client credentials flow")]
    [InlineData("api-disabled", "Enable the API")]
    public async Task A_way_into_the_org_that_was_taken_away_stops_the_connection_and_is_named(string fault, string advice)
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(5);
        await org.FaultsAsync(fault);

        (await org.RunAsync(First)).Expect(3);

        Assert.Contains(advice, org.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(org.Org.ClientSecret, org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.Org.HistoriesAsync());
        Assert.Equal([0L], Assert.Single(await org.Workplace.QueryAsync("SELECT count(*) FROM record")));
    }

    /// <summary>A sandbox that was refreshed, another org behind the same domain: nothing is read from it or written to it.</summary>
    [Fact]
    public async Task Another_org_behind_the_address_is_neither_read_nor_written()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(5);
        await org.FaultsAsync("account-swapped");
        await org.Sandbox.ResetCallsAsync();

        (await org.RunAsync(First)).Expect(3);

        var calls = (await org.Sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject().Sum(route => route.Value!.GetValue<long>());
        // Whose org it is, and perhaps a token.
        Assert.InRange(calls, 1, 2);
        Assert.Contains("is bound to", org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.Org.HistoriesAsync());
    }

    /// <summary>An admin ends all sessions in the middle of a run: one new one, and nothing else.</summary>
    [Fact]
    public async Task Sessions_that_an_admin_ends_are_opened_again()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync("401@8");

        (await org.RunAsync(First)).Expect(0);

        Assert.Contains("401", (await org.FaultsMetAsync()).Keys);
        await org.AssertAllWrittenOnceAsync();
    }

    /// <summary>The rolling day's calls are used up, by whomever: the run stops at once, and the next day all is written.</summary>
    [Fact]
    public async Task Calls_of_the_day_that_are_used_up_are_waited_for_and_not_hammered()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.Sandbox.PostAsync("/__sandbox/limits", new { daily_api_requests = 1 });
        await org.Sandbox.ResetCallsAsync();

        (await org.RunAsync(First)).Expect(1);

        Assert.InRange(await org.Sandbox.CallsAsync(), 1, 3);
        Assert.Contains("the org's calls of the day are used up", org.Said, StringComparison.Ordinal);
        await org.Sandbox.PostAsync("/__sandbox/limits", new { daily_api_requests = 100_000 });
        await org.Sandbox.AdvanceAsync("25h");
        (await org.RunAsync("2026-11-24T10:00:00Z")).Expect(0);
        await org.AssertAllWrittenOnceAsync();
    }
}
