namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>A field of an object, as the org describes it.</summary>
internal sealed class SObjectField(string name, string label, FieldType type)
{
    public string Name => name;

    public string Label { get; set; } = label;

    public FieldType Type { get; set; } = type;

    /// <summary>Characters of a text; 0 for the others.</summary>
    public int Length { get; set; }

    /// <summary>All digits of a number.</summary>
    public int Precision { get; set; }

    /// <summary>Its digits after the point.</summary>
    public int Scale { get; set; }

    public bool Nillable { get; set; } = true;

    public bool Createable { get; set; } = true;

    public bool Updateable { get; set; } = true;

    public object? Default { get; set; }

    public string? HelpText { get; set; }

    /// <summary>A picklist that takes no value that is not in its list.</summary>
    public bool Restricted { get; set; }

    public List<PicklistValue> Values { get; } = [];

    public IReadOnlyList<string> ReferenceTo { get; init; } = [];

    /// <summary>The parent's name in a query: Account for AccountId.</summary>
    public string? Relationship { get; init; }

    public bool ExternalId { get; set; }

    public bool Unique { get; set; }

    public bool TrackHistory { get; set; }

    /// <summary>Worked out whenever it is read: its value changes without a stamp of the record.</summary>
    public bool Calculated { get; init; }

    /// <summary>Part of the org itself: visible to everybody who sees the object, whatever the permissions.</summary>
    public bool Universal { get; init; }

    /// <summary>The place of its value in a record.</summary>
    public int Slot { get; set; }

    public bool Custom { get; } = name.EndsWith("__c", StringComparison.Ordinal);

    public bool Polymorphic => ReferenceTo.Count > 1;

    public bool Required => !Nillable && Createable && Default is null && Type != FieldType.Boolean;

    /// <summary>A long text can be selected, but neither filtered nor sorted by; a history row's values neither.</summary>
    public bool Filterable => Type is not (FieldType.LongTextArea or FieldType.AnyType);

    public void AddValue(string value)
    {
        if (!Values.Exists(known => string.Equals(known.Value, value, StringComparison.OrdinalIgnoreCase)))
            Values.Add(new PicklistValue(value, value));
    }
}

internal sealed record PicklistValue(string Value, string Label, bool Active = true, bool Default = false);
