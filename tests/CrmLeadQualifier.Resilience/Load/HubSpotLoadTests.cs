using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How many calls, how fast, how much memory: a portal of 100,000 contacts whole where CLQ_LOAD names a file for the figures (tests/run.sh --load), a twentieth of it always.
/// The goals are ratios, so that they hold at either size.
/// </summary>
public sealed class HubSpotLoadTests(ITestOutputHelper output)
{
    private const int LatencyOfAPortal = 250;

    /// <summary>Of the agreement (mql.daily_limit): so many held leads are handed over a day, by the first sync that finds them held.</summary>
    private const int DailyLimit = 25;

    private readonly LoadFigures _figures = new(output);

    [Fact]
    public Task A_twentieth_of_a_large_portal_is_read_and_written_at_the_portals_own_speed() => FirstSyncAsync(LoadFigures.Twentieth, 100, thenChanges: true);

    [SkippableTheory]
    [InlineData(100)]
    [InlineData(110)]
    [InlineData(190)]
    public async Task A_large_portal_is_read_and_written_at_its_own_speed(int perTenSeconds)
    {
        Skip.IfNot(LoadFigures.AreWanted, "A portal of 100,000 contacts takes minutes: tests/run.sh --load runs it.");
        await FirstSyncAsync(LoadFigures.Whole, perTenSeconds, thenChanges: perTenSeconds == 190);
    }

    [SkippableFact]
    public async Task A_portal_four_times_as_large_needs_hardly_more_memory()
    {
        Skip.IfNot(LoadFigures.AreWanted, "Portals of 100,000 and 400,000 contacts take minutes: tests/run.sh --load runs them.");
        var (one, four) = (await PeakAsync(LoadFigures.Whole), await PeakAsync(4 * LoadFigures.Whole));
        _figures.Say($"memory: {one} MB at {LoadFigures.Whole} contacts, {four} MB at {4 * LoadFigures.Whole}, ratio {(double)four / one:F2}");
        _figures.Goal(one < 300, $"{one} MB");
        _figures.Goal(four <= 1.15 * one, $"{four} MB and {one} MB");
        _figures.AssertGoals();
    }

    private static async Task<long> PeakAsync(int contacts)
    {
        using var portal = await LoadPortal.StartAsync(contacts, "off", latency: 0);
        return (await portal.SyncAsync()).PeakMegabytes;
    }

    private async Task FirstSyncAsync(int contacts, int perTenSeconds, bool thenChanges)
    {
        using var portal = await LoadPortal.StartAsync(contacts, perTenSeconds.ToString(CultureInfo.InvariantCulture), LatencyOfAPortal);
        var first = await portal.SyncAsync();
        var least = portal.Leads.LeastCalls(first.Written);
        _figures.Say($"first sync, {contacts} contacts with {portal.Leads.Activities} activities, {perTenSeconds} calls per 10 s, {LatencyOfAPortal} ms: {first.Seconds:F0} s, {first.Calls} calls "
            + $"(least {least}, ratio {(double)first.Calls / least:F3}), {first.Used(perTenSeconds):P1} of the allowed calls in {first.BusySeconds:F0} s with five or more ready, "
            + $"{first.Refused} refused, {first.PeakMegabytes} MB, {first.Written} records written");
        _figures.Goal(first.Written == contacts, $"{first.Written} records written");
        _figures.Goal(first.Calls <= 1.02 * least, $"{first.Calls} calls, least {least}: {first.Stats}");
        // A short run consists of its beginning and its end, and of reading and writing with scoring between: only all of it can be measured.
        _figures.Goal(
            contacts < LoadFigures.Whole ? first.Seconds < first.Calls / (0.9 * perTenSeconds) * 10 + 15 : first.Used(perTenSeconds) >= 0.9,
            $"{first.BusyCalls} calls in {first.BusySeconds} s, {first.Calls} in {first.Seconds} s");
        // One alone is neither half a percent nor two in a row.
        _figures.Goal(first.Refused <= 1, $"{first.Refused} refused");
        _figures.Goal(first.PeakMegabytes < 300, $"{first.PeakMegabytes} MB");
        if (thenChanges)
        {
            await ChangesAsync(portal);
        }

        _figures.AssertGoals();
    }

    private async Task ChangesAsync(LoadPortal portal)
    {
        await portal.Sandbox.AdvanceAsync("15m");
        var settling = await portal.SyncAsync();
        var released = await portal.TransitionsAsync(settling, "released");
        _figures.Say($"settling sync 15 minutes later: {settling.Calls} calls, {settling.Seconds:F1} s, {settling.Refused} refused, {settling.Written} written, {released} of them because their leads were released");
        // Nobody's own writes come back as news: what is written is who is handed over today.
        _figures.Goal(released <= DailyLimit && settling.Written == released, $"{settling.Written} written, {released} released: {settling.Report}");
        _figures.Goal(settling.Refused <= 1, $"{settling.Refused} refused: {settling.Stats}");

        await portal.Sandbox.AdvanceAsync("15m");
        var nothing = await portal.SyncAsync();
        _figures.Say($"nothing changed: {nothing.Calls} calls, {nothing.Written} written, {nothing.Refused} refused, {nothing.Seconds:F1} s");
        _figures.Goal(nothing.Written == 0, $"{nothing.Written} written: {nothing.Report}");
        _figures.Goal(nothing.Refused == 0, $"{nothing.Refused} refused: {nothing.Stats}");
        OneCallPerStream(nothing, searches: 1);

        await portal.ChangeAsync(1_000, "jobtitle", "CEO");
        await portal.Sandbox.AdvanceAsync("61s");
        var changed = await portal.SyncAsync();
        var (searches, reads, writes) = (changed.Of("contacts/search"), changed.Of("contacts/batch/read"), changed.Of("contacts/batch/update"));
        var moved = await portal.LifecycleWritesAsync(changed);
        _figures.Say($"1,000 contacts changed: {changed.Calls} calls, {searches} searches and {reads} batch reads of contacts, "
            + $"{writes} writes of {changed.Written} records ({moved} with the lifecycle), {changed.Scored} scored, {changed.Refused} refused, {changed.Seconds:F1} s");
        _figures.Goal(changed.Written == 1_000 && writes == 10, $"{writes} writes of {changed.Written} records: {changed.Stats}");
        // Sixteen, and each batch that moves the lifecycle is read again before it leaves.
        _figures.Goal(searches + reads <= 16 + Math.Min(moved, writes), $"{moved} lifecycle moves: {changed.Stats}");
        _figures.Goal(changed.Refused == 0, $"{changed.Refused} refused");
        OneCallPerStream(changed, searches: 6);
    }

    private void OneCallPerStream(LoadedRun run, int searches)
    {
        foreach (var (route, calls) in run.Stats["calls"]!["by_route"]!.AsObject().Where(route => !route.Key.Contains("contacts/batch", StringComparison.Ordinal)))
        {
            _figures.Goal(calls!.GetValue<long>() <= (route.Contains("contacts/search", StringComparison.Ordinal) ? searches : 1), $"{route}: {run.Stats}");
        }
    }
}
