using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Mapping;

/// <summary>Our fields as contact properties: the field's name behind <c>lq_</c>.</summary>
internal static class LeadProperties
{
    public const string Prefix = "lq_";

    public const string Group = "lead_qualification";

    /// <summary>HubSpot's own lifecycle, which histories and writes call <c>lifecycle</c>.</summary>
    public const string Lifecycle = "lifecyclestage";

    public static readonly IReadOnlyList<string> All = [.. LeadField.All.Select(Of)];

    public static string Of(LeadField field) => Prefix + field.Name;

    /// <summary>The field that a property holds, or null if it is none of ours.</summary>
    public static LeadField? FieldOf(string? property) =>
        property is not null && property.StartsWith(Prefix, StringComparison.Ordinal) ? LeadField.Find(property[Prefix.Length..]) : null;
}
