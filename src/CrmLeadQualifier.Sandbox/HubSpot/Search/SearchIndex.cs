using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>
/// What search knows, ordered by modification stamp. A change is known only after a lag that differs from change to change, so that a later change may be
/// found before an earlier one.
/// </summary>
internal sealed class SearchIndex(IndexLag lag)
{
    private static readonly Comparer<Entry> ByStampThenId = Comparer<Entry>.Create(
        (a, b) => a.Stamp != b.Stamp ? a.Stamp.CompareTo(b.Stamp) : a.Record.Id.CompareTo(b.Record.Id));

    private readonly SortedSet<Entry> _known = new(ByStampThenId);
    private readonly PriorityQueue<Entry, long> _waiting = new();
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
        if (!_paused)
            _waiting.Enqueue(new Entry(stamp, record), at + lag.Of(record.Id, stamp));
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

    /// <summary>The known record whose stamp lies next to the window, before it or else behind it; null: there is none.</summary>
    public CrmObject? Beside(long from, long to)
    {
        if (_known.Count == 0)
            return null;
        if (_known.Min.Stamp < from)
            return _known.GetViewBetween(_known.Min, new Entry(from - 1, Bound(long.MaxValue))).Max.Record;
        return _known.Max.Stamp > to ? _known.GetViewBetween(new Entry(to + 1, Bound(long.MinValue)), _known.Max).Min.Record : null;
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
