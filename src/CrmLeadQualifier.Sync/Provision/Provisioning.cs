using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Sync.Provision;

/// <summary>Our fields with labels, descriptions and options in the agreement's language.</summary>
public static class Provisioning
{
    /// <param name="minimal">Only what a portal with room for ten properties takes.</param>
    public static IReadOnlyList<FieldDefinition> Fields(Definition definition, bool minimal) =>
        [.. LeadField.All.Where(field => field.IsMinimal || !minimal).Select(field => Describe(field, definition))];

    /// <summary>The group in which the fields stand, in the agreement's language.</summary>
    public static string Group(Definition definition) => FieldTexts.Group.In(definition.Language);

    private static FieldDefinition Describe(LeadField field, Definition definition)
    {
        var text = FieldTexts.Of(field.Name);
        var options = field == LeadField.RejectionReason
            ? definition.Sales.RejectionReasons.Select(reason => new FieldOption(reason.Id, reason.Label.In(definition.Language)))
            : text.Choices.Select(choice => new FieldOption(choice.Value, choice.Label.In(definition.Language)));
        return new FieldDefinition(field, text.Label.In(definition.Language), text.Description.In(definition.Language), [.. options]);
    }
}
