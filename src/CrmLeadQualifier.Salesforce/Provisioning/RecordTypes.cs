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
            var choices = Metadata.Children(merged, "picklistValues").FirstOrDefault(values => Metadata.Text(values, "picklist") == name);
            if (choices is null)
            {
                choices = Metadata.Element("picklistValues", [Metadata.Element("picklist", name)]);
                Metadata.Append(merged, choices);
            }

            var known = Metadata.Children(choices, "values").Select(value => Uri.UnescapeDataString(Metadata.Text(value, "fullName") ?? "")).ToHashSet();
            foreach (var option in field.Options.Where(option => known.Add(option.Value)))
            {
                Metadata.Append(choices, Metadata.Element("values", [Metadata.Element("fullName", option.Value), Metadata.Element("default", "false")]));
                isChanged = true;
            }
        }

        return isChanged ? merged : null;
    }
}
