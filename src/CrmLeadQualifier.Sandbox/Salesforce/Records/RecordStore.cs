using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>The records of one object in the order of their ids, found by id and by whom they refer to.</summary>
internal sealed class RecordStore(SObjectType type, Journal journal)
{
    private readonly List<SObject> _ordered = [];
    private readonly Dictionary<string, SObject> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<SObjectField, Dictionary<string, List<SObject>>> _referring = [];
    private readonly List<(string Id, long At)> _vanished = [];
    private long _made;

    public SObjectType Type => type;

    public IReadOnlyList<SObject> Ordered => _ordered;

    /// <summary>What was deleted without a row that says so, and when.</summary>
    public IReadOnlyList<(string Id, long At)> Vanished => _vanished;

    /// <summary>Counts every change, so that what was derived from the records can be known to be old.</summary>
    public long Version { get; private set; }

    public string NextId() => SalesforceId.Make(type.KeyPrefix!, ++_made);

    public SObject Add(string id)
    {
        var record = new SObject(type, id);
        record.Put(type.Field("Id"), id);
        _ordered.Add(record);
        _byId.Add(id, record);
        if (journal.Open)
            journal.Note(() => Remove(record));
        Version++;
        return record;
    }

    public SObject Add() => Add(NextId());

    /// <summary>By an id of 18 characters; deleted records are found too.</summary>
    public SObject? Find(string? id) => id is null ? null : _byId.GetValueOrDefault(id);

    public void Set(SObject record, SObjectField field, object? value)
    {
        if (journal.Open && record[field] is var former)
            journal.Note(() => Set(record, field, former));
        if (_referring.TryGetValue(field, out var index))
        {
            if (record[field] is string before && index.TryGetValue(before, out var leaving))
                leaving.Remove(record);
            Index(index, value as string, record);
        }
        record.Put(field, value);
        Version++;
    }

    /// <summary>To the recycle bin, or out of it.</summary>
    public void SetDeleted(SObject record, bool deleted)
    {
        if (journal.Open && record.IsDeleted is var former)
            journal.Note(() => SetDeleted(record, former));
        record.IsDeleted = deleted;
        Version++;
    }

    public void Set(SObject record, string field, object? value) => Set(record, type.Field(field), value);

    /// <summary>The records whose reference <paramref name="field"/> leads to <paramref name="id"/>.</summary>
    public IReadOnlyList<SObject> Referring(SObjectField field, string id)
    {
        if (!_referring.TryGetValue(field, out var index))
        {
            _referring[field] = index = new Dictionary<string, List<SObject>>(StringComparer.Ordinal);
            foreach (var record in _ordered)
                Index(index, record[field] as string, record);
        }
        return index.TryGetValue(id, out var found) ? found : [];
    }

    public IEnumerable<SObject> Referring(string field, string id) => Referring(type.Field(field), id).Where(record => !record.IsDeleted);

    /// <summary>Takes the record away without a trace, but for the log of deletions.</summary>
    public void Vanish(SObject record, long at)
    {
        if (journal.Open)
            journal.Note(() =>
            {
                _ordered.Add(record);
                _byId.Add(record.Id, record);
                _vanished.Remove((record.Id, at));
            });
        Remove(record);
        _vanished.Add((record.Id, at));
    }

    private void Remove(SObject record)
    {
        _ordered.Remove(record);
        _byId.Remove(record.Id);
        foreach (var records in _referring.Values.SelectMany(index => index.Values))
            records.Remove(record);
        Version++;
    }

    private static void Index(Dictionary<string, List<SObject>> index, string? id, SObject record)
    {
        if (id is null)
            return;
        if (!index.TryGetValue(id, out var records))
            index[id] = records = [];
        records.Add(record);
    }
}
