using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Interruptions;

/// <summary>
/// A run is cut at twenty of its calls, and the process killed at four more, and each time started again with the same <c>--at</c>: the CRMs end as after an undisturbed
/// run, and no field passed through a value that an undisturbed run would not have written. The same story on every engine and with every CRM.
/// </summary>
public abstract class InterruptedRuns(UndisturbedRun undisturbed)
{
    /// <summary>Twenty places in the first and second sync together; writes and reads are picked by <see cref="UndisturbedRun.Places"/>.</summary>
    public static IEnumerable<object[]> Cuts() => Enumerable.Range(0, UndisturbedRun.Cuts).Select(index => new object[] { index, index % 2 == 1 });

    /// <summary>Parts of the way through each of the two syncs.</summary>
    public static IEnumerable<object[]> Kills() => [[0.1, false], [0.45, true], [0.75, true], [0.95, false]];

    [SkippableTheory]
    [MemberData(nameof(Cuts))]
    public async Task A_run_that_was_cut_ends_where_an_undisturbed_one_ends(int index, bool afterHandling)
    {
        undisturbed.SkipWithoutEngine();
        var place = undisturbed.Places[index];
        await using var scenario = await undisturbed.PrepareAsync();
        await scenario.SyncAsync(Scenario.FirstSync, place.IsSecondSync ? null : place.Call, afterHandling);
        await scenario.ReleaseAsync();
        await scenario.SyncAsync(Scenario.SecondSync, place.IsSecondSync ? place.Call : null, afterHandling);
        await AssertSameAsync(scenario);
    }

    [SkippableTheory]
    [MemberData(nameof(Kills))]
    public async Task A_process_that_was_killed_ends_where_an_undisturbed_one_ends(double part, bool afterHandling)
    {
        undisturbed.SkipWithoutEngine();
        await using var scenario = await undisturbed.PrepareAsync();
        await scenario.KillAsync(Scenario.FirstSync, At(undisturbed.FirstCalls, part), afterHandling);
        await scenario.SyncAsync(Scenario.FirstSync);
        await scenario.ReleaseAsync();
        await scenario.KillAsync(Scenario.SecondSync, At(undisturbed.SecondCalls, part), afterHandling);
        await scenario.SyncAsync(Scenario.SecondSync);
        await AssertSameAsync(scenario);
    }

    [SkippableFact]
    public void Eight_of_the_cuts_at_least_are_at_writes()
    {
        undisturbed.SkipWithoutEngine();
        Assert.Equal(UndisturbedRun.Cuts, undisturbed.Places.Distinct().Count());
        Assert.True(undisturbed.Places.Count(place => place.Call.IsWrite) >= 8, $"only {undisturbed.Places.Count(place => place.Call.IsWrite)} writes");
        Assert.All(undisturbed.Crms, crm => Assert.Contains(undisturbed.Places, place => place.Call.Crm == crm && place.Call.IsWrite));
    }

    private static Call At(IReadOnlyList<Call> calls, double part) => calls[Math.Clamp((int)(calls.Count * part), 1, calls.Count) - 1];

    private async Task AssertSameAsync(Scenario scenario)
    {
        var histories = await scenario.HistoriesAsync();
        var different = undisturbed.Histories.Where(entry => histories.GetValueOrDefault(entry.Key, "") != entry.Value)
            .Select(entry => $"{entry.Key}: {histories.GetValueOrDefault(entry.Key, "")} instead of {entry.Value}")
            .Concat(histories.Keys.Except(undisturbed.Histories.Keys).Select(key => $"{key}: {histories[key]} instead of nothing"))
            .ToList();
        Assert.True(different.Count == 0, $"{different.Count} of {undisturbed.Histories.Count} differ:\n{string.Join('\n', different.Take(10))}\n{scenario.Said}");
    }
}

public sealed class HubSpotOnSqlite(HubSpotOnSqlite.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<HubSpotOnSqlite.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Sqlite, Processes.Crms.HubSpot);
}

public sealed class HubSpotOnPostgres(HubSpotOnPostgres.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<HubSpotOnPostgres.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Processes.Crms.HubSpot);
}

public sealed class SalesforceOnSqlite(SalesforceOnSqlite.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<SalesforceOnSqlite.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Sqlite, Processes.Crms.Salesforce);
}

public sealed class SalesforceOnPostgres(SalesforceOnPostgres.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<SalesforceOnPostgres.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Processes.Crms.Salesforce);
}

public sealed class BothCrmsOnPostgres(BothCrmsOnPostgres.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<BothCrmsOnPostgres.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Processes.Crms.HubSpot | Processes.Crms.Salesforce);
}
