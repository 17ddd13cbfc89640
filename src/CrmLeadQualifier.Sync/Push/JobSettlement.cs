using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Waits for a job that writes records and takes what became of them, part by part; what was taken before, by a process that was killed meanwhile, is passed over. Only then is the job settled.
/// </summary>
internal static class JobSettlement
{
    /// <summary>Often enough to keep the lease.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>Ten minutes; a job that takes longer is looked at again by the next run.</summary>
    private const int MostLooks = 60;

    private const int MostReadings = 3;

    /// <returns>What the CRM said of the job in the end.</returns>
    /// <exception cref="RetriableCrmException">It is still at work: nothing else may be read or written until it is done.</exception>
    public static async Task<WriteJobStatus> RunAsync(ConnectionSession session, WriteJobRow job, CancellationToken cancellation)
    {
        var jobs = session.Crm.WriteJobs ?? throw new InvalidOperationException("This CRM has no jobs that write.");
        var status = await WaitAsync(session, jobs, job, cancellation);
        switch (status.Phase)
        {
            case WriteJobPhase.NeverBegun:
                await CloseAsync(session, job, status, "the job was given up before it began", cancellation);
                break;
            case WriteJobPhase.Forgotten:
                await CloseAsync(session, job, status, failed: null, cancellation);
                break;
            default:
                var named = await TakeAsync(session, jobs, job, cancellation);
                // Where the results are not whole, the records themselves tell.
                await CloseAsync(session, job, status, named < status.Pace.Records ? null : status.Error ?? "the CRM did not get to this record", cancellation);
                break;
        }

        return status;
    }

    /// <summary>Settles a job of which the CRM has nothing, or all of whose results were taken.</summary>
    /// <param name="failed">Why what is still open was not written; null: that is not known.</param>
    public static async Task CloseAsync(ConnectionSession session, WriteJobRow job, WriteJobStatus status, string? failed, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        if (failed is not null)
        {
            await transaction.Writes.FailOpenOfJobAsync(job, failed);
        }

        await transaction.Writes.SaveJobAsync(job with { Records = status.Pace.Records, Taken = status.Pace.Taken });
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<WriteJobStatus> WaitAsync(ConnectionSession session, IWriteJobs jobs, WriteJobRow job, CancellationToken cancellation)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var status = await jobs.WaitAsync(job.Job, Look, cancellation);
            if (status.Phase != WriteJobPhase.AtWork)
            {
                return status;
            }

            await session.KeepLeaseAsync(cancellation);
        }

        throw new RetriableCrmException($"the CRM is still at work on job {job.Job}, by which it writes many records; the next run waits on for it", TimeSpan.FromMinutes(1));
    }

    /// <summary>How many records the results name.</summary>
    private static async Task<int> TakeAsync(ConnectionSession session, IWriteJobs jobs, WriteJobRow job, CancellationToken cancellation)
    {
        for (var reading = 1; ; reading++)
        {
            try
            {
                var named = 0;
                await foreach (var part in jobs.ReadResultsAsync(job.Object, job.Job, cancellation))
                {
                    named += part.Count;
                    await TakeAsync(session, job, part, cancellation);
                }

                return named;
            }
            catch (RetriableCrmException broken) when (reading < MostReadings && broken is not BudgetSpentException)
            {
                // From the start: what was taken is not open any more.
            }
        }
    }

    private static async Task TakeAsync(ConnectionSession session, WriteJobRow job, IReadOnlyList<WriteResult> results, CancellationToken cancellation)
    {
        var connection = session.Connection.Id;
        var stream = StreamOf(session, job.Object);
        var byId = results.GroupBy(result => result.RecordId).ToDictionary(group => group.Key, group => group.Last());
        await using var transaction = await session.BeginAsync(cancellation);
        var records = await transaction.Records.GetAsync(connection, job.Object, byId.Keys);
        var open = (await transaction.Writes.OpenOfJobAsync(job, [.. records.Select(record => record.Id)])).ToLookup(write => write.RecordId);
        var outcomes = records.Where(record => open.Contains(record.Id)).Select(record => (Record: record, Result: byId[record.ExternalId], Writes: open[record.Id].ToList())).ToList();

        var written = outcomes.Where(one => one.Result.Outcome == WriteOutcome.Written).ToList();
        var refused = outcomes.Where(one => one.Result.Outcome == WriteOutcome.Refused).ToList();
        var converted = outcomes.Where(one => one.Result.Outcome == WriteOutcome.Converted).ToList();
        await transaction.Writes.SetStateAsync([.. written.SelectMany(one => one.Writes).Select(write => write.Id)], WriteState.Confirmed, null);
        foreach (var failed in outcomes.Where(one => one.Result.Outcome != WriteOutcome.Written).GroupBy(one => one.Result.Reason))
        {
            await transaction.Writes.SetStateAsync([.. failed.SelectMany(one => one.Writes).Select(write => write.Id)], WriteState.Failed, failed.Key);
        }

        // What was decided since about the records stays: a job takes minutes, and carries nothing that happens once.
        await transaction.Records.SaveAsync(
        [
            .. written.Select(one => one.Record with { Known = Known(one.Record, one.Writes) }),
            .. refused.Select(one => one.Record with { Parked = RecordIntake.Quarantine }),
            .. converted.Select(one => one.Record with { Parked = RecordIntake.Converted }),
        ]);
        await transaction.Leads.MarkDueAsync([.. converted.Where(one => one.Record.LeadId > 0).Select(one => one.Record.LeadId).Distinct()]);
        await transaction.Writes.QuarantineAsync(
            [.. refused.Select(one => new QuarantineRow(0, connection, stream, one.Record.ExternalId, Reason(one.Result), session.Account.Date))]);
        await LiftAsync(transaction, connection, stream, written.Select(one => one.Record.ExternalId).ToHashSet());
        await transaction.CommitAsync(cancellation);

        session.Report.RecordsWritten += written.Count;
        session.Report.FieldsWritten += written.Sum(one => one.Writes.Count);
        session.Report.Quarantined += refused.Count;
        session.Failures.AddRange(refused.Select(one => $"{session.Connection.Name}: {one.Record.Object} {one.Record.ExternalId} is in quarantine: {Reason(one.Result)}"));
    }

    private static async Task LiftAsync(ILedgerTransaction transaction, long connection, string stream, HashSet<string> written)
    {
        if (written.Count > 0)
        {
            await transaction.Writes.LiftQuarantineAsync(
                [.. (await transaction.Writes.QuarantinedAsync(connection)).Where(row => row.Stream == stream && written.Contains(row.ExternalId)).Select(row => row.Id)]);
        }
    }

    private static Dictionary<string, string> Known(RecordRow record, IEnumerable<WriteRow> writes)
    {
        var known = new Dictionary<string, string>(record.Known);
        foreach (var write in writes)
        {
            PreparedWrite.Set(known, write.Field, write.Value);
        }

        return known;
    }

    private static string Reason(WriteResult result) => result.Reason ?? "the CRM refused it without a reason";

    private static string StreamOf(ConnectionSession session, string personObject) => session.Crm.Streams
        .First(stream => stream.Content == StreamContentKind.Records && stream.Name.StartsWith(personObject, StringComparison.Ordinal)).Name;
}
