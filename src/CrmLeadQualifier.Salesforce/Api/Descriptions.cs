namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>An object as the org describes it to our user: fields that field security hides are absent.</summary>
internal sealed record ObjectDescription
{
    public string? Name { get; init; }

    public List<FieldDescription?>? Fields { get; init; }
}

internal sealed record FieldDescription
{
    public string? Name { get; init; }

    public string? Label { get; init; }

    /// <summary>picklist, multipicklist, double, string, textarea, datetime, date, reference …</summary>
    public string? Type { get; init; }

    public int? Length { get; init; }

    public string? InlineHelpText { get; init; }

    /// <summary>A formula: it changes without moving the row's modification time.</summary>
    public bool? Calculated { get; init; }

    public bool? Updateable { get; init; }

    public List<PicklistValue?>? PicklistValues { get; init; }

    public List<string?>? ReferenceTo { get; init; }

    public string? RelationshipName { get; init; }
}

internal sealed record PicklistValue
{
    public string? Value { get; init; }

    public string? Label { get; init; }

    public bool? Active { get; init; }
}

internal sealed record ApiVersion
{
    public string? Label { get; init; }

    public string? Url { get; init; }

    public string? Version { get; init; }
}
