using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>A field path whose names have been looked up: the references to follow, then the field.</summary>
/// <param name="Steps">From the queried object to the one that has the field.</param>
/// <param name="Field">The field; for a parent of several objects one that all of them have.</param>
internal sealed record BoundPath(Org Org, IReadOnlyList<SObjectField> Steps, SObjectField Field)
{
    /// <summary>The record that the last reference leads to; null: there is none.</summary>
    public SObject? Parent(SObject record)
    {
        var at = record;
        foreach (var step in Steps)
        {
            if (at is null || at[step] is not string id)
                return null;
            at = Org.Find(id);
        }
        return at;
    }

    public object? Value(SObject record) => Parent(record) is { } parent ? OfParent(parent) : null;

    /// <summary>The field of the record that <see cref="Parent"/> found.</summary>
    public object? OfParent(SObject parent)
    {
        if (Steps.Count == 0 || !Steps[^1].Polymorphic)
            return parent[Field];
        if (Field.Name == "Type")
            return parent.Type.Name == "Group" ? "Queue" : parent.Type.Name;
        return parent.Type.TryField(Field.Name, out var own) ? parent[own] : null;
    }
}
