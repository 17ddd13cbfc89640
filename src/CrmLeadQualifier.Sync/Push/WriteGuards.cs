using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Parks records that are written over and over: something else answers each of our writes (lifecycle and sync, section 5, rule 6).</summary>
internal sealed class WriteGuards(Instant at)
{
    /// <summary>So many records parked within <see cref="ParkedWithin"/>, in whatever runs, pause pushing.</summary>
    public const int ParkedPauses = 20;

    public static readonly TimeSpan ParkedWithin = TimeSpan.FromHours(1);

    private const int MostWritesADay = 6;
    private const int MostAlternationsADay = 2;
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>The records that may be written; the others are parked as <c>loop</c>.</summary>
    public async Task<List<RecordRow>> ParkAsync(ConnectionSession session, List<RecordRow> records, CancellationToken cancellation)
    {
        var looping = await LoopingAsync(session, records, cancellation);
        if (looping.Count == 0)
        {
            return records;
        }

        var modifiers = await ModifiersAsync(session, looping, cancellation);
        await using var transaction = await session.BeginAsync(cancellation);
        var parked = looping.Select(loop => loop.Record with { Parked = loop.Why + modifiers.GetValueOrDefault(loop.Record.ExternalId) }).ToList();
        await transaction.Records.SaveAsync(parked);
        await transaction.Writes.NoteParkedAsync(session.Connection.Id, [.. parked.Select(record => record.Id)], at);
        await transaction.CommitAsync(cancellation);
        session.HasParked = true;
        session.Failures.AddRange(parked.Select(record => $"{session.Connection.Name}: {record.Object} {record.ExternalId} is parked: {record.Parked}"));
        var ids = parked.Select(record => record.Id).ToHashSet();
        return [.. records.Where(record => !ids.Contains(record.Id))];
    }

    private async Task<IReadOnlyList<(RecordRow Record, string Why, string Field)>> LoopingAsync(ConnectionSession session, List<RecordRow> records, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var writes = (await transaction.Writes.OfRecordsAsync([.. records.Select(record => record.Id)], at - Day))
            .Where(write => write.State == WriteState.Confirmed)
            .ToLookup(write => write.RecordId);
        return
        [
            .. records.Select(record => (Record: record, Loop: Loops(writes[record.Id]))).Where(pair => pair.Loop is not null)
                .Select(pair => (pair.Record, pair.Loop!.Value.Why, pair.Loop.Value.Field)),
        ];
    }

    /// <summary>Who else set the field that is written over and over, by record; for whoever has to find out. Where the CRM keeps no history, nobody is named.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> ModifiersAsync(
        ConnectionSession session, IReadOnlyList<(RecordRow Record, string Why, string Field)> looping, CancellationToken cancellation)
    {
        Dictionary<string, string?> names;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            names = (await transaction.Records.OwnersAsync(session.Connection.Id)).Where(owner => owner.UserId is not null).DistinctBy(owner => owner.UserId)
                .ToDictionary(owner => owner.UserId!, owner => owner.Name);
        }

        var modifiers = new Dictionary<string, string>();
        foreach (var chunk in looping.GroupBy(loop => (loop.Record.Object, loop.Field)).SelectMany(group => group.Chunk(session.Crm.BatchSizes.History)))
        {
            var field = chunk[0].Field;
            if (field == PreparedWrite.LifecycleField)
            {
                continue;
            }

            var changes = await session.Crm.ReadHistoryAsync(chunk[0].Record.Object, [.. chunk.Select(loop => loop.Record.ExternalId)], [field], cancellation);
            foreach (var ofRecord in changes.Where(change => !change.IsOurs).GroupBy(change => change.RecordId))
            {
                var others = ofRecord.OrderByDescending(change => change.At).Select(change => change.UserId is { } user ? names.GetValueOrDefault(user) ?? user : change.Source)
                    .Where(name => name.Length > 0).Distinct().Take(3);
                modifiers[ofRecord.Key] = string.Join(", ", others) is { Length: > 0 } who ? $"; {field} was last set by {who}" : "";
            }
        }

        return modifiers;
    }

    private static (string Why, string Field)? Loops(IEnumerable<WriteRow> writes)
    {
        var confirmed = writes.ToList();
        if (confirmed.Select(write => (write.Run, write.SentAt)).Distinct().Count() > MostWritesADay)
        {
            var most = confirmed.GroupBy(write => write.Field).MaxBy(ofField => ofField.Count())!.Key;
            return ("loop: it was written more than 6 times within a day", most);
        }

        var alternating = confirmed.GroupBy(write => write.Field).FirstOrDefault(ofField => Alternations([.. ofField.Select(write => write.Value)]) >= MostAlternationsADay);
        return alternating is null ? null : ($"loop: {alternating.Key} alternated twice within a day", alternating.Key);
    }

    /// <summary>
    /// How often a value came back after another one: after another one of ours, or set again although it had been written, which is needed only where something
    /// else changed it in between.
    /// </summary>
    private static int Alternations(List<string> values) =>
        Enumerable.Range(0, Math.Max(0, values.Count - 2)).Count(i => values[i] == values[i + 2] && values[i] != values[i + 1])
        + Enumerable.Range(0, Math.Max(0, values.Count - 1)).Count(i => values[i] == values[i + 1]);
}
