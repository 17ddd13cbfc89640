using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>What is no field has its label in the fields' language.</summary>
internal static class ProvisioningTexts
{
    public static readonly LocalizedText Group = new("Lead qualification", "Qualification des leads");

    public static Language LanguageOf(IReadOnlyList<FieldDefinition> fields) =>
        fields.Any(field => field.Label == FieldTexts.Of(field.Field.Name).Label.In(Language.French) && field.Label != FieldTexts.Of(field.Field.Name).Label.In(Language.English))
            ? Language.French
            : Language.English;
}
