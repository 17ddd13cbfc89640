using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Provision;

/// <summary>Our fields with labels, descriptions and options in the agreement's language.</summary>
public static class Provisioning
{
    /// <param name="minimal">Only what a portal with room for ten properties takes.</param>
    public static IReadOnlyList<FieldDefinition> Fields(Definition definition, bool minimal) =>
        [.. LeadField.All.Where(field => field.IsMinimal || !minimal).Select(field => Describe(field, definition))];

    /// <summary>
    /// Tells the ledger what a connection's account has now: the fields of this agreement, all or the minimal ones. Where it has more than before, its leads are to show them.
    /// </summary>
    public static async Task RecordAsync(ILedgerTransaction ledger, ConnectionRow connection, Definition definition, bool minimal)
    {
        var settings = ConnectionSettings.Read(connection.Settings);
        if (settings.IsMinimal && !minimal)
        {
            await ledger.Records.MarkDueByConnectionAsync(connection.Id);
        }

        await ledger.Connections.SaveAsync(connection with
        {
            ProvisionedFingerprint = definition.AgreementFingerprint,
            Settings = (settings with { IsMinimal = minimal }).Write(),
        });
    }

    /// <summary>An agreement without rejection reasons leaves the reason to sales' own words: a choice of nothing is no choice.</summary>
    private static FieldDefinition Describe(LeadField field, Definition definition)
    {
        var text = FieldTexts.Of(field.Name);
        var reasons = definition.Sales.RejectionReasons.Select(reason => new FieldOption(reason.Id, reason.Label.In(definition.Language))).ToList();
        var options = field == LeadField.RejectionReason
            ? reasons
            : [.. text.Choices.Select(choice => new FieldOption(choice.Value, choice.Label.In(definition.Language)))];
        var shape = field == LeadField.RejectionReason && reasons.Count == 0 ? field with { Type = LeadFieldType.Text } : field;
        return new FieldDefinition(shape, text.Label.In(definition.Language), text.Description.In(definition.Language), options);
    }
}
