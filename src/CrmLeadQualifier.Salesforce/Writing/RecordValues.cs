using System.Globalization;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>What a write says of a Lead or Contact, by API name; an empty text empties.</summary>
internal sealed class RecordValues(PersonReader reader, bool writesLeadStatus)
{
    public const string Status = "Status";

    /// <summary>Contacts have no status.</summary>
    public bool HasStatus => writesLeadStatus && reader.Object == PersonReader.Lead;

    public IEnumerable<(string Name, string Value)> Of(RecordWrite write)
    {
        foreach (var (name, value) in write.Fields)
        {
            yield return (LeadFieldNames.Of(Field(name)), value);
        }

        // A Lead's status cannot be empty.
        if (HasStatus && write.Lifecycle is { Length: > 0 } status)
        {
            yield return (Status, status);
        }
    }

    /// <summary>As JSON holds it: null empties, numbers are numbers.</summary>
    public static object? ToJson(string apiName, string value) =>
        value.Length == 0 ? null
        : LeadFieldNames.FieldOf(apiName)?.Type == LeadFieldType.Integer && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : value;

    private static LeadField Field(string name) => LeadField.Find(name) ?? throw new ArgumentException($"{name} is none of our fields.", nameof(name));
}
