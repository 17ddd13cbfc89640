using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Sends to one connection the fields whose desired value differs from the known one, and only those, batch by batch (<see cref="BatchPush"/>).
/// Very many records go by jobs where the CRM has such (<see cref="JobPush"/>), once what carries a stage's move, a hand-over or sales fields has gone in batches.
/// </summary>
internal sealed class PushStage(ConnectionSession session, AgreementInForce agreement, Instant at, IReadOnlySet<string>? pilot, IProgress<RunProgress>? progress)
{
    /// <summary>How often what got no answer and proved unwritten is sent within one run; after that the next run goes on.</summary>
    private const int MostPasses = 3;

    private readonly LifecycleMoves _lifecycle = new(session);
    private readonly WriteGuards _guards = new(at);
    private readonly Dictionary<string, int> _leftToJobs = [];
    private bool _leavesToJobs;

    /// <summary>Answers whether a person's change was met that is to be heard before the rest is sent.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var batches = new BatchPush(session, agreement, at, _guards, _lifecycle);
        try
        {
            _leavesToJobs = await AreManyAsync(cancellation);
            var heard = await PushAllAsync(batches, cancellation);
            if (_leavesToJobs)
            {
                _leavesToJobs = false;
                batches.HasCallsForScores &= await new JobPush(session, at, pilot, _guards, batches, progress).RunAsync(_leftToJobs, cancellation);
                heard |= await PushAllAsync(batches, cancellation);
            }

            _lifecycle.Tell();
            return heard;
        }
        finally
        {
            await batches.DrainAsync();
        }
    }

    /// <summary>So many records are due that some of them may be worth a job.</summary>
    private async Task<bool> AreManyAsync(CancellationToken cancellation)
    {
        if (session.Crm.WriteJobs is not { } jobs || pilot?.Count < jobs.WorthFrom)
        {
            return false;
        }

        await using var transaction = await session.BeginAsync(cancellation);
        return (await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).PushDue >= jobs.WorthFrom;
    }

    /// <summary>All that is due, in passes: a run that ends well has sent everything, since a value that only a later run would overwrite must not be left out.</summary>
    private async Task<bool> PushAllAsync(BatchPush batches, CancellationToken cancellation)
    {
        var heard = false;
        for (var pass = 1; ; pass++)
        {
            (batches.Unanswered, batches.PutOff) = (0, (0, null));
            var (isWhole, heardInPass) = await PassAsync(batches, cancellation);
            heard |= heardInPass;
            if (!isWhole)
            {
                return false;
            }

            if (batches.Unanswered + batches.PutOff.Records == 0)
            {
                return heard;
            }

            if (pass < MostPasses)
            {
                continue;
            }

            if (batches.PutOff is { Records: > 0 and var records, Why: var why })
            {
                session.Failures.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: {records} record(s) could not be written for now ({why}); the next run sends them"));
            }

            if (batches.Unanswered > 0)
            {
                session.Failures.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{session.Connection.Name}: the CRM did not answer {batches.Unanswered} write(s), {MostPasses} times; what was not written is sent by the next run"));
            }

            return heard;
        }
    }

    /// <summary>Once through the records that are due. Not whole: the connection's mode is another one now, or something else writes the same fields.</summary>
    private async Task<(bool IsWhole, bool Heard)> PassAsync(BatchPush batches, CancellationToken cancellation)
    {
        long after = 0;
        long looked = 0;
        long? total = null;
        var heard = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await session.HasOtherModeAsync(cancellation))
            {
                await batches.ArrivedAsync(atMost: 0, cancellation);
                return (false, heard);
            }

            if (await AreTooManyParkedAsync(cancellation))
            {
                await session.PauseAsync("many records are parked because something else writes the same fields; look at `quarantine`, then resume", cancellation);
                return (false, heard);
            }

            IReadOnlyList<RecordRow> due;
            await using (var transaction = await session.BeginAsync(cancellation))
            {
                // In a pilot most of what is due stays so.
                total ??= progress is null || pilot is not null ? null : (await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).PushDue;
                due = await transaction.Records.PushDueAsync(session.Connection.Id, at, after, session.Crm.BatchSizes.Write);
            }

            if (due.Count == 0)
            {
                await batches.ArrivedAsync(atMost: 0, cancellation);
                return (true, heard);
            }

            after = due.Max(record => record.Id);
            looked += due.Count;
            foreach (var ofObject in due.Where(record => GoesNow(record, batches.HasCallsForScores)).GroupBy(record => record.Object))
            {
                heard |= await batches.PushAsync(ofObject.Key, [.. ofObject], cancellation);
            }

            progress?.Report(new RunProgress(session.Connection.Name, "push", looked, total is { } all ? Math.Max(all, looked) : null));
        }
    }

    /// <summary>Whether a record's write goes in a batch now. One of many alike is left to jobs, and counted.</summary>
    private bool GoesNow(RecordRow record, bool hasCallsForScores)
    {
        if (pilot?.Contains(record.ExternalId) == false || (!hasCallsForScores && !IsOfStage(record)))
        {
            return false;
        }

        if (!_leavesToJobs || !JobPush.Takes(record))
        {
            return true;
        }

        _leftToJobs[record.Object] = _leftToJobs.GetValueOrDefault(record.Object) + 1;
        return false;
    }

    /// <summary>More than scores changed.</summary>
    private static bool IsOfStage(RecordRow record) =>
        record.HandOverDue > 0 || record.LifecycleDue is not null
        || record.Desired?.GetValueOrDefault(LeadField.Stage.Name, "") != record.Known.GetValueOrDefault(LeadField.Stage.Name, "");

    private async Task<bool> AreTooManyParkedAsync(CancellationToken cancellation)
    {
        if (!session.HasParked)
        {
            return false;
        }

        session.HasParked = false;
        await using var transaction = await session.BeginAsync(cancellation);
        return await transaction.Writes.CountParkedAsync(session.Connection.Id, at - WriteGuards.ParkedWithin) >= WriteGuards.ParkedPauses;
    }
}
