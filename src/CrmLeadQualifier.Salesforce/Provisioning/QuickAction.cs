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

    /// <summary>Without the verdict there is nothing to give.</summary>
    public static bool IsOf(IReadOnlyList<FieldDefinition> fields) => fields.Any(field => field.Field == LeadField.Verdict);

    /// <summary>Labelled in the fields' language; it changes the record that it was opened on.</summary>
    public static XElement ToXml(string sobject, IReadOnlyList<FieldDefinition> fields)
    {
        // Some words are the same in both.
        var language = fields.All(field => field.Label == FieldTexts.Of(field.Field.Name).Label.In(Language.French)) ? Language.French : Language.English;
        var shown = fields.Where(field => field.Field.Writer == FieldWriter.Sales).Select(field => LeadFieldNames.Of(field.Field)).ToList();
        var columns = shown.Chunk((shown.Count + 1) / 2);
        return Metadata.Element(
            "QuickAction",
            [
                Metadata.Element("label", Label.In(language)),
                Metadata.Element("optionsCreateFeedItem", "false"),
                Metadata.Element(
                    "quickActionLayout",
                    [
                        Metadata.Element("layoutSectionStyle", "TwoColumnsLeftToRight"),
                        .. columns.Select(column => Metadata.Element("quickActionLayoutColumns", column.Select(field => Metadata.Element(
                            "quickActionLayoutItems",
                            [Metadata.Element("emptySpace", "false"), Metadata.Element("field", field), Metadata.Element("uiBehavior", "Edit")])))),
                    ]),
                Metadata.Element("targetObject", sobject),
                Metadata.Element("type", "Update"),
            ]);
    }
}
