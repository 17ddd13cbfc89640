using System.Xml.Linq;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>"Give verdict": the fields of sales in one window, on any page whose layout shows the action.</summary>
internal static class QuickAction
{
    public const string Name = LeadFieldNames.Prefix + "Give_Verdict";

    private static readonly LocalizedText Label = new("Give verdict", "Donner un verdict");

    public static string FullName(string sobject) => $"{sobject}.{Name}";

    /// <summary>Labelled in the fields' language; null where the fields lack the verdict.</summary>
    public static XElement? ToXml(IReadOnlyList<FieldDefinition> fields)
    {
        if (fields.All(field => field.Field != LeadField.Verdict))
        {
            return null;
        }

        // Some words are the same in both.
        var language = fields.All(field => field.Label == FieldTexts.Of(field.Field.Name).Label.In(Language.French)) ? Language.French : Language.English;
        var shown = fields.Where(field => field.Field.Writer == FieldWriter.Sales).Select(field => LeadFieldNames.Of(field.Field));
        return Metadata.Element(
            "QuickAction",
            [
                Metadata.Element("label", Label.In(language)),
                Metadata.Element("optionsCreateFeedItem", "false"),
                Metadata.Element(
                    "quickActionLayout",
                    [
                        Metadata.Element("layoutSectionStyle", "TwoColumnsLeftToRight"),
                        Metadata.Element("quickActionLayoutColumns", shown.Select(field => Metadata.Element(
                            "quickActionLayoutItems",
                            [Metadata.Element("emptySpace", "false"), Metadata.Element("field", field), Metadata.Element("uiBehavior", "Edit")]))),
                    ]),
                Metadata.Element("type", "Update"),
            ]);
    }
}
