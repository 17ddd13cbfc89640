using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Interruptions;

/// <summary>
/// A run is cut in the middle of a call, or its process killed, and it is started again with the same <c>--at</c>: the CRMs end as after an undisturbed run, and no field
/// passed through a value that an undisturbed run would not have written. The same story on every engine and with every CRM.
/// </summary>
public abstract class InterruptedRuns(UndisturbedRun undisturbed)
{
    /// <summary>Parts of the way through each of the two syncs.</summary>
    public static IEnumerable<object[]> Kills() => [[0.1, false], [0.45, true], [0.75, true], [0.95, false]];

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

    protected async Task CutAsync(Place place, bool afterHandling)
    {
        await using var scenario = await undisturbed.PrepareAsync();
        await scenario.SyncAsync(Scenario.FirstSync, place.IsSecondSync ? null : place.Call, afterHandling);
        await scenario.ReleaseAsync();
        await scenario.SyncAsync(Scenario.SecondSync, place.IsSecondSync ? place.Call : null, afterHandling);
        await AssertSameAsync(scenario);
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

/// <summary>At twenty of its calls, eight of them writes at least, before the call is handled and after.</summary>
public abstract class RunsCutAtTwentyCalls(UndisturbedRun undisturbed) : InterruptedRuns(undisturbed)
{
    private readonly UndisturbedRun _undisturbed = undisturbed;

    public static IEnumerable<object[]> Cuts() => Enumerable.Range(0, UndisturbedRun.Cuts).Select(index => new object[] { index, index % 2 == 1 });

    [SkippableTheory]
    [MemberData(nameof(Cuts))]
    public async Task A_run_that_was_cut_ends_where_an_undisturbed_one_ends(int index, bool afterHandling)
    {
        _undisturbed.SkipWithoutEngine();
        await CutAsync(_undisturbed.Places[index], afterHandling);
    }

    [SkippableFact]
    public void Eight_of_the_cuts_at_least_are_at_writes()
    {
        _undisturbed.SkipWithoutEngine();
        Assert.Equal(UndisturbedRun.Cuts, _undisturbed.Places.Distinct().Count());
        Assert.True(_undisturbed.Places.Count(place => place.Call.IsWrite) >= 8, $"only {_undisturbed.Places.Count(place => place.Call.IsWrite)} writes");
    }
}

public sealed class HubSpotOnSqlite(HubSpotOnSqlite.Undisturbed undisturbed) : RunsCutAtTwentyCalls(undisturbed), IClassFixture<HubSpotOnSqlite.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Sqlite, Crms.HubSpot);
}

public sealed class HubSpotOnPostgres(HubSpotOnPostgres.Undisturbed undisturbed) : RunsCutAtTwentyCalls(undisturbed), IClassFixture<HubSpotOnPostgres.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Crms.HubSpot);
}

public sealed class SalesforceOnSqlite(SalesforceOnSqlite.Undisturbed undisturbed) : RunsCutAtTwentyCalls(undisturbed), IClassFixture<SalesforceOnSqlite.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Sqlite, Crms.Salesforce);
}

public sealed class SalesforceOnPostgres(SalesforceOnPostgres.Undisturbed undisturbed) : RunsCutAtTwentyCalls(undisturbed), IClassFixture<SalesforceOnPostgres.Undisturbed>
{
    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Crms.Salesforce);
}

/// <summary>One CRM's call is cut while the other's part of the run goes on.</summary>
public sealed class BothCrmsOnPostgres(BothCrmsOnPostgres.Undisturbed undisturbed) : InterruptedRuns(undisturbed), IClassFixture<BothCrmsOnPostgres.Undisturbed>
{
    [SkippableTheory]
    [InlineData(Crms.HubSpot, false, true)]
    [InlineData(Crms.HubSpot, true, false)]
    [InlineData(Crms.Salesforce, false, false)]
    [InlineData(Crms.Salesforce, true, true)]
    public async Task A_run_that_was_cut_at_a_write_to_one_crm_ends_where_an_undisturbed_one_ends(Crms crm, bool isSecondSync, bool afterHandling)
    {
        undisturbed.SkipWithoutEngine();
        await CutAsync(undisturbed.Places.First(place => place.IsSecondSync == isSecondSync && place.Call.Crm == crm && place.Call.IsWrite), afterHandling);
    }

    public sealed class Undisturbed() : UndisturbedRun(Engine.Postgres, Crms.HubSpot | Crms.Salesforce);
}
