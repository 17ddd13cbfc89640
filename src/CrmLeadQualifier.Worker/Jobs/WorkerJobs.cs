using CrmLeadQualifier.Sync.Runs;
using Hangfire;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// The jobs, as Hangfire stores them: by this class's name, the methods' names and their arguments, which are ids. Renaming any of these orphans what is queued. Hangfire gives
/// the when; whether a turn is taken, and what it came to, is in the ledger. A failed turn is tried again by the next one, not by Hangfire.
/// </summary>
[WithoutStackTrace]
[AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
internal sealed class WorkerJobs(JobTurns turns, Stages stages, Watch watch, WeeklyReports reports, IBackgroundJobClient queue, JobStorage storage)
{
    [Queue(JobEngine.SyncQueue)]
    public async Task<string> Sync(long connectionId, CancellationToken stop) =>
        await stages.ConnectionAsync(connectionId, stop) is { } connection
            ? await turns.TakeAsync(
                JobNames.Sync(connection.Name), (ledger, now) => Stages.AdmitSyncAsync(ledger, connection, now), (turn, token) => stages.SyncAsync(connection.Name, turn, token), stop)
            : "skipped: there is no such connection any more";

    /// <param name="slot">1, or the number of a worker that helps.</param>
    [Queue(JobEngine.ScoreQueue)]
    public Task<string> ScoreDue(int slot, CancellationToken stop) => turns.TakeAsync(
        JobNames.ScoreDueOf(slot), Stages.AdmitScoringAsync, async (turn, token) =>
        {
            await CallOthersAsync(slot, token);
            return await stages.ScoreDueAsync(turn, token);
        }, stop);

    [Queue(JobEngine.ReconcileQueue)]
    public async Task<string> Reconcile(long connectionId, CancellationToken stop) =>
        await stages.ConnectionAsync(connectionId, stop) is { } connection
            ? await turns.TakeAsync(
                JobNames.Reconcile(connection.Name), (ledger, now) => Stages.AdmitReconcileAsync(ledger, connection, now), (turn, token) => stages.ReconcileAsync(connection.Name, turn, token), stop)
            : "skipped: there is no such connection any more";

    [Queue(JobEngine.WatchQueue)]
    public Task<string> Watch(CancellationToken stop) => turns.TakeAsync(JobNames.Watch, null, (_, token) => watch.LookAsync(token), stop);

    /// <summary>What a shadowed version would do otherwise, once a day.</summary>
    [Queue(JobEngine.WatchQueue)]
    public Task<string> Shadow(CancellationToken stop) => turns.TakeAsync(JobNames.Shadow, null, (_, token) => stages.ShadowAsync(token), stop);

    /// <summary>The alignment report of the week that ended, once, and its mail.</summary>
    [Queue(JobEngine.WatchQueue)]
    public Task<string> WeeklyReport(CancellationToken stop) => turns.TakeAsync(JobNames.WeeklyReport, null, (_, token) => reports.RunAsync(token), stop);

    /// <summary>Where much is due, every worker takes batches of it.</summary>
    private async Task CallOthersAsync(int slot, CancellationToken stop)
    {
        var workers = slot == 1 ? storage.GetMonitoringApi().Servers().Count : 0;
        if (workers > 1 && await stages.HasManyDueAsync(stop))
        {
            for (var other = 2; other <= workers; other++)
            {
                var helper = other;
                queue.Enqueue<WorkerJobs>(jobs => jobs.ScoreDue(helper, CancellationToken.None));
            }
        }
    }
}
