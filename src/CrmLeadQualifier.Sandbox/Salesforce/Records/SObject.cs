using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// One record: a value per field, absent ones null. Its values are set through <see cref="RecordStore"/>, which knows who refers to whom.
/// </summary>
internal sealed class SObject(SObjectType type, string id)
{
    private object?[] _values = new object?[type.Slots];

    public SObjectType Type => type;

    public string Id => id;

    public bool IsDeleted { get; set; }

    public object? this[SObjectField field] => field.Slot < _values.Length ? _values[field.Slot] ?? WhenAbsent(field) : WhenAbsent(field);

    public object? this[string field] => this[type.Field(field)];

    public string? Text(string field) => this[field] as string;

    public long? Moment(string field) => this[field] as long?;

    public bool Flag(string field) => this[field] is true;

    /// <summary>For records of several objects, not all of which have the field.</summary>
    public string? Text(string field, string? whenMissing) => type.TryField(field, out var known) ? this[known] as string : whenMissing;

    /// <summary>For records of several objects, not all of which have the field.</summary>
    public bool Flag(string field, bool whenMissing) => type.TryField(field, out var known) ? this[known] is true : whenMissing;

    /// <summary>For <see cref="RecordStore"/> only.</summary>
    internal void Put(SObjectField field, object? value)
    {
        if (field.Slot >= _values.Length)
            Array.Resize(ref _values, type.Slots);
        _values[field.Slot] = value;
    }

    /// <summary>A checkbox is never unknown.</summary>
    private object? WhenAbsent(SObjectField field)
    {
        if (field.Type != FieldType.Boolean)
            return null;
        return field.Name == "IsDeleted" ? IsDeleted : field.Default ?? false;
    }
}
