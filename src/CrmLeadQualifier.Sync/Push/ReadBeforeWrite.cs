using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Reads the records of a batch whose lifecycle moves or whose sales fields are touched, in the same step as the write: what a person entered since the pull is never overwritten.
/// </summary>
internal sealed class ReadBeforeWrite(ConnectionSession session, LifecycleMoves lifecycle)
{
    /// <param name="moves">Takes in how the lifecycle of which record moves.</param>
    /// <returns>The records that may be written, and whether a person's change was met that is to be heard first.</returns>
    public async Task<(List<RecordRow> Records, bool Heard)> RunAsync(
        string personObject, List<RecordRow> records, Dictionary<long, LifecycleMove> moves, CancellationToken cancellation)
    {
        var asked = records.Where(record => record.LifecycleDue is not null || record.SalesDue.Count > 0).ToList();
        var present = (await session.Crm.ReadRecordsAsync(personObject, [.. asked.Select(record => record.ExternalId)], cancellation)).ToDictionary(record => record.Id);
        var kept = records.Except(asked).ToList();
        var left = new List<RecordRow>();
        foreach (var record in asked)
        {
            if (!present.TryGetValue(record.ExternalId, out var now))
            {
                left.Add(record with { IsGone = true });
                continue;
            }

            var row = record with { Lifecycle = now.Lifecycle };
            if (record.SalesDue.Count > 0 && SalesMoved(record, now.Fields))
            {
                left.Add(row with { Known = WithSales(record.Known, now.Fields), IsHistoryDue = true });
                continue;
            }

            if (record.LifecycleDue is { } due)
            {
                var move = await lifecycle.DecideAsync(due, now.Lifecycle, cancellation);
                if (move.Target is null)
                {
                    row = row with { LifecycleDue = null };
                }
                else
                {
                    moves[record.Id] = move;
                }
            }

            kept.Add(row);
        }

        if (left.Count > 0)
        {
            await using var transaction = await session.BeginAsync(cancellation);
            await transaction.Records.SaveAsync(left);
            await transaction.Leads.MarkDueAsync([.. left.Where(record => record.IsGone && record.LeadId > 0).Select(record => record.LeadId).Distinct()]);
            await transaction.CommitAsync(cancellation);
        }

        return ([.. kept.OrderBy(record => record.Id)], left.Any(record => record.IsHistoryDue));
    }

    private static bool SalesMoved(RecordRow record, IReadOnlyDictionary<string, string> now) =>
        LeadField.OfSales.Any(field => FieldValue.Normalize(field, now.GetValueOrDefault(field.Name)) != record.Known.GetValueOrDefault(field.Name, ""));

    private static Dictionary<string, string> WithSales(IReadOnlyDictionary<string, string> known, IReadOnlyDictionary<string, string> now)
    {
        var moved = new Dictionary<string, string>(known);
        foreach (var field in LeadField.OfSales)
        {
            PreparedWrite.Set(moved, field.Name, FieldValue.Normalize(field, now.GetValueOrDefault(field.Name)));
        }

        return moved;
    }
}
