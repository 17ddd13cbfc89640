using System.Diagnostics;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How many calls, how large jobs, how much memory: an org of 100,000 Leads with a million activities whole where CLQ_LOAD names a file for the figures (tests/run.sh --load salesforce), a twentieth of
/// it always. The goals hold at either size.
/// </summary>
public sealed class SalesforceLoadTests(ITestOutputHelper output)
{
    private const int Twentieth = 5_000;
    private const int Whole = 100_000;
    private const int Streams = 9;

    private static readonly TimeSpan Cadence = TimeSpan.FromMinutes(1);

    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly Figures _figures = new(output);

    [Fact]
    public Task A_twentieth_of_a_large_org_is_read_and_written_by_few_calls() => FirstSyncAsync(Twentieth);

    [SkippableFact]
    public async Task A_large_org_is_read_and_written_by_few_calls()
    {
        Skip.IfNot(Figures.AreWanted, Figures.Unwanted);
        await FirstSyncAsync(Whole);
    }

    [Fact]
    public Task A_twentieth_of_a_large_org_whose_automation_is_slow_gets_small_jobs() => SlowOrgAsync(Twentieth);

    [SkippableFact]
    public async Task A_large_org_whose_automation_is_slow_gets_small_jobs()
    {
        Skip.IfNot(Figures.AreWanted, Figures.Unwanted);
        await SlowOrgAsync(Whole);
    }

    [SkippableFact]
    public async Task An_org_four_times_as_large_needs_hardly_more_memory()
    {
        Skip.IfNot(Figures.AreWanted, Figures.Unwanted);
        var (one, four) = (await PeakAsync(Whole), await PeakAsync(4 * Whole));
        _figures.Say($"Salesforce, memory: {one} MB at {Whole} Leads, {four} MB at {4 * Whole}, ratio {(double)four / one:F2}");
        Assert.True(one < 300, $"{one} MB");
        Assert.True(four <= 1.15 * one, $"{four} MB and {one} MB");
    }

    [SkippableFact]
    public async Task A_stage_follows_what_happens_in_a_large_org_within_the_cadence_and_three_seconds()
    {
        Skip.IfNot(Figures.AreWanted, Figures.Unwanted);
        // The past leaves room to settle; then both clocks are where time is.
        using var org = await LoadOrg.StartAsync(Whole, DateTimeOffset.UtcNow.AddHours(-1), "--latency", "250");
        await FirstAsync(org);
        for (var settling = 0; settling < 2; settling++)
        {
            await org.Sandbox.AdvanceAsync("15m");
            await org.SyncAsync();
        }

        await org.Sandbox.AdvanceToAsync(DateTimeOffset.UtcNow);
        org.Workplace.Environment["Connections__sf__MaxHandOversPerDay"] = "100000";
        using var worker = await ServingWorker.StartAsync(org.Workplace);
        await Task.Delay(TimeSpan.FromMinutes(2));
        await org.Sandbox.ResetCallsAsync();
        await Task.Delay(TimeSpan.FromMinutes(3));
        var perDay = await org.Sandbox.CallsAsync() * 24 * 20;
        var ages = await AgesAsync(org, TimeSpan.FromMinutes(10));
        var last = ages[(int)Math.Ceiling(0.99 * ages.Count) - 1];
        _figures.Say($"Salesforce, from an answer to an e-mail in the org to the changed stage, {ages.Count} times: {ages[ages.Count / 2].TotalSeconds:F1} s (median), {last.TotalSeconds:F1} s (99th hundredth), "
            + $"{ages[^1].TotalSeconds:F1} s (longest) at a cadence of {Cadence.TotalSeconds} s, which takes {perDay} calls a day where nothing changes");
        Assert.True(last <= Cadence + TimeSpan.FromSeconds(3), string.Join(", ", ages.TakeLast(20)));
        Assert.InRange(perDay, 1, 6_000);
    }

    private async Task<long> PeakAsync(int leads)
    {
        using var org = await LoadOrg.StartAsync(leads, Start);
        return (await FirstAsync(org)).PeakMegabytes;
    }

    private async Task<LoadedRun> FirstAsync(LoadOrg org)
    {
        var run = await org.SyncAsync();
        var calls = new SalesforceCalls(run);
        _figures.Say(
            $"Salesforce, first sync, {org.Leads.Leads} Leads with {org.Leads.Activities} activities ({org.Leads.Of("Task")} Tasks, {org.Leads.Of("EmailMessage")} e-mail messages, "
            + $"{org.Leads.Of("Event")} Events, {org.Leads.Of("CampaignMember")} campaign members): {calls.Reads} calls to read, {calls.Polls} polls, {calls.Writes} calls to write {run.Written} records, "
            + $"{run.Seconds:F0} s, {run.PeakMegabytes} MB ({calls})");
        Assert.Equal(org.Leads.Leads, run.Written);
        return run;
    }

    private async Task FirstSyncAsync(int leads)
    {
        using var org = await LoadOrg.StartAsync(leads, Start);
        var first = await FirstAsync(org);
        var calls = new SalesforceCalls(first);
        Assert.True(calls.QueryJobs > 0, $"{calls}");
        Assert.True(calls.Reads <= 60, $"{calls}");
        // One batch tells how fast the org is; everything else is one job.
        Assert.Equal((1, 1), (calls.Batches, calls.IngestJobs));
        Assert.Equal([leads - 200L], await JobsAsync(org));
        Assert.Equal(0, first.Refused);
        Assert.True(first.PeakMegabytes < 300, $"{first.PeakMegabytes} MB");
        await ChangesAsync(org);
    }

