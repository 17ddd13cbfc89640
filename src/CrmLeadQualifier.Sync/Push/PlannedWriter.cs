using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Writes values that were decided earlier (a plan, an undo), where the CRM still shows what they were decided on; the same checkpoints as any push.</summary>
internal sealed class PlannedWriter(ConnectionSession session, AgreementInForce? agreement, Instant at)
{
    /// <summary>Answers the writes whose value had moved, or whose record is gone: nothing was written there.</summary>
    public async Task<IReadOnlyList<PlannedWrite>> WriteAsync(IReadOnlyList<PlannedWrite> planned, CancellationToken cancellation)
    {
        var moved = new List<PlannedWrite>();
        foreach (var ofObject in planned.GroupBy(write => write.Object))
        {
            foreach (var chunk in ofObject.GroupBy(write => write.Record).Chunk(session.Crm.BatchSizes.Write))
            {
                await WriteAsync(ofObject.Key, chunk, moved, cancellation);
            }
        }

        return moved;
    }

    private async Task WriteAsync(string personObject, IGrouping<string, PlannedWrite>[] ofRecords, List<PlannedWrite> moved, CancellationToken cancellation)
    {
        var ids = ofRecords.Select(ofRecord => ofRecord.Key).ToList();
        var present = (await session.Crm.ReadRecordsAsync(personObject, ids, cancellation)).ToDictionary(record => record.Id);
        var prepared = new List<PreparedWrite>();
        IReadOnlyList<long> writeIds;
        List<WriteRow> rows;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            var records = (await transaction.Records.GetAsync(session.Connection.Id, personObject, ids)).ToDictionary(record => record.ExternalId);
            foreach (var ofRecord in ofRecords)
            {
                var stands = present.TryGetValue(ofRecord.Key, out var now) && records.TryGetValue(ofRecord.Key, out var record)
                    ? ofRecord.Where(write => Value(now, write.Field) == write.From).ToList()
                    : [];
                moved.AddRange(ofRecord.Except(stands));
                if (stands.Count > 0)
                {
                    var write = new PreparedWrite(
                        records[ofRecord.Key] with { Lifecycle = now!.Lifecycle },
                        stands.Where(write => write.Field != PreparedWrite.LifecycleField).ToDictionary(write => write.Field, write => write.To),
                        stands.FirstOrDefault(write => write.Field == PreparedWrite.LifecycleField)?.To);
                    prepared.Add(await WithHandOverAsync(transaction, write));
                }
            }

            rows = [.. prepared.SelectMany(write => write.ToRows(session.Run, at))];
            writeIds = await transaction.Writes.AddAsync(rows);
            await transaction.CommitAsync(cancellation);
        }

        if (prepared.Count > 0)
        {
            await SendAsync(personObject, prepared, rows.Zip(writeIds).ToLookup(pair => pair.First.RecordId, pair => pair.Second), cancellation);
        }
    }

    /// <summary>A plan's write may be the first to carry a hand-over: its clock starts now, not when the plan was made.</summary>
    private async Task<PreparedWrite> WithHandOverAsync(ILedgerTransaction transaction, PreparedWrite write)
    {
        if (agreement is null || write.Record.HandOverDue == 0 || !write.Fields.ContainsKey(LeadField.HandedOverAt.Name))
        {
            return write;
        }

        var before = (await transaction.Leads.GetAsync([write.Record.LeadId])).Single();
        var (record, lead) = PreparedWrite.HandOver(write.Record, before, agreement, at);
        await transaction.Leads.SaveAsync([lead]);
        await transaction.HandOvers.AddAsync([.. PreparedWrite.NewHandOver(before, lead, at)]);
        await transaction.Records.SaveAsync([record]);
        return write with { Record = record, Fields = write.Fields.ToDictionary(field => field.Key, field => ClockFields.Contains(field.Key) ? record.Desired![field.Key] : field.Value) };
    }

    private async Task SendAsync(string personObject, List<PreparedWrite> prepared, ILookup<long, long> ids, CancellationToken cancellation)
    {
        IReadOnlyList<WriteResult> results;
        try
        {
            results = await session.Crm.WriteAsync(personObject, [.. prepared.Select(write => write.ToRecordWrite())], cancellation);
        }
        catch (UnknownOutcomeException)
        {
            await Settlement.RunAsync(session, cancellation);
            return;
        }

        var byId = results.GroupBy(result => result.RecordId).ToDictionary(group => group.Key, group => group.Last());
        await using var transaction = await session.BeginAsync(cancellation);
        foreach (var write in prepared)
        {
            var result = byId.GetValueOrDefault(write.Record.ExternalId);
            var isWritten = result?.Outcome == WriteOutcome.Written;
            await transaction.Writes.SetStateAsync([.. ids[write.Record.Id]], isWritten ? WriteState.Confirmed : WriteState.Failed, result?.Reason);
            if (isWritten)
            {
                // What was due beside the planned fields stays due.
                var confirmed = write.Confirmed(result!.Stamp);
                await transaction.Records.SaveAsync(
                    [confirmed with
                    {
                        LifecycleDue = write.Lifecycle is null ? write.Record.LifecycleDue : null,
                        HandOverDue = write.Record.HandOverDue,
                        SalesDue = write.Record.SalesDue.Where(due => !write.Fields.ContainsKey(due.Key)).ToDictionary(due => due.Key, due => due.Value),
                    }]);
                session.Report.RecordsWritten++;
                session.Report.FieldsWritten += write.Fields.Count + (write.Lifecycle is null ? 0 : 1);
            }
            else
            {
                session.Failures.Add($"{session.Connection.Name}: {write.Record.Object} {write.Record.ExternalId} was not written: {result?.Reason ?? "the CRM did not say why"}");
            }
        }

        await transaction.CommitAsync(cancellation);
    }

    private static readonly string[] ClockFields = [LeadField.HandedOverAt.Name, LeadField.AnswerDueAt.Name];

    private static string Value(CrmRecord record, string field) =>
        field == PreparedWrite.LifecycleField ? record.Lifecycle ?? "" : FieldValue.Normalize(LeadField.Find(field)!, record.Fields.GetValueOrDefault(field));
}
