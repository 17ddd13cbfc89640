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
    private const int Streams = 9;
    private const string Unwanted = "100,000 Leads take minutes: tests/run.sh --load salesforce runs them.";

    private static readonly TimeSpan Cadence = TimeSpan.FromMinutes(1);

    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly LoadFigures _figures = new(output);

    [Fact]
    public Task A_twentieth_of_a_large_org_is_read_and_written_by_few_calls() => FirstSyncAsync(LoadFigures.Twentieth);

    [SkippableFact]
    public async Task A_large_org_is_read_and_written_by_few_calls()
    {
        Skip.IfNot(LoadFigures.AreWanted, Unwanted);
        await FirstSyncAsync(LoadFigures.Whole);
    }

    [Fact]
    public Task A_twentieth_of_a_large_org_whose_automation_is_slow_gets_small_jobs() => SlowOrgAsync(LoadFigures.Twentieth);

    [SkippableFact]
    public async Task A_large_org_whose_automation_is_slow_gets_small_jobs()
    {
        Skip.IfNot(LoadFigures.AreWanted, Unwanted);
        await SlowOrgAsync(LoadFigures.Whole);
    }

    [SkippableFact]
    public async Task An_org_four_times_as_large_needs_hardly_more_memory()
    {
        Skip.IfNot(LoadFigures.AreWanted, Unwanted);
        var (one, four) = (await PeakAsync(LoadFigures.Whole), await PeakAsync(4 * LoadFigures.Whole));
        _figures.Say($"Salesforce, memory: {one} MB at {LoadFigures.Whole} Leads, {four} MB at {4 * LoadFigures.Whole}, ratio {(double)four / one:F2}");
        _figures.Goal(one < 300, $"{one} MB");
        _figures.Goal(four <= 1.15 * one, $"{four} MB and {one} MB");
        _figures.AssertGoals();
    }

    [SkippableFact]
    public async Task A_stage_follows_what_happens_in_a_large_org_within_the_cadence_and_three_seconds()
    {
        Skip.IfNot(LoadFigures.AreWanted, Unwanted);
        // The past leaves room to settle; then both clocks are where time is.
        using var org = await LoadOrg.StartAsync(LoadFigures.Whole, DateTimeOffset.UtcNow.AddHours(-1), "--latency", "250");
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
        var last = Quantiles.Of(ages, 0.99);
        _figures.Say($"Salesforce, from an answer to an e-mail in the org to the changed stage: {Quantiles.Words(ages)} of {ages.Count}, at a cadence of {Cadence.TotalSeconds} s, "
            + $"which takes {perDay} calls a day where nothing changes");
        _figures.Goal(last <= Cadence.TotalSeconds + 3, $"{last} s at the 99th hundredth");
        _figures.Goal(perDay is > 0 and < 6_000, $"{perDay} calls a day");
        _figures.AssertGoals();
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
        _figures.Goal(calls.Reads <= 60, $"{calls.Reads} calls to read");
        // One batch tells how fast the org is; everything else is one job.
        _figures.Goal((calls.Batches, calls.IngestJobs) is (1, 1), $"{calls}");
        Assert.Equal([leads - 200L], await JobsAsync(org));
        Assert.Equal(0, first.Refused);
        _figures.Goal(first.PeakMegabytes < 300, $"{first.PeakMegabytes} MB");
        await ChangesAsync(org);
        _figures.AssertGoals();
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
        AskFewestCalls(nothing, besideChanges: 3);

        await org.DemoteAsync(1_000);
        await org.Sandbox.AdvanceAsync("61s");
        var changed = await org.SyncAsync();
        _figures.Say($"Salesforce, 1,000 Leads changed: {Words(changed)}");
        Assert.InRange(changed.Written, 1_000, 1_000 + (org.Leads.Leads / 5_000));
        _figures.Goal(new SalesforceCalls(changed).Batches <= Math.Ceiling(changed.Written / 200.0), $"1,000 changes: {new SalesforceCalls(changed)}");
        // And their second page, and who our users are.
        AskFewestCalls(changed, besideChanges: 4);
        await OursAsync(org);
    }

    /// <summary>Changes are asked for by one call for five streams; beside that a process asks whose org it is, and what its objects are like.</summary>
    private void AskFewestCalls(LoadedRun run, int besideChanges)
    {
        var calls = new SalesforceCalls(run);
        _figures.Goal(calls.FurtherPages <= 1 && calls.Reads <= Math.Ceiling(Streams / 5.0) + besideChanges && calls.Polls == 0 && run.Refused == 0, $"{calls}");
    }

    /// <summary>How old a written stage is, is the schedule, and ours: a sync of one answer to an e-mail from its beginning to its end, writing included.</summary>
    private async Task OursAsync(LoadOrg org)
    {
        var seconds = new List<double>();
        foreach (var lead in await org.CloseToTheBarAsync(LoadFigures.AreWanted && org.Leads.Leads >= LoadFigures.Whole ? 20 : 3))
        {
            await org.AnswerAsync(lead);
            await org.Sandbox.AdvanceAsync("61s");
            var run = await org.SyncAsync();
            Assert.Equal([lead], await org.IdsAsync($"SELECT Id FROM Lead WHERE Id = '{lead}' AND LQ_Stage__c = 'mql'"));
            seconds.Add(run.Seconds);
        }

        _figures.Say($"Salesforce, ours: a stage is written after its sync began by {Quantiles.Words(seconds)} of {seconds.Count}");
        _figures.Goal(Quantiles.Of(seconds, 0.99) <= 3, $"ours: {Quantiles.Words(seconds)}");
    }

    private static async Task<IReadOnlyList<double>> AgesAsync(LoadOrg org, TimeSpan span)
    {
        var leads = new Queue<string>(await org.CloseToTheBarAsync(2_000));
        var open = new Dictionary<string, Stopwatch>();
        var ages = new List<double>();
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
                ages.Add(since!.Elapsed.TotalSeconds);
            }
        }

        Assert.Empty(open);
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
