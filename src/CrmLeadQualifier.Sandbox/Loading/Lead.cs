namespace CrmLeadQualifier.Sandbox.Loading;

/// <summary>A person of a leads file, with everything that a CRM would hold of them.</summary>
internal sealed class Lead(string id)
{
    public string Id => id;

    public List<LeadAttribute> Attributes { get; } = [];

    public List<LeadActivity> Activities { get; } = [];

    public List<LeadVerdict> Verdicts { get; } = [];

    public List<LeadDeal> Deals { get; } = [];

    public string? this[string attribute] => Attributes.Find(known => known.Name == attribute)?.Text;
}

internal enum AttributeKind
{
    Text,
    Number,
    Boolean,
    List,
}

/// <summary>A value as text: numbers and booleans as written, a list's elements between semicolons.</summary>
internal sealed record LeadAttribute(string Name, string Text, AttributeKind Kind);

internal sealed record LeadActivity(string Kind, long At, IReadOnlyDictionary<string, string> Attributes)
{
    public string this[string attribute] => Attributes.GetValueOrDefault(attribute) ?? "";
}

internal sealed record LeadVerdict(string Value, string? Reason, long At);

internal sealed record LeadDeal(string Id, long CreatedAt, long? ClosedAt, bool? Won, string? Amount);
