using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Walks once through the records of one object that a job may write, part by part.</summary>
internal sealed class DueWalk(ConnectionSession session, string personObject, Instant at, IReadOnlySet<string>? pilot, WriteGuards guards)
{
    private const int Looked = 1_000;

    private readonly Queue<RecordRow> _found = [];
    private long _after;
    private bool _isAtEnd;

    /// <summary>The next records, at most so many; none: there are no more.</summary>
    public async Task<List<RecordRow>> NextAsync(int atMost, CancellationToken cancellation)
    {
        while (_found.Count == 0 && !_isAtEnd)
        {
            IReadOnlyList<RecordRow> due;
            await using (var transaction = await session.BeginAsync(cancellation))
            {
                due = await transaction.Records.PushDueAsync(session.Connection.Id, at, _after, Looked);
            }

            _isAtEnd = due.Count == 0;
            _after = _isAtEnd ? _after : due.Max(record => record.Id);
            var taken = due.Where(record => record.Object == personObject && (pilot is null || pilot.Contains(record.ExternalId)) && JobPush.Takes(record)).ToList();
            foreach (var record in await guards.ParkAsync(session, taken, cancellation))
            {
                _found.Enqueue(record);
            }
        }

        var part = new List<RecordRow>();
        while (part.Count < atMost && _found.TryDequeue(out var record))
        {
            part.Add(record);
        }

        return part;
    }
}
