namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>
/// Every transient fault at once, on a tenth of all calls, while very many Leads are read and written by jobs and changes by queries and collections: the org ends as without
/// faults, every field having been given the same values in the same order, none of them twice; what people entered stays, and nobody is handed over twice.
/// </summary>
public abstract class SalesforceTransientFaults(int seed, string ofJobs)
{
    private const string OfCalls = "cut-before,cut-after,html,page,empty,truncated,429,500,503,504,slow,token-expired,query-timeout,locator-lost,row-locks";

    private static readonly Lazy<Task<IReadOnlyDictionary<string, string>>> Undisturbed = new(async () =>
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(FaultyOrg.ManyLeads);
        var histories = await PlayAsync(org, disturb: null);
        var routes = (await org.Sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject().Select(route => route.Key).ToList();
        Assert.Contains(routes, route => route.EndsWith("/jobs/query/{id}/results", StringComparison.Ordinal));
        Assert.Contains(routes, route => route.EndsWith("/jobs/ingest/{id}/successfulResults", StringComparison.Ordinal));
        Assert.Contains(routes, route => route.StartsWith("PATCH", StringComparison.Ordinal) && route.EndsWith("/composite/sobjects", StringComparison.Ordinal));
        return histories;
    });

    [Fact]
    public async Task All_of_them_at_ten_in_a_hundred_change_nothing_of_how_it_ends()
    {
        var undisturbed = Undisturbed.Value;
        using var org = await FaultyOrg.StartWithLeadsAsync(FaultyOrg.ManyLeads);

        var disturbed = await PlayAsync(org, part => org.FaultsAsync(part == 0 ? $"{OfCalls},{ofJobs},ties" : $"{OfCalls},ties,sibling-locks", 0.1, (seed * 100) + part));

        var met = await org.FaultsMetAsync();
        var ofCalls = met.Where(fault => OfCalls.Split(',').Contains(fault.Key)).ToList();
        // An org is asked so seldom that a tenth of its calls are few.
        Assert.True(ofCalls.Sum(fault => fault.Value) >= 3 && ofCalls.Count >= 3, $"too few faults to mean anything: {string.Join(", ", met)}");
        Assert.Contains(ofJobs.Split('=')[0], met.Keys);
        AssertSame(await undisturbed, disturbed, org.Said);
        FaultyCrm.AssertHandedOverOnce(disturbed);
        Assert.Empty(await org.QuarantineAsync());
        Assert.Empty(await org.OverridesAsync());
        Assert.Equal([0L], Assert.Single(await org.Workplace.QueryAsync("SELECT count(*) FROM write WHERE state IN ('sent', 'unknown')")));
    }

    /// <summary>A day's work of an org: first scores, hand-overs, sales' answers and edits, new activity.</summary>
    /// <returns>The values that each field of ours was given.</returns>
    private static async Task<IReadOnlyDictionary<string, string>> PlayAsync(FaultyOrg org, Func<int, Task>? disturb)
    {
        await DisturbAsync(0);
        await org.SyncAsync("2026-11-23T09:30:00Z");
        await org.ReleaseAsync("2026-11-23T09:40:00Z");
        await org.Sandbox.AdvanceAsync("45m");
        await DisturbAsync(1);
        await org.SyncAsync("2026-11-23T09:50:00Z");
        await org.Sandbox.AdvanceAsync("15m");

        // People work, and nobody disturbs them.
        await org.FaultsAsync("");
        var handed = await org.HandedOverAsync();
        Assert.True(handed.Count >= 12, $"only {handed.Count} were handed over\n{org.Said}");
        foreach (var lead in handed[..3])
        {
            await org.EditAsync(lead, new { LQ_Grade__c = "Z9" }, "2026-11-23T09:55:00Z");
        }

        foreach (var lead in handed[3..6])
        {
            await org.EditAsync(lead, new { LQ_Verdict__c = "rejected", LQ_Rejection_Reason__c = "no_budget" }, "2026-11-23T09:56:00Z");
        }

        foreach (var lead in handed[6..9])
        {
            await org.EditAsync(lead, new { LQ_Verdict__c = "qualified" }, "2026-11-23T09:57:00Z");
        }

        foreach (var lead in handed[9..12])
        {
            await org.ActAsync(lead, "meeting", "2026-11-23T09:58:00Z", new { subject = "Demo", status = "completed" });
        }

        await org.Sandbox.AdvanceAsync("40m");
        for (var hour = 10; hour < 13; hour++)
        {
            await DisturbAsync(hour);
            await org.SyncAsync($"2026-11-23T{hour}:40:00Z");
            await org.Sandbox.AdvanceAsync("1h");
        }

        await org.FaultsAsync("");
        await org.SyncAsync("2026-11-23T13:40:00Z");
        return await org.Org.HistoriesAsync();

        Task DisturbAsync(int part) => disturb?.Invoke(part) ?? Task.CompletedTask;
    }

    private static void AssertSame(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual, string said)
    {
        Assert.Contains(expected, entry => entry.Key.EndsWith(" LQ_Stage__c", StringComparison.Ordinal) && entry.Value.EndsWith("mql > recycled", StringComparison.Ordinal));
        Assert.Contains(expected, entry => entry.Key.EndsWith(" LQ_Stage__c", StringComparison.Ordinal) && entry.Value.EndsWith("mql > sql", StringComparison.Ordinal));
        var different = expected.Keys.Union(actual.Keys)
            .Where(key => expected.GetValueOrDefault(key, "") != actual.GetValueOrDefault(key, ""))
            .Select(key => $"{key}: {actual.GetValueOrDefault(key, "nothing")} instead of {expected.GetValueOrDefault(key, "nothing")}").ToList();
        Assert.True(different.Count == 0, $"{different.Count} of {expected.Count} differ:\n{string.Join('\n', different.Take(10))}\n{said}");
    }
}

// A class each, so that they run beside each other; what else happens to the jobs differs.
public sealed class SalesforceTransientFaultsWhileAnotherTransactionHoldsAccounts() : SalesforceTransientFaults(1, "sibling-locks");

public sealed class SalesforceTransientFaultsWhileAJobStopsEarly() : SalesforceTransientFaults(2, "job-stops=400");

public sealed class SalesforceTransientFaultsWhileTriggersTakeFewAtATime() : SalesforceTransientFaults(3, "cpu-limit=60");

public sealed class SalesforceTransientFaultsWhileAJobStopsLate() : SalesforceTransientFaults(4, "job-stops=2000");

public sealed class SalesforceTransientFaultsWhileJobsQueue() : SalesforceTransientFaults(5, "slow-queue=3");
