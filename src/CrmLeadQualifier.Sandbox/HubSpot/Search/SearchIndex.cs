using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>
/// What search knows, ordered by modification stamp. A change is known only after a lag that differs from change to change (between a fifth of the longest
/// and the longest), so that a later change may be found before an earlier one.
/// </summary>
internal sealed class SearchIndex(TimeSpan longestLag)
{
    private static readonly Comparer<Entry> ByStampThenId = Comparer<Entry>.Create(
        (a, b) => a.Stamp != b.Stamp ? a.Stamp.CompareTo(b.Stamp) : a.Record.Id.CompareTo(b.Record.Id));

    private readonly SortedSet<Entry> _known = new(ByStampThenId);
    private readonly PriorityQueue<Entry, long> _waiting = new();
    private readonly long _longest = (long)longestLag.TotalMilliseconds;
    private bool _paused;

    /// <summary>While a portal is filled nobody searches: what is there afterwards has been known all along.</summary>
    public void Pause() => _paused = true;

    public void Resume(IEnumerable<CrmObject> records)
    {
        _paused = false;
        foreach (var record in records)
            Learn(new Entry(record.UpdatedAt, record));
    }

    public void Changed(CrmObject record, long stamp, long at)
    {
        if (_paused)
            return;
        var spread = (_longest * 4) / 5;
        var lag = _longest - (spread == 0 ? 0 : (long)((ulong)((record.Id * 2654435761) ^ stamp) % (ulong)spread));
        _waiting.Enqueue(new Entry(stamp, record), at + lag);
    }

    public void Remove(CrmObject record)
    {
        if (record.IndexedAt is { } stamp)
            _known.Remove(new Entry(stamp, record));
        record.IndexedAt = null;
    }

    public void CatchUp(long now)
    {
        while (_waiting.TryPeek(out var entry, out var due) && due <= now)
        {
            _waiting.Dequeue();
            if (!entry.Record.Archived)
                Learn(entry);
        }
    }

    /// <summary>Known records with a stamp within both ends, in its order.</summary>
    public IEnumerable<CrmObject> Between(long from, long to)
    {
        if (_known.Count == 0 || from > to)
            yield break;
        var lowest = new Entry(from, Bound(long.MinValue));
        var highest = new Entry(to, Bound(long.MaxValue));
        foreach (var entry in _known.GetViewBetween(lowest, highest))
            yield return entry.Record;
    }

    private static CrmObject Bound(long id) => new(ObjectType.Contact, id, 0);

    private void Learn(Entry entry)
    {
        if (entry.Record.IndexedAt is { } known)
        {
            if (known >= entry.Stamp)
                return;
            _known.Remove(new Entry(known, entry.Record));
        }
        entry.Record.IndexedAt = entry.Stamp;
        _known.Add(entry);
    }

    private readonly record struct Entry(long Stamp, CrmObject Record);
}
