using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>
/// A record type shows only the choices that it was given: ours are added to every active one. What else a record type says goes back as it came, and no choice is taken away.
/// </summary>
internal static class RecordTypes
{
    /// <summary>The record type with our choices; null: it has them all.</summary>
    /// <param name="present">As the org gave it.</param>
    public static XElement? WithChoices(XElement present, IReadOnlyList<FieldDefinition> fields)
    {
        var merged = new XElement(present);
        var isChanged = false;
        foreach (var field in fields.Where(field => field.Field.Type == LeadFieldType.Choice))
        {
            var name = LeadFieldNames.Of(field.Field);
            var choices = Children(merged, "picklistValues").FirstOrDefault(values => Text(values, "picklist") == name);
            if (choices is null)
            {
                choices = Metadata.Element("picklistValues", [Metadata.Element("picklist", name)]);
                merged.Add(choices);
            }

            var known = Children(choices, "values").Select(value => Uri.UnescapeDataString(Text(value, "fullName") ?? "")).ToHashSet();
            foreach (var option in field.Options.Where(option => known.Add(option.Value)))
            {
                choices.Add(Metadata.Element("values", [Metadata.Element("fullName", option.Value), Metadata.Element("default", "false")]));
                isChanged = true;
            }
        }

        return isChanged ? merged : null;
    }

    public static string? Text(XElement parent, string name) => Children(parent, name).FirstOrDefault()?.Value.Trim();

    public static IEnumerable<XElement> Children(XElement parent, string name) => parent.Elements().Where(child => child.Name.LocalName == name);
}
