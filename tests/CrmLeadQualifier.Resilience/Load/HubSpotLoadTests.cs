using System.Globalization;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How many calls, how fast, how much memory: a portal of 100,000 contacts whole where CLQ_LOAD names a file for the figures (tests/run.sh --load), a twentieth of it always.
/// The goals are ratios, so that they hold at either size.
/// </summary>
public sealed class HubSpotLoadTests(ITestOutputHelper output)
{
    private const int Twentieth = 5_000;
    private const int Whole = 100_000;
    private const int LatencyOfAPortal = 250;

    private static readonly string? Figures = Environment.GetEnvironmentVariable("CLQ_LOAD");

    [Fact]
    public Task A_twentieth_of_a_large_portal_is_read_and_written_at_the_portals_own_speed() => FirstSyncAsync(Twentieth, 100, thenChanges: true);

    [SkippableTheory]
    [InlineData(100)]
    [InlineData(110)]
    [InlineData(190)]
    public async Task A_large_portal_is_read_and_written_at_its_own_speed(int perTenSeconds)
    {
        Skip.If(Figures is null, "A portal of 100,000 contacts takes minutes: tests/run.sh --load runs it.");
        await FirstSyncAsync(Whole, perTenSeconds, thenChanges: perTenSeconds == 190);
    }

    [SkippableFact]
    public async Task A_portal_four_times_as_large_needs_hardly_more_memory()
    {
        Skip.If(Figures is null, "Portals of 100,000 and 400,000 contacts take minutes: tests/run.sh --load runs them.");
        var (one, four) = (await PeakAsync(Whole), await PeakAsync(4 * Whole));
        Say($"memory: {one} MB at {Whole} contacts, {four} MB at {4 * Whole}, ratio {(double)four / one:F2}");
        Assert.True(one < 300, $"{one} MB");
        Assert.True(four <= 1.15 * one, $"{four} MB and {one} MB");
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
        Say($"first sync, {contacts} contacts with {portal.Leads.Activities} activities, {perTenSeconds} calls per 10 s, {LatencyOfAPortal} ms: {first.Seconds:F0} s, {first.Calls} calls "
            + $"(least {least}, ratio {(double)first.Calls / least:F3}), {first.Used(perTenSeconds):P1} of the allowed calls in {first.BusySeconds:F0} s with five or more ready, "
            + $"{first.Refused} refused, {first.PeakMegabytes} MB, {first.Written} records written");
        Assert.Equal(contacts, first.Written);
        Assert.True(first.Calls <= 1.02 * least, $"{first.Calls} calls, least {least}: {first.Stats}");
        // A short run consists of its beginning and its end, and of reading and writing with scoring between: only all of it can be measured.
        Assert.True(
            contacts < Whole ? first.Seconds < first.Calls / (0.9 * perTenSeconds) * 10 + 15 : first.Used(perTenSeconds) >= 0.9,
            $"{first.BusyCalls} calls in {first.BusySeconds} s, {first.Calls} in {first.Seconds} s");
        // One alone is neither half a percent nor two in a row.
        Assert.True(first.Refused <= 1, $"{first.Refused} refused");
        Assert.True(first.PeakMegabytes < 300, $"{first.PeakMegabytes} MB");
        if (thenChanges)
        {
            await ChangesAsync(portal);
        }
    }

    private async Task ChangesAsync(LoadPortal portal)
    {
        await portal.Sandbox.AdvanceAsync("15m");
        var settling = await portal.SyncAsync();
        Say($"settling sync 15 minutes later: {settling.Calls} calls, {settling.Written} written, {settling.Seconds:F1} s");
        Assert.True(settling.Refused <= 1, $"{settling.Refused} refused: {settling.Stats}");

        await portal.Sandbox.AdvanceAsync("15m");
        var nothing = await portal.SyncAsync();
        Say($"nothing changed: {nothing.Calls} calls, {nothing.Seconds:F1} s");
        Assert.Equal(0, nothing.Written);
        AssertOneCallPerStream(nothing, "contacts/search", most: 1);

        await portal.ChangeAsync(1_000, "jobtitle", "Chief executive officer");
        await portal.Sandbox.AdvanceAsync("61s");
        var changed = await portal.SyncAsync();
        var contacts = changed.Of("contacts/search") + changed.Of("contacts/batch/read");
        Say($"1,000 contacts changed: {changed.Calls} calls, {changed.Of("contacts/search")} searches and {changed.Of("contacts/batch/read")} batch reads of contacts, "
            + $"{changed.Of("contacts/batch/update")} writes of {changed.Written} records, {changed.Scored} scored, {changed.Seconds:F1} s");
        Assert.True(changed.Of("contacts/batch/update") <= 10, $"{changed.Stats}");
        // At most ten of them read again before a batch that moves the lifecycle.
        Assert.True(contacts <= 16 + changed.Of("contacts/batch/update"), $"{changed.Stats}");
        Assert.Equal(0, changed.Refused);
        AssertOneCallPerStream(changed, "contacts/search", most: 6);
        await FreshnessAsync(portal);
    }

    /// <summary>
    /// How old a written stage is, is HubSpot's lag, the schedule, and ours: a sync of one changed contact from its beginning to its end, writing included.
    /// </summary>
    private async Task FreshnessAsync(LoadPortal portal)
    {
        var isWhole = Figures is not null && portal.Leads.Contacts >= Whole;
        var seconds = new List<double>();
        for (var i = 0; i < (isWhole ? 20 : 3); i++)
        {
            await portal.ChangeAsync(1, "jobtitle", i % 2 == 0 ? "Student" : "Chief executive officer");
            await portal.Sandbox.AdvanceAsync("61s");
            var run = await portal.SyncAsync();
            Assert.Equal(1, run.Written);
            seconds.Add(run.Seconds);
        }

        seconds.Sort();
        Say($"freshness, ours: a changed contact is written {seconds[seconds.Count / 2]:F1} s (median) and {seconds[^1]:F1} s (longest of {seconds.Count}) after its sync began");
        Assert.True(!isWhole || seconds[^1] <= 3, string.Join(", ", seconds));
    }

    private static void AssertOneCallPerStream(LoadedRun run, string contacts, int most)
    {
        foreach (var (route, calls) in run.Stats["calls"]!["by_route"]!.AsObject().Where(route => !route.Key.Contains("contacts/batch", StringComparison.Ordinal)))
        {
            Assert.True(calls!.GetValue<long>() <= (route.Contains(contacts, StringComparison.Ordinal) ? most : 1), $"{route}: {run.Stats}");
        }
    }

    private void Say(string text)
    {
        output.WriteLine(text);
        if (Figures is not null)
        {
            File.AppendAllText(Figures, text + "\n");
        }
    }
}
