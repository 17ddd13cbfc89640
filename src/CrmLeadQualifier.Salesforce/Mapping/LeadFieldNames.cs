using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>Names on the wire: our field <c>handed_over_at</c> is <c>LQ_Handed_Over_At__c</c>, an agreement's own attribute <c>seats_wanted</c> is <c>Seats_Wanted__c</c>.</summary>
internal static class LeadFieldNames
{
    public const string Prefix = "LQ_";

    private const string Suffix = "__c";

    private static readonly Dictionary<string, LeadField> Fields = LeadField.All.ToDictionary(Of, StringComparer.OrdinalIgnoreCase);

    public static readonly IReadOnlyList<string> All = [.. LeadField.All.Select(Of)];

    public static string Of(LeadField field) => Prefix + Custom(field.Name);

    /// <summary>The custom field of a name in lower case with underscores.</summary>
    public static string Custom(string name) =>
        string.Join('_', name.Split('_').Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..])) + Suffix;

    /// <summary>The field of ours that an API name stands for, or null.</summary>
    public static LeadField? FieldOf(string? apiName) => apiName is null ? null : Fields.GetValueOrDefault(apiName);
}
