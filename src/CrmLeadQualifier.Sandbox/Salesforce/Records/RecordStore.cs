using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>The records of one object in the order of their ids, found by id and by whom they refer to.</summary>
internal sealed class RecordStore(SObjectType type)
{
    private readonly List<SObject> _ordered = [];
    private readonly Dictionary<string, SObject> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<SObjectField, Dictionary<string, List<SObject>>> _referring = [];
    private long _made;

    public SObjectType Type => type;

    public IReadOnlyList<SObject> Ordered => _ordered;

    /// <summary>Counts every change, so that what was derived from the records can be known to be old.</summary>
    public long Version { get; private set; }

    public string NextId() => SalesforceId.Make(type.KeyPrefix!, ++_made);

    public SObject Add(string id)
    {
        var record = new SObject(type, id);
        record.Put(type.Field("Id"), id);
        _ordered.Add(record);
        _byId.Add(id, record);
        Version++;
        return record;
    }

    public SObject Add() => Add(NextId());

    /// <summary>By an id of 18 characters; deleted records are found too.</summary>
    public SObject? Find(string? id) => id is null ? null : _byId.GetValueOrDefault(id);

    public void Set(SObject record, SObjectField field, object? value)
    {
        if (_referring.TryGetValue(field, out var index))
        {
            if (record[field] is string before && index.TryGetValue(before, out var leaving))
                leaving.Remove(record);
            Index(index, value as string, record);
        }
        record.Put(field, value);
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

    private static void Index(Dictionary<string, List<SObject>> index, string? id, SObject record)
    {
        if (id is null)
            return;
        if (!index.TryGetValue(id, out var records))
            index[id] = records = [];
        records.Add(record);
    }
}
