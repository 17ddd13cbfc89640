using System.Globalization;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>Writes our fields, and Lead.Status where it is mapped, on Leads and Contacts.</summary>
internal sealed class RecordWriting(SalesforceTransport transport, PersonReader reader, bool writesLeadStatus)
{
    /// <summary>Salesforce's most records in one collection.</summary>
    public const int PerCall = 200;

    private const int LockAttempts = 4;

    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(1);

    private readonly CallContext _call = new($"the update of {reader.Object}s", IsWrite: true);

    /// <summary>
    /// One collection; each record fares by itself. Rows that somebody else holds for a moment are sent again; the write of a merged record goes to its survivor.
    /// </summary>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<RecordWrite> batch, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, PerCall);
        var results = new Dictionary<string, WriteResult>(batch.Count);
        IReadOnlyList<RecordWrite> open = batch;
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

        await FollowMergesAsync([.. batch.Where(write => results[write.RecordId].Outcome == WriteOutcome.Gone)], results, cancellation).ConfigureAwait(false);
        return [.. batch.Select(write => results[write.RecordId])];
    }

    private async Task FollowMergesAsync(List<RecordWrite> gone, Dictionary<string, WriteResult> results, CancellationToken cancellation)
    {
        if (gone.Count == 0)
        {
            return;
        }

        var survivors = await reader.ReadByIdsAsync([.. gone.Select(write => write.RecordId)], ["Id", "IsDeleted", RowTimes.StampField, "MasterRecordId"], cancellation).ConfigureAwait(false);
        var moved = new List<(string Old, RecordWrite Write)>();
        foreach (var write in gone)
        {
            if (survivors.FirstOrDefault(record => record.Aliases.Contains(SalesforceId.To18(write.RecordId))) is { } survivor && moved.All(other => other.Write.RecordId != survivor.Id))
            {
                moved.Add((write.RecordId, write with { RecordId = survivor.Id }));
            }
        }

        foreach (var ((old, write), (_, failure)) in moved.Zip(moved.Count > 0 ? await SendAsync([.. moved.Select(pair => pair.Write)], isFirst: false, cancellation).ConfigureAwait(false) : []))
        {
            results[old] = Result(write, failure) with { RecordId = old, NewId = write.RecordId };
        }
    }

    /// <param name="isFirst">Nothing of the batch was written before.</param>
    private async Task<List<(RecordWrite Write, RowFailure? Failure)>> SendAsync(IReadOnlyList<RecordWrite> writes, bool isFirst, CancellationToken cancellation)
    {
        var request = new CollectionRequest(AllOrNone: false, [.. writes.Select(ToUpdate)]);
        List<SaveResult?> rows;
        try
        {
            var answer = await transport.CallAsync<List<SaveResult>>(
                _call, (api, token, t) => api.UpdateAsync(transport.Paths.Collections, request, token, t), cancellation).ConfigureAwait(false);
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
                $"Salesforce refused {_call.Subject}: {outcome[0].Failure!.Reason}.", SalesforceErrors.OurFields(outcome.SelectMany(row => row.Failure!.Fields)));
        }

        return outcome;
    }

    private static WriteResult Result(RecordWrite write, RowFailure? failure) => failure switch
    {
        null => new WriteResult(write.RecordId, WriteOutcome.Written),
        { Recovery: RowRecovery.Gone } => new WriteResult(write.RecordId, WriteOutcome.Gone) { Reason = failure.Reason },
        _ => new WriteResult(write.RecordId, WriteOutcome.Refused) { Reason = failure.Reason },
    };

    private RecordUpdate ToUpdate(RecordWrite write)
    {
        var values = new List<KeyValuePair<string, object?>>();
        foreach (var (name, value) in write.Fields)
        {
            var field = LeadField.Find(name) ?? throw new ArgumentException($"{name} is none of our fields.", nameof(write));
            values.Add(new(LeadFieldNames.Of(field), ToValue(field, value)));
        }

        // Contacts have no status; a Lead's cannot be empty.
        if (writesLeadStatus && reader.Object == PersonReader.Lead && write.Lifecycle is { Length: > 0 } status)
        {
            values.Add(new("Status", status));
        }

        return new RecordUpdate(reader.SObject, write.RecordId, values);
    }

    private static object? ToValue(LeadField field, string value) =>
        value.Length == 0 ? null
        : field.Type == LeadFieldType.Integer && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : value;
}
