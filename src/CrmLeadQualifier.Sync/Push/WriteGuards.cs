using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Parks records that are written over and over: something else answers each of our writes (lifecycle and sync, section 5, rule 6).</summary>
internal sealed class WriteGuards(Instant at)
{
    /// <summary>So many records parked in one run pause pushing.</summary>
    public const int ParkedPauses = 20;

    private const int MostWritesADay = 6;
    private const int MostAlternationsADay = 2;
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>The records that may be written; the others are parked as <c>loop</c>.</summary>
    public async Task<List<RecordRow>> ParkAsync(ConnectionSession session, List<RecordRow> records, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var writes = (await transaction.Writes.OfRecordsAsync([.. records.Select(record => record.Id)], at - Day))
            .Where(write => write.State == WriteState.Confirmed)
            .ToLookup(write => write.RecordId);
        var parked = records
            .Select(record => (Record: record, Why: Loops(writes[record.Id])))
            .Where(pair => pair.Why is not null)
            .Select(pair => pair.Record with { Parked = pair.Why })
            .ToList();
        if (parked.Count == 0)
        {
            return records;
        }

        await transaction.Records.SaveAsync(parked);
        await transaction.CommitAsync(cancellation);
        session.Parked += parked.Count;
        session.Failures.AddRange(parked.Select(record => $"{session.Connection.Name}: {record.Object} {record.ExternalId} is parked: {record.Parked}"));
        var ids = parked.Select(record => record.Id).ToHashSet();
        return [.. records.Where(record => !ids.Contains(record.Id))];
    }

    private static string? Loops(IEnumerable<WriteRow> writes)
    {
        var confirmed = writes.ToList();
        if (confirmed.Select(write => (write.Run, write.SentAt)).Distinct().Count() > MostWritesADay)
        {
            return "loop: it was written more than 6 times within a day";
        }

        var alternating = confirmed.GroupBy(write => write.Field).FirstOrDefault(ofField => Alternations([.. ofField.Select(write => write.Value)]) >= MostAlternationsADay);
        return alternating is null ? null : $"loop: {alternating.Key} alternated twice within a day";
    }

    /// <summary>
    /// How often a value came back after another one: after another one of ours, or set again although it had been written, which is needed only where something
    /// else changed it in between.
    /// </summary>
    private static int Alternations(List<string> values) =>
        Enumerable.Range(0, Math.Max(0, values.Count - 2)).Count(i => values[i] == values[i + 2] && values[i] != values[i + 1])
        + Enumerable.Range(0, Math.Max(0, values.Count - 1)).Count(i => values[i] == values[i + 1]);
}