    private async Task ChangesAsync(LoadOrg org)
    {
        // Of those who are held, the first settling one hands over as many as the agreement allows a day; the second reads these again. Time alone lets the status of a few change.
        foreach (var handedOver in new[] { 25, 0 })
        {
            await org.Sandbox.AdvanceAsync("15m");
            var settling = await org.SyncAsync();
            _figures.Say($"Salesforce, settling sync 15 minutes later: {Words(settling)}");
            Assert.InRange(settling.Written, 0, handedOver + (org.Leads.Leads / 5_000));
        }

        await org.Sandbox.AdvanceAsync("15m");
        var nothing = await org.SyncAsync();
        _figures.Say($"Salesforce, nothing changed: {Words(nothing)}");
        Assert.InRange(nothing.Written, 0, org.Leads.Leads / 5_000);
        // Those few were read again, and with them who our users are.
        AssertFewestCalls(nothing, besideChanges: 3);

        await org.DemoteAsync(1_000);
        await org.Sandbox.AdvanceAsync("61s");
        var changed = await org.SyncAsync();
        _figures.Say($"Salesforce, 1,000 Leads changed: {Words(changed)}");
        Assert.InRange(changed.Scored, 1, 1_000);
        Assert.InRange(new SalesforceCalls(changed).Batches, 1, 5);
        // And their second page, and who our users are.
        AssertFewestCalls(changed, besideChanges: 4);
        await OursAsync(org);
    }

    /// <summary>Changes are asked for by one call for five streams; beside that a process asks whose org it is, and what its objects are like.</summary>
    private static void AssertFewestCalls(LoadedRun run, int besideChanges)
    {
        var calls = new SalesforceCalls(run);
        Assert.True(calls.FurtherPages <= 1, $"{calls}");
        Assert.True(calls.Reads <= Math.Ceiling(Streams / 5.0) + besideChanges, $"{calls}");
        Assert.Equal((0, 0), (calls.Polls, run.Refused));
    }

    /// <summary>How old a written stage is, is the schedule, and ours: a sync of one answer to an e-mail from its beginning to its end, writing included.</summary>
    private async Task OursAsync(LoadOrg org)
    {
        var seconds = new List<double>();
        foreach (var lead in await org.CloseToTheBarAsync(Figures.AreWanted && org.Leads.Leads >= Whole ? 20 : 3))
        {
            await org.AnswerAsync(lead);
            await org.Sandbox.AdvanceAsync("61s");
            var run = await org.SyncAsync();
            Assert.Equal([lead], await org.IdsAsync($"SELECT Id FROM Lead WHERE Id = '{lead}' AND LQ_Stage__c = 'mql'"));
            seconds.Add(run.Seconds);
        }

        seconds.Sort();
        _figures.Say($"Salesforce, ours: a stage is written {seconds[seconds.Count / 2]:F1} s (median) and {seconds[^1]:F1} s (longest of {seconds.Count}) after its sync began");
        Assert.True(seconds[seconds.Count / 2] <= 3, string.Join(", ", seconds));
    }

    private static async Task<IReadOnlyList<TimeSpan>> AgesAsync(LoadOrg org, TimeSpan span)
    {
        var leads = new Queue<string>(await org.CloseToTheBarAsync(2_000));
        var open = new Dictionary<string, Stopwatch>();
        var ages = new List<TimeSpan>();
        var random = new Random(1);
        for (var sampling = Stopwatch.StartNew(); sampling.Elapsed < span || (open.Count > 0 && sampling.Elapsed < span + TimeSpan.FromMinutes(5));)
        {
            if (sampling.Elapsed < span)
            {
                var lead = leads.Dequeue();
                await org.AnswerAsync(lead);
                open[lead] = Stopwatch.StartNew();
            }

            await Task.Delay(random.Next(400));
            foreach (var lead in await org.IdsAsync($"SELECT Id FROM Lead WHERE LQ_Stage__c = 'mql' AND Id IN ({string.Join(',', open.Keys.Select(id => $"'{id}'"))})"))
            {
                open.Remove(lead, out var since);
                ages.Add(since!.Elapsed);
            }
        }

        Assert.Empty(open);
        ages.Sort();
        return ages;
    }

    /// <summary>Every chunk of 200 rows takes eight seconds of the org's clock, which runs many times faster than ours.</summary>
    private async Task SlowOrgAsync(int leads)
    {
        using var org = await LoadOrg.StartAsync(leads, Start);
        await org.Sandbox.FaultsAsync("slow-chunks=8");
        var first = await org.SyncAsync(() => org.Sandbox.AdvanceAsync("2s"));
        var jobs = await JobsAsync(org);
        _figures.Say($"Salesforce, {leads} Leads in an org that takes 8 s for 200 rows: {jobs.Count} jobs of at most {jobs.Max()} rows, {Words(first)}");
        Assert.Equal(leads, first.Written);
        Assert.Equal(2_000, jobs.Max());
        Assert.InRange(jobs.Count, (leads - 200) / 2_000, ((leads - 200) / 2_000) + 1);
    }

    private static string Words(LoadedRun run)
    {
        var calls = new SalesforceCalls(run);
        return $"{calls.Reads} calls to read, {calls.Polls} polls, {calls.Writes} to write {run.Written} records, {run.Scored} scored, {run.Seconds:F1} s, {run.PeakMegabytes} MB ({calls})";
    }

    private static async Task<IReadOnlyList<long>> JobsAsync(LoadOrg org) =>
        [.. (await org.Workplace.QueryAsync("SELECT records FROM write_job WHERE records > 0 ORDER BY first_write")).Select(row => (long)row[0])];
}
