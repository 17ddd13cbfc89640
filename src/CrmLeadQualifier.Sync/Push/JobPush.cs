using System.Globalization;
using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Sends very many records by jobs that the CRM works off by itself, one job after the other. A job goes through these checkpoints:
/// <list type="number">
/// <item>The CRM gives it an id; nothing of it is worked off yet.</item>
/// <item>Each part's writes are committed as <c>sent</c>, and the first one's together with the job: whoever comes after a killed process finds it and asks it.</item>
/// <item>The rows leave, and the CRM is told to begin. Killed before that, nothing was written and nothing will be; killed after it, the job goes on.</item>
/// <item>What became of each record is taken from the results (<see cref="JobSettlement"/>). What was not written still differs, and is sent in batches.</item>
/// </list>
/// </summary>
internal sealed class JobPush(
    ConnectionSession session, Instant at, IReadOnlySet<string>? pilot, WriteGuards guards, BatchPush batches, IProgress<RunProgress>? progress)
{
    private const int RecordsPerPart = 500;

    /// <summary>Often enough to keep the lease.</summary>
    private static readonly TimeSpan LeaseKept = TimeSpan.FromSeconds(10);

    private readonly IWriteJobs _jobs = session.Crm.WriteJobs!;
    private WriteJobRow? _job;

    /// <summary>Jobs take what differs in the worker's fields alone. What happens once, or is looked at in the same step, goes in batches.</summary>
    public static bool Takes(RecordRow record) => record.LifecycleDue is null && record.HandOverDue == 0 && record.SalesDue.Count == 0;

    /// <param name="left">How many records of each object were left to jobs.</param>
    /// <returns>False: there are no more calls for scores today.</returns>
    public async Task<bool> RunAsync(IReadOnlyDictionary<string, int> left, CancellationToken cancellation)
    {
        try
        {
            foreach (var personObject in left.Where(many => many.Value >= _jobs.WorthFrom).Select(many => many.Key))
            {
                await RunAsync(personObject, left[personObject], cancellation);
            }

            return true;
        }
        catch (BudgetSpentException spent)
        {
            session.Notices.Add($"{session.Connection.Name}: scores wait: {spent.Message}");
            await GiveUpAsync(spent.Message, cancellation);
            return false;
        }
        catch (Exception refused) when (refused is StreamRefusedException or BatchRefusedException)
        {
            // Batches say better what is wrong, or do without.
            session.Notices.Add($"{session.Connection.Name}: many records are written in batches: {refused.Message}");
            await GiveUpAsync(refused.Message, cancellation);
            return true;
        }
    }

    private async Task RunAsync(string personObject, int total, CancellationToken cancellation)
    {
        var walk = new DueWalk(session, personObject, at, pilot, guards);
        var done = 0;
        while (!await session.HasOtherModeAsync(cancellation))
        {
            var most = _jobs.MostRecords(personObject, await PaceAsync(personObject, cancellation));
            if (most == 0)
            {
                var batch = await walk.NextAsync(session.Crm.BatchSizes.Write, cancellation);
                await batches.PushAsync(personObject, batch, cancellation);
                await batches.ArrivedAsync(atMost: 0, cancellation);
                done += batch.Count;
                most = _jobs.MostRecords(personObject, last: null);
            }

            var first = most == 0 ? [] : await walk.NextAsync(Math.Min(most, RecordsPerPart), cancellation);
            if (first.Count == 0)
            {
                return;
            }

            var sent = done;
            if (!await SendAsync(personObject, first, walk, most, count => progress?.Report(new RunProgress(session.Connection.Name, "push", done = sent + count, Math.Max(total, done))), cancellation))
            {
                return;
            }
        }
    }

    /// <returns>False: jobs do not work here at present.</returns>
    private async Task<bool> SendAsync(string personObject, List<RecordRow> first, DueWalk walk, int most, Action<int> count, CancellationToken cancellation)
    {
        var id = await _jobs.CreateAsync(personObject, cancellation);
        var isBegun = true;
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            var sending = _jobs.SendAsync(personObject, id, PartsAsync(personObject, id, first, walk, most, count, ending.Token), ending.Token);
            try
            {
                while (await Task.WhenAny(sending, Task.Delay(LeaseKept, ending.Token)) != sending)
                {
                    await session.KeepLeaseAsync(cancellation);
                }

                isBegun = await sending;
            }
            catch (UnknownOutcomeException)
            {
                // The job itself tells.
            }
            finally
            {
                await ending.CancelAsync();
                await sending.ContinueWith(sent => sent.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }

        if (_job is null)
        {
            return true;
        }

        if (!isBegun)
        {
            await GiveUpAsync("the job's rows did not reach the CRM", cancellation);
            return false;
        }

        var status = await JobSettlement.RunAsync(session, _job, cancellation);
        _job = null;

        // Where the job did not tell of all its records, they themselves do, before anything else is sent to them.
        await Settlement.RunAsync(session, cancellation);
        if (status.Error is not null)
        {
            session.Notices.Add(string.Create(
                CultureInfo.InvariantCulture, $"{session.Connection.Name}: the CRM broke job {id} off after {status.Pace.Records} records ({status.Error}); the others are sent in batches"));
        }

        return status.Error is null && status.Phase == WriteJobPhase.Over;
    }

    /// <summary>Checkpoint 2, part by part.</summary>
    private async IAsyncEnumerable<IReadOnlyList<RecordWrite>> PartsAsync(
        string personObject, string id, List<RecordRow> first, DueWalk walk, int most, Action<int> count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var limits = await batches.LengthsAsync(personObject, cancellation);
        var taken = 0;
        for (var part = first; part.Count > 0; part = await walk.NextAsync(Math.Min(most - taken, RecordsPerPart), cancellation))
        {
            taken += part.Count;
            var prepared = part.Select(record => PreparedWrite.Of(PreparedWrite.Cut(record, limits), lifecycle: null)).ToList();
            var writes = prepared.Where(write => !write.IsEmpty).ToList();
            // Only a cut changes what the record should show.
            await CommitAsSentAsync(personObject, id, limits.Count > 0 ? prepared : [], writes, cancellation);
            count(taken);
            if (writes.Count > 0)
            {
                yield return [.. writes.Select(write => write.ToRecordWrite())];
            }

            if (taken >= most)
            {
                yield break;
            }
        }
    }

    private async Task CommitAsSentAsync(string personObject, string id, List<PreparedWrite> changed, List<PreparedWrite> writes, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var ids = await transaction.Writes.AddAsync([.. writes.SelectMany(write => write.ToRows(session.Run, at))]);
        if (ids.Count > 0)
        {
            _job = _job is null ? new WriteJobRow(session.Connection.Id, id, personObject, at, ids.Min(), ids.Max()) : _job with { LastWrite = ids.Max() };
            await transaction.Writes.SaveJobAsync(_job);
        }

        await transaction.Records.SaveAsync([.. changed.Select(write => write.Record)]);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Nothing of a job that was not begun will be written.</summary>
    private async Task GiveUpAsync(string why, CancellationToken cancellation)
    {
        if (_job is { } job)
        {
            _job = null;
            await JobSettlement.CloseAsync(session, job, new WriteJobStatus(WriteJobPhase.NeverBegun), why, cancellation);
        }
    }

    private async Task<WriteJobPace?> PaceAsync(string personObject, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        return await transaction.Writes.LastJobAsync(session.Connection.Id, personObject) is { Records: { } records, Taken: { } taken } ? new WriteJobPace(records, taken) : null;
    }
}
