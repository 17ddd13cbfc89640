using System.Diagnostics.CodeAnalysis;

namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>Which API shows an object.</summary>
internal enum SObjectApi
{
    Data,
    Tooling,
    Both,
}

/// <summary>An object of the org: its fields in the order of the description, and what may be done with its records.</summary>
internal sealed class SObjectType(string name, string label, string labelPlural, string? keyPrefix)
{
    private readonly Dictionary<string, SObjectField> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SObjectField> _byRelationship = new(StringComparer.OrdinalIgnoreCase);

    public string Name => name;

    public string Label => label;

    public string LabelPlural => labelPlural;

    public string? KeyPrefix => keyPrefix;

    public List<SObjectField> Fields { get; } = [];

    /// <summary>Child records' relationship name ("Contacts") to their object and field.</summary>
    public Dictionary<string, (string Child, string Field)> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SObjectApi Api { get; init; }

    /// <summary>How many places its records have for values: those of deleted fields stay empty.</summary>
    public int Slots { get; private set; }

    public bool Createable { get; init; } = true;

    public bool Updateable { get; init; } = true;

    public bool Deletable { get; init; } = true;

    /// <summary>The object of its history rows; null: none is kept.</summary>
    public string? History { get; init; }

    /// <summary>The field of a history row that names its record.</summary>
    public string HistoryParent => name + "Id";

    public bool TryField(string field, [NotNullWhen(true)] out SObjectField? found) => _byName.TryGetValue(field, out found);

    public SObjectField Field(string field) => _byName[field];

    public bool TryRelationship(string relationship, [NotNullWhen(true)] out SObjectField? reference) =>
        _byRelationship.TryGetValue(relationship, out reference);

    public SObjectField Add(SObjectField field)
    {
        field.Slot = Slots++;
        Fields.Add(field);
        _byName.Add(field.Name, field);
        if (field.Relationship is { } relationship)
            _byRelationship[relationship] = field;
        return field;
    }

    public void Remove(SObjectField field)
    {
        Fields.Remove(field);
        _byName.Remove(field.Name);
    }
}
