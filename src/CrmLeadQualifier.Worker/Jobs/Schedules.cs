using System.Collections.Concurrent;
using System.Globalization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Hosting;
using Hangfire;
using Hangfire.Storage;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// The recurring jobs, as they follow from the ledger. They are set again and again: Hangfire switches one off for good after five failures to schedule it, an embedded one
/// forgets them with the process, and connections come and go.
/// </summary>
internal sealed class Schedules(ILedger ledger, IRecurringJobManager recurring, IBackgroundJobClient queue, JobStorage storage, LogFile log)
{
    private const string EveryMinute = "* * * * *";
    private const string EveryFiveMinutes = "*/5 * * * *";

    /// <summary>Whether Monday 07:00 has come is told by the agreement's own time zone, and a Monday on which no worker ran is made up for.</summary>
    private const string EveryHalfHour = "0,30 * * * *";

    private const string AfterQuietHours = "30 3 * * *";

    /// <summary>At 1:30 UTC: before the quiet hours in which scores that only time changed are written, so that what is found there goes with them.</summary>
    private const string Nightly = "30 1 * * *";

    /// <summary>A night that was missed, or not ended, is made up for.</summary>
    private static readonly TimeSpan NightIsMissedAfter = TimeSpan.FromHours(25);

    // A worker that was away takes one turn, not one for each that it missed.
    private static readonly RecurringJobOptions Options = new() { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed };

    private readonly ConcurrentDictionary<long, string> _names = new();

    /// <summary>Sets them all, and removes those of connections that are no more. Answers their names.</summary>
    public async Task<IReadOnlyList<string>> AssertAsync(CancellationToken cancellation)
    {
        var connections = await ConnectionsAsync(cancellation);
        foreach (var connection in connections)
        {
            _names[connection.Id] = connection.Name;
            var id = connection.Id;
            recurring.AddOrUpdate<WorkerJobs>(JobNames.Sync(connection.Name), jobs => jobs.Sync(id, CancellationToken.None), EveryMinute, Options);
            recurring.AddOrUpdate<WorkerJobs>(JobNames.Reconcile(connection.Name), jobs => jobs.Reconcile(id, CancellationToken.None), Nightly, Options);
        }

        recurring.AddOrUpdate<WorkerJobs>(JobNames.ScoreDue, jobs => jobs.ScoreDue(1, CancellationToken.None), EveryMinute, Options);
        recurring.AddOrUpdate<WorkerJobs>(JobNames.Watch, jobs => jobs.Watch(CancellationToken.None), EveryFiveMinutes, Options);
        recurring.AddOrUpdate<WorkerJobs>(JobNames.Shadow, jobs => jobs.Shadow(CancellationToken.None), AfterQuietHours, Options);
        recurring.AddOrUpdate<WorkerJobs>(JobNames.WeeklyReport, jobs => jobs.WeeklyReport(CancellationToken.None), EveryHalfHour, Options);
        List<string> names =
        [
            .. connections.SelectMany(connection => new[] { JobNames.Sync(connection.Name), JobNames.Reconcile(connection.Name) }),
            JobNames.ScoreDue, JobNames.Watch, JobNames.Shadow, JobNames.WeeklyReport,
        ];
        using var present = storage.GetConnection();
        foreach (var gone in present.GetRecurringJobs().Select(job => job.Id).Except(names))
        {
            recurring.RemoveIfExists(gone);
            await ForgetAsync(gone, cancellation);
        }

        return names;
    }

    /// <summary>
    /// When a worker starts: the schedules, a look round, a turn at every connection, and again what a worker left unfinished.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var names = await AssertAsync(cancellation);
        IReadOnlyList<JobRow> jobs;
        await using (var transaction = await ledger.BeginReadAsync(cancellation))
        {
            jobs = await transaction.Jobs.ListAsync();
        }

        var unfinished = jobs.Where(job => job.State is JobState.Running or JobState.Stopped).Select(job => job.Name).ToHashSet();
        log.Write("serve", $"unfinished turns: {unfinished.Count}");
        foreach (var name in names.Where(name => JobNames.IsSync(name) || unfinished.Contains(name)))
        {
            recurring.Trigger(name);
        }

        queue.Enqueue<WorkerJobs>(worker => worker.Watch(CancellationToken.None));
    }

    /// <summary>The connection's name, as of when the schedules were last set.</summary>
    public string NameOf(long connection) => _names.TryGetValue(connection, out var name) ? name : string.Create(CultureInfo.InvariantCulture, $"connection {connection}");

    /// <summary>
    /// Starts what a night left undone: one whose worker ended, that failed and has waited long enough, whose turn another connection had, or that fell into hours when no worker
    /// ran. Answers how many.
    /// </summary>
    public async Task<int> MakeUpForNightsAsync(Core.Time.Instant now, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var jobs = (await transaction.Jobs.ListAsync()).ToDictionary(job => job.Name);
        var connections = await transaction.Connections.ListAsync();
        var missed = connections.Where(connection => IsMissed(connection, jobs.GetValueOrDefault(JobNames.Reconcile(connection.Name)), now)).ToList();
        foreach (var connection in missed)
        {
            recurring.Trigger(JobNames.Reconcile(connection.Name));
        }

        return missed.Count;
    }

    private static bool IsMissed(ConnectionRow connection, JobRow? job, Core.Time.Instant now) =>
        job?.State != JobState.Parked && !(job?.NotBefore > now) && !(job is not null && JobTurns.IsAlive(job, now))
        && (job?.State is JobState.Failed or JobState.Running or JobState.Stopped || (job?.SucceededAt ?? connection.CreatedAt) + NightIsMissedAfter < now);

    /// <summary>A turn now, because a person asked for it.</summary>
    public void Trigger(string name) => recurring.Trigger(name);

    /// <summary>When each is started next, and why one is not: what Hangfire says of them.</summary>
    public IReadOnlyDictionary<string, ScheduledTurn> Next()
    {
        using var present = storage.GetConnection();
        return present.GetRecurringJobs().ToDictionary(
            job => job.Id,
            job => new ScheduledTurn(job.NextExecution is { } next ? Core.Time.Instant.From(new DateTimeOffset(next, TimeSpan.Zero)) : null, job.Error));
    }

    private async Task<IReadOnlyList<ConnectionRow>> ConnectionsAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Connections.ListAsync();
    }

    private async Task ForgetAsync(string name, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        await transaction.Jobs.DeleteAsync(name);
        await transaction.CommitAsync(cancellation);
    }
}

/// <param name="At">Null: it is switched off.</param>
/// <param name="Error">Why it could not be scheduled.</param>
internal sealed record ScheduledTurn(Core.Time.Instant? At, string? Error);
