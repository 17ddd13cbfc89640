using CrmLeadQualifier.Sandbox.HubSpot.Search;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>All records of one type, in the order of their ids.</summary>
internal sealed class ObjectStore(ObjectType type, long firstId, int idStep, IndexLag lag)
{
    private readonly List<CrmObject> _ordered = [];
    private readonly Dictionary<long, CrmObject> _byId = [];
    private readonly Dictionary<long, long> _aliases = [];
    private readonly Dictionary<string, CrmObject> _byEmail = new(StringComparer.OrdinalIgnoreCase);
    private long _nextId = firstId;

    public ObjectType Type => type;

    /// <summary>Addresses of people who were deleted for privacy.</summary>
    public HashSet<string> Blocked { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SearchIndex Index { get; } = new(lag);

    public IReadOnlyList<CrmObject> Ordered => _ordered;

    public CrmObject Add(long createdAt)
    {
        var record = new CrmObject(type, _nextId, createdAt);
        _nextId += idStep;
        _ordered.Add(record);
        _byId.Add(record.Id, record);
        return record;
    }

    /// <summary>By its present id only; archived records are not found.</summary>
    public CrmObject? Find(long id) => _byId.GetValueOrDefault(id) is { Archived: false } record ? record : null;

    /// <summary>By its present id or one that a merge has retired.</summary>
    public CrmObject? Resolve(long id) => Find(_aliases.GetValueOrDefault(id, id));

    public CrmObject? ByEmail(string email) => _byEmail.GetValueOrDefault(email.Trim()) is { Archived: false } record ? record : null;

    public void KeepEmail(CrmObject record, string? before, string? after)
    {
        if (!string.IsNullOrEmpty(before) && _byEmail.GetValueOrDefault(before) == record)
            _byEmail.Remove(before);
        if (!string.IsNullOrEmpty(after))
            _byEmail[after] = record;
    }

    /// <summary>Stamps a change; search learns of it after the lag.</summary>
    public void Touch(CrmObject record, long at)
    {
        record.UpdatedAt = Math.Max(at, record.UpdatedAt);
        Index.Changed(record, record.UpdatedAt, at);
    }

    public void Archive(CrmObject record, long at)
    {
        record.Archived = true;
        record.ArchivedAt = at;
        Index.Remove(record);
    }

    /// <summary>From the recycle bin; search learns of it after the lag.</summary>
    public void Restore(CrmObject record, long at)
    {
        record.Archived = false;
        Touch(record, at);
    }

    /// <summary>By its present id, archived or not.</summary>
    public CrmObject? FindArchived(long id) => _byId.GetValueOrDefault(id) is { Archived: true } record ? record : null;

    /// <summary>Gone for good, and its address is not taken again.</summary>
    public void Erase(CrmObject record)
    {
        record.Archived = true;
        _byId.Remove(record.Id);
        _ordered.Remove(record);
        Index.Remove(record);
    }

    /// <summary>The retired id leads to the survivor from now on, and so do the ids that led to it.</summary>
    public void Retire(CrmObject merged, CrmObject survivor)
    {
        _byId.Remove(merged.Id);
        _ordered.Remove(merged);
        Index.Remove(merged);
        foreach (var (alias, _) in _aliases.Where(pair => pair.Value == merged.Id).ToList())
            _aliases[alias] = survivor.Id;
        _aliases[merged.Id] = survivor.Id;
    }

    /// <summary>The position of the first record whose id is at least <paramref name="id"/>.</summary>
    public int PositionFrom(long id)
    {
        int low = 0, high = _ordered.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ordered[middle].Id < id)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
