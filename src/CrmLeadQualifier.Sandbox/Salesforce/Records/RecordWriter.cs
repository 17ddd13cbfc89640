using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Makes, changes and deletes records that were checked before, with everything that the org does by itself when they change.</summary>
internal sealed class RecordWriter(Org org)
{
    /// <summary>Makes a record as it would be after an insert by <paramref name="by"/> at <paramref name="at"/>.</summary>
    public SObject Insert(string type, long at, SObject by, params (string Field, object? Value)[] values)
    {
        var kind = org.Store(type).Type;
        return Insert(kind, org.Store(kind).NextId(), [.. values.Select(value => (kind.Field(value.Field), value.Value))], at, by);
    }

    public SObject Insert(SObjectType type, string id, List<(SObjectField Field, object? Value)> values, long at, SObject by)
    {
        var store = org.Store(type);
        var record = store.Add(id);
        foreach (var field in type.Fields)
        {
            if (field.Default is { } value && field.Type != FieldType.Boolean)
                store.Set(record, field, value);
        }
        if (type.TryField("OwnerId", out var owner))
            store.Set(record, owner, by.Id);
        store.Set(record, "CreatedDate", SalesforceTime.Second(at));
        store.Set(record, "CreatedById", by.Id);
        foreach (var (field, value) in values)
        {
            store.Set(record, field, value);
            org.Given.Note(record, field, value);
        }
        RecordConsequences.Follow(org, record, [.. values.Select(value => value.Field.Name)], at);
        Stamp(record, at, by);
        org.History.Note(record, "created", at, by);
        SharedActivities.Follow(org, record, null, at, by);
        PersonAccounts.Follow(org, record, at, by);
        return record;
    }

    /// <summary>Changes a record. Even a change to the same values moves its stamps, as in a real org.</summary>
    /// <param name="record">The record.</param>
    /// <param name="values">Checked values.</param>
    /// <param name="at">When it was done, for the history.</param>
    /// <param name="stamp">The modification's stamp; <paramref name="at"/> unless it is told late.</param>
    /// <param name="by">Who.</param>
    public void Update(SObject record, IReadOnlyList<(SObjectField Field, object? Value)> values, long at, long stamp, SObject by)
    {
        var store = org.Store(record.Type);
        var former = record.Text("WhoId", whenMissing: null);
        values = RecordFlow.Run(org, record, values, stamp);
        foreach (var (field, value) in values)
        {
            var before = record[field];
            org.Given.Note(record, field, value);
            if (Equals(before, value))
                continue;
            store.Set(record, field, value);
            org.History.Note(record, field, before, value, at, by);
        }
        RecordConsequences.Follow(org, record, [.. values.Select(value => value.Field.Name)], at);
        Stamp(record, stamp, by);
        SharedActivities.Follow(org, record, former, at, by);
        PersonAccounts.Follow(org, record, stamp, by);
    }

    public void Update(SObject record, long at, SObject by, params (string Field, object? Value)[] values) =>
        Update(record, [.. values.Select(value => (record.Type.Field(value.Field), value.Value))], at, at, by);

    /// <summary>To the recycle bin: gone from queries, there for those who ask for deleted records. What hangs on the record goes with it.</summary>
    public void Delete(SObject record, long at, SObject by, string? survivor = null) => Delete(record, at, by, survivor, withParent: false);

    private void Delete(SObject record, long at, SObject by, string? survivor, bool withParent)
    {
        if (org.Behaviours.Vanishes(record.Type.Name, withParent))
        {
            org.Store(record.Type).Vanish(record, SalesforceTime.Second(at));
            SharedActivities.Promote(org, record);
            return;
        }
        org.Store(record.Type).SetDeleted(record, true);
        if (survivor is not null)
            org.Store(record.Type).Set(record, "MasterRecordId", survivor);
        Stamp(record, at, by);
        if (record.Type.Name == "Account" && record.Text("PersonContactId", null) is { } person && org.Find(person) is { IsDeleted: false } contact && survivor is null)
            Delete(contact, at, by);
        foreach (var (child, field) in record.Type.Children.Values)
        {
            if (survivor is not null || child.EndsWith("History", StringComparison.Ordinal) || child is "Contact" or "Opportunity")
                continue;
            foreach (var row in org.Store(child).Referring(field, record.Id).ToList())
            {
                if (!SharedActivities.Keeps(org, row, record, at, by))
                    Delete(row, at, by, survivor: null, withParent: true);
            }
        }
    }

    /// <summary>Out of the recycle bin, with what went there together with it.</summary>
    public void Restore(SObject record, long at, SObject by)
    {
        var deleted = record.Moment("SystemModstamp");
        org.Store(record.Type).SetDeleted(record, false);
        Stamp(record, at, by);
        foreach (var (child, field) in record.Type.Children.Values)
        {
            var store = org.Store(child);
            foreach (var row in store.Referring(store.Type.Field(field), record.Id).Where(row => row.IsDeleted && row.Moment("SystemModstamp") == deleted).ToList())
                Restore(row, at, by);
        }
    }

    public void Stamp(SObject record, long at, SObject by)
    {
        var type = record.Type;
        var store = org.Store(type);
        var second = SalesforceTime.Second(at);
        if (!type.TryField("SystemModstamp", out var stamp))
            return;
        store.Set(record, stamp, Math.Max(second, record[stamp] as long? ?? second));
        store.Set(record, "LastModifiedDate", Math.Max(second, record.Moment("LastModifiedDate") ?? second));
        store.Set(record, "LastModifiedById", by.Id);
    }
}
