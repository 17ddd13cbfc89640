using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Shadow;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>What the jobs call: the same stages as the commands, and which of them may be at work beside each other.</summary>
/// <param name="settings">What an admin decides about hand-overs.</param>
internal sealed class Stages(ILedger ledger, CrmClients clients, TimeProvider clock, HandOverSettings settings)
{
    /// <summary>A scoring worth sharing with the other workers.</summary>
    private const int ManyLeads = 5_000;

    /// <summary>
    /// What is read every minute is due. (The minute's own turn is left out where it finds a turn under way: the streams are then read with the next thing that is told after this, else a minute later.)
    /// </summary>
    private static readonly TimeSpan WholeSyncEvery = TimeSpan.FromMinutes(1) - StreamWindows.Punctuality;

    /// <summary>A few turns of a connection's sync that were missed.</summary>
    private static readonly TimeSpan AbsentAfter = TimeSpan.FromMinutes(5);

    public async Task<ConnectionRow?> ConnectionAsync(long id, CancellationToken stop)
    {
        await using var transaction = await ledger.BeginReadAsync(stop);
        return (await transaction.Connections.ListAsync()).FirstOrDefault(connection => connection.Id == id);
    }

    public async Task<TurnResult> SyncAsync(string connection, IProgress<RunProgress> progress, CancellationToken stop) =>
        TurnResult.Of(await NewSync().RunAsync(new SyncRequest { Connection = connection }, progress, stop));

    public async Task<TurnResult> ReconcileAsync(string connection, IProgress<RunProgress> progress, CancellationToken stop) =>
        TurnResult.OfReconcile(await new ReconcileRun(ledger, clients.Open, clock) { Options = clients.Options }.RunAsync(connection, progress, stop));

    /// <summary>
    /// A sync of what the CRM told to have changed; a whole one, which hears that first, where streams are due: a CRM that tells without end does not keep them from being read. After an absence, or while
    /// turns fail, a whole one too: nobody is decided about with what was told alone.
    /// </summary>
    public async Task<TurnResult> SyncTouchedAsync(ConnectionRow connection, IProgress<RunProgress> progress, CancellationToken stop)
    {
        bool isCurrent;
        await using (var transaction = await ledger.BeginReadAsync(stop))
        {
            var now = Instant.Now(clock);
            var cursors = await transaction.Cursors.ListAsync(connection.Id);
            var succeededAt = (await transaction.Jobs.ListAsync()).FirstOrDefault(job => job.Name == JobNames.Sync(connection.Name))?.SucceededAt;
            isCurrent = now - succeededAt < AbsentAfter && cursors.Count > 0 && cursors.All(cursor => cursor.IsFirstReadDone || cursor.Refusal is not null)
                && cursors.Max(cursor => cursor.ReadAt) is { } readAt && now - readAt < WholeSyncEvery;
        }

        return TurnResult.Of(await NewSync().RunAsync(new SyncRequest { Connection = connection.Name, OnlyTouched = isCurrent }, progress, stop));
    }

    /// <summary>Whether anything that the CRM told is still to be read.</summary>
    public async Task<bool> HasTouchedAsync(long connection, CancellationToken stop)
    {
        await using var transaction = await ledger.BeginReadAsync(stop);
        return (await transaction.Cursors.TouchedAsync(connection, 1)).Count > 0;
    }

    public async Task<TurnResult> ScoreDueAsync(IProgress<RunProgress> progress, CancellationToken stop) =>
        await NewScoring().RunAsync(progress, stop) is { } report
            ? TurnResult.Of($"run {report.Run}: {report.Scored} leads scored")
            : TurnResult.Of("nothing was due");

    public async Task<TurnResult> ShadowAsync(CancellationToken stop) => TurnResult.Of(
        await new ShadowScoring(ledger).RunAsync(Instant.Now(clock), stop) is { } day ? ShadowScoring.InWords(day) : "no version is shadowed beside an agreement in force");

    public Task<bool> HasManyDueAsync(CancellationToken stop) => NewScoring().HasDueAsync(ManyLeads, stop);

    /// <summary>A sync that may end a first read is alone with what it brought until it has scored that: see <see cref="ScoreRun"/>.</summary>
    public static async Task<Admission> AdmitSyncAsync(ILedgerTransaction transaction, ConnectionRow connection, Instant now)
    {
        // Locked by both sides before either looks at the other.
        await transaction.Jobs.LockAsync(JobNames.ScoreDue);
        var cursors = await transaction.Cursors.ListAsync(connection.Id);
        var bringsHistory = cursors.Count == 0 || cursors.Any(cursor => !cursor.IsFirstReadDone);
        var isScoring = bringsHistory && (await transaction.Jobs.ListAsync()).Any(job => JobNames.IsScoring(job.Name) && JobTurns.IsAlive(job, now));
        return new Admission(isScoring ? "a first read waits until the leads that are due are scored" : null, bringsHistory);
    }

    /// <summary>One connection's night at a time: it may take hours, and each takes one of the few turns that a worker has at once.</summary>
    public static async Task<Admission> AdmitReconcileAsync(ILedgerTransaction transaction, ConnectionRow connection, Instant now)
    {
        var mine = JobNames.Reconcile(connection.Name);
        var other = (await transaction.Jobs.ListAsync()).FirstOrDefault(job => JobNames.IsReconcile(job.Name) && job.Name != mine && JobTurns.IsAlive(job, now));
        return new Admission(other is null ? null : $"{other.Name} is at work; its turn comes after that", false);
    }

    /// <summary>
    /// Not beside a first read, and after an absence not before every connection was read again, or could not be: what was said meanwhile may be what a deadline waits for.
    /// </summary>
    public static async Task<Admission> AdmitScoringAsync(ILedgerTransaction transaction, Instant now)
    {
        await transaction.Jobs.LockAsync(JobNames.ScoreDue);
        var jobs = (await transaction.Jobs.ListAsync()).ToDictionary(job => job.Name);
        if (jobs.Values.FirstOrDefault(job => JobNames.IsSync(job.Name) && job.BringsHistory && JobTurns.IsAlive(job, now)) is { } firstRead)
        {
            return new Admission($"{firstRead.Name} is at a first read and scores what it brings", false);
        }

        var behind = (await transaction.Connections.ListAsync()).FirstOrDefault(connection => jobs.GetValueOrDefault(JobNames.Sync(connection.Name)) is not { } sync
            || (sync.State is not (JobState.Failed or JobState.Parked) && !(now - sync.SucceededAt < AbsentAfter)));
        return new Admission(behind is null ? null : $"{behind.Name} has not been read for a while: its sync comes first", false);
    }

    private SyncRun NewSync() => new(ledger, clients.Open, clock)
    {
        Handover = settings.Crm, Holidays = settings.Holidays, Overdue = settings.Overdue, Options = clients.Options, Patience = ConnectionSession.UsualPatience,
    };

    private ScoreRun NewScoring() => new(ledger, clock) { Handover = settings.Crm, Holidays = settings.Holidays, Overdue = settings.Overdue };
}
