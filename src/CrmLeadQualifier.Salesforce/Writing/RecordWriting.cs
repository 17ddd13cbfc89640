using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>Writes our fields, and Lead.Status where it is mapped, on Leads and Contacts in collections.</summary>
internal sealed class RecordWriting(SalesforceTransport transport, PersonReader reader, RecordValues values, TimeProvider clock)
{
    /// <summary>Salesforce's most records in one collection.</summary>
    public const int PerCall = 200;

    private const int LockAttempts = 4;

    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(1);

    // An org's triggers and flows see all records of a collection at once and may break on their number, or on one of them.
    private static readonly int[] SmallerCalls = [50, 10, 1];

    private readonly CallContext _call = new($"the update of {reader.Object}s", IsWrite: true);

    /// <summary>How long the last full collection took that was written; null: there was none yet.</summary>
    public WriteJobPace? Pace { get; private set; }

    /// <summary>
    /// One collection; each record fares by itself. Rows that somebody else holds for a moment are sent again; those that the org's automation refuses together are sent in smaller
    /// collections.
    /// </summary>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<RecordWrite> batch, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, PerCall);
        var results = new Dictionary<string, WriteResult>(batch.Count);

        // Saving a Contact locks its Account: siblings side by side do not meet another's lock.
        IReadOnlyList<RecordWrite> open = [.. batch.OrderBy(write => write.CompanyId, StringComparer.Ordinal)];
        for (var attempt = 1; open.Count > 0; attempt++)
        {
            var locked = new List<RecordWrite>();
            foreach (var (write, failure) in await SendAsync(open, isFirst: attempt == 1, cancellation).ConfigureAwait(false))
            {
                if (failure?.Recovery == RowRecovery.Retry && attempt < LockAttempts)
                {
                    locked.Add(write);
                }
                else
                {
                    results[write.RecordId] = Result(write, failure);
                }
            }

            open = locked;
            if (open.Count > 0)
            {
                await transport.PauseAsync(LockPause * attempt, cancellation).ConfigureAwait(false);
            }
        }

        await TellGoneAsync([.. batch.Where(write => results[write.RecordId].Outcome == WriteOutcome.Gone)], results, cancellation).ConfigureAwait(false);
        return [.. batch.Select(write => results[write.RecordId])];
    }

    /// <summary>
    /// What Salesforce calls an invalid reference may be something else about a record that is there. Of a merge nothing is written on the survivor: it has values of its own, and perhaps a person's
    /// word; the next reading makes one lead of the two.
    /// </summary>
    private async Task TellGoneAsync(List<RecordWrite> gone, Dictionary<string, WriteResult> results, CancellationToken cancellation)
    {
        if (gone.Count == 0)
        {
            return;
        }

        var present = (await reader.ReadByIdsAsync([.. gone.Select(write => write.RecordId)], ["Id", "IsDeleted", RowTimes.StampField], cancellation).ConfigureAwait(false))
            .Select(record => record.Id).ToHashSet();
        foreach (var write in gone.Where(write => present.Contains(SalesforceId.To18(write.RecordId))))
        {
            results[write.RecordId] = results[write.RecordId] with { Outcome = WriteOutcome.Refused };
        }
    }

    /// <param name="isFirst">Nothing of the batch was written before.</param>
    private async Task<IReadOnlyList<(RecordWrite Write, RowFailure? Failure)>> SendAsync(IReadOnlyList<RecordWrite> writes, bool isFirst, CancellationToken cancellation)
    {
        var outcome = await SendOnceAsync(writes, isFirst, cancellation).ConfigureAwait(false);
        // What fails by itself, before the automation runs, has its own error beside theirs.
        var together = outcome.FindAll(row => row.Failure?.Recovery == RowRecovery.Together).ConvertAll(row => row.Write);
        if (writes.Count == 1 || together.Count == 0)
        {
            return outcome;
        }

        var parts = outcome.FindAll(row => row.Failure?.Recovery != RowRecovery.Together);
        foreach (var part in together.Chunk(SmallerCalls.First(size => size < writes.Count)))
        {
            parts.AddRange(await SendAsync(part, isFirst: false, cancellation).ConfigureAwait(false));
        }

        return parts;
    }

    private async Task<List<(RecordWrite Write, RowFailure? Failure)>> SendOnceAsync(IReadOnlyList<RecordWrite> writes, bool isFirst, CancellationToken cancellation)
    {
        var request = new CollectionRequest(AllOrNone: false, [.. writes.Select(ToUpdate)]);
        List<SaveResult?> rows;
        var started = clock.GetTimestamp();
        try
        {
            var call = _call with { Importance = writes.Any(CarriesStage) ? CallImportance.Stages : CallImportance.Scores };
            var answer = await transport.CallAsync<List<SaveResult>>(
                call, (api, token, t) => api.UpdateAsync(transport.Paths.Collections, request, token, t), cancellation).ConfigureAwait(false);
            rows = [.. answer.Body];
        }
        catch (BatchRefusedException refused) when (writes.Count == 1 && refused.UnknownFields.Count == 0)
        {
            return [(writes[0], new RowFailure(RowRecovery.Refused, refused.Message, []))];
        }

        if (rows.Count != writes.Count)
        {
            // Rows are told apart by their place only.
            throw new UnknownOutcomeException($"Salesforce answered {rows.Count} of {writes.Count} records of {_call.Subject}.");
        }

        var outcome = writes.Zip(rows, (write, row) => (Write: write, Failure: row?.Success == true ? null : SalesforceErrors.OfRow(row?.Errors))).ToList();
        if (isFirst && outcome.TrueForAll(row => row.Failure?.Recovery == RowRecovery.NoFieldAccess))
        {
            throw new BatchRefusedException(
                $"Salesforce refused {_call.Subject}: {outcome[0].Failure!.Reason}.",
                    SalesforceErrors.OurFields(outcome.SelectMany(row => row.Failure!.Fields)));
        }

        if (writes.Count == PerCall)
        {
            Pace = new WriteJobPace(PerCall, clock.GetElapsedTime(started));
        }

        return outcome;
    }

    /// <summary>More than scores: what sales acts on.</summary>
    private static bool CarriesStage(RecordWrite write) =>
        write.Lifecycle is not null || write.Fields.Keys.Any(field => field == LeadField.Stage.Name || field == LeadField.Verdict.Name || field == LeadField.HandedOverAt.Name);

    private static WriteResult Result(RecordWrite write, RowFailure? failure) => failure is null
        ? new WriteResult(write.RecordId, WriteOutcome.Written)
        : new WriteResult(write.RecordId, Outcome(failure.Recovery)) { Reason = failure.Reason };

    private static WriteOutcome Outcome(RowRecovery recovery) => recovery switch
    {
        RowRecovery.Gone => WriteOutcome.Gone,
        RowRecovery.Converted => WriteOutcome.Converted,
        // Somebody else's transaction ends in time. A field that is gone from all records that have a value for it refuses them as a whole once they are alone.
        RowRecovery.Retry or RowRecovery.NoFieldAccess => WriteOutcome.Again,
        _ => WriteOutcome.Refused,
    };

    private RecordUpdate ToUpdate(RecordWrite write) => new(reader.SObject, write.RecordId,
        [.. values.Of(write).Select(value => new KeyValuePair<string, object?>(value.Name, RecordValues.ToJson(value.Name, value.Value)))]);
}
