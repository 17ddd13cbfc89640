using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Settles writes of which no answer came, by reading the records: what stands there was written; what does not is sent again, because it still differs. Runs before anything else
/// is read or written on the connection, so that nothing of ours is ever taken for somebody else's. Of writes that left by a job the job tells.
/// </summary>
internal static class Settlement
{
    public static async Task RunAsync(ConnectionSession session, CancellationToken cancellation)
    {
        IReadOnlyList<WriteJobRow> jobs;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            jobs = await transaction.Writes.OpenJobsAsync(session.Connection.Id);
        }

        foreach (var job in jobs)
        {
            await JobSettlement.RunAsync(session, job, cancellation);
        }

        IReadOnlyList<WriteRow> open;
        IReadOnlyList<RecordRow> records;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            open = await transaction.Writes.OpenAsync(session.Connection.Id);
            records = open.Count > 0 ? await transaction.Records.GetAsync([.. open.Select(write => write.RecordId).Distinct()]) : [];
        }

        foreach (var ofObject in records.GroupBy(record => record.Object))
        {
            foreach (var chunk in ofObject.Chunk(session.Crm.BatchSizes.Read))
            {
                await SettleAsync(session, ofObject.Key, chunk, open.ToLookup(write => write.RecordId), cancellation);
            }
        }
    }

    private static async Task SettleAsync(
        ConnectionSession session, string personObject, RecordRow[] records, ILookup<long, WriteRow> open, CancellationToken cancellation)
    {
        var present = (await session.Crm.ReadRecordsAsync(personObject, [.. records.Select(record => record.ExternalId)], cancellation)).ToDictionary(record => record.Id);
        var confirmed = new List<long>();
        var failed = new List<long>();
        var settled = new List<RecordRow>(records.Length);
        foreach (var record in records)
        {
            if (!present.TryGetValue(record.ExternalId, out var now))
            {
                failed.AddRange(open[record.Id].Select(write => write.Id));
                continue;
            }

            settled.Add(Settle(record, now, open[record.Id], confirmed, failed));
        }

        await using var transaction = await session.BeginAsync(cancellation);
        await transaction.Writes.SetStateAsync(confirmed, WriteState.Confirmed, null);
        await transaction.Writes.SetStateAsync(failed, WriteState.Failed, "no answer came, and the record shows that it was not written");
        await transaction.Records.SaveAsync(settled);
        await transaction.CommitAsync(cancellation);
    }

    private static RecordRow Settle(RecordRow record, CrmRecord now, IEnumerable<WriteRow> writes, List<long> confirmed, List<long> failed)
    {
        var known = new Dictionary<string, string>(record.Known);
        var salesDue = new Dictionary<string, string>(record.SalesDue);
        var settled = record;
        foreach (var write in writes)
        {
            if (write.Field == PreparedWrite.LifecycleField)
            {
                // A stage that is neither the one before nor ours was set by someone after our write, or instead of it: whoever moves it afterwards wins.
                // None at all is our own clearing before a move back: the move is still to come.
                var stands = (now.Lifecycle ?? "") != write.Before && !string.IsNullOrEmpty(now.Lifecycle);
                (stands ? confirmed : failed).Add(write.Id);
                settled = settled with { Lifecycle = now.Lifecycle, LifecycleDue = stands ? null : settled.LifecycleDue };
                continue;
            }

            var value = FieldValue.Normalize(LeadField.Find(write.Field)!, now.Fields.GetValueOrDefault(write.Field));
            var isWritten = value == write.Value;
            (isWritten ? confirmed : failed).Add(write.Id);
            if (isWritten)
            {
                PreparedWrite.Set(known, write.Field, value);
                salesDue.Remove(write.Field);
            }
        }

        return settled with { Known = known, SalesDue = salesDue };
    }
}
