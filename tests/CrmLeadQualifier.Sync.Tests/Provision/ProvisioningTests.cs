using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Sync.Provision;

namespace CrmLeadQualifier.Sync.Tests.Provision;

public sealed class ProvisioningTests : SyncTest
{
    private static readonly Definition French = DefinitionReader.Read(
        Encoding.UTF8.GetBytes(Agreement.Replace("schema: 1", "schema: 1\nlanguage: fr").Replace("label: No need", "label: { en: No need, fr: Pas de besoin }")), "test").Definition!;

    [Fact]
    public void Every_field_has_a_label_and_a_description()
    {
        var fields = Provisioning.Fields(French, minimal: false);

        Assert.Equal(LeadField.All.Select(field => field.Name), fields.Select(field => field.Field.Name));
        Assert.All(fields, field => Assert.False(string.IsNullOrWhiteSpace(field.Label) || string.IsNullOrWhiteSpace(field.Description)));
        Assert.All(fields, field => Assert.Equal(field.Field.Type == LeadFieldType.Choice, field.Options.Count > 0));
    }

    [Fact]
    public void The_minimal_set_is_nine_fields() => Assert.Equal(
        ["stage", "status", "answer", "score", "reasons", "handed_over_at", "answer_due_at", "verdict", "rejection_reason"],
        Provisioning.Fields(French, minimal: true).Select(field => field.Field.Name));

    [Fact]
    public void The_rejection_reasons_are_the_agreements_in_its_language()
    {
        var reasons = Provisioning.Fields(French, minimal: false).Single(field => field.Field == LeadField.RejectionReason);

        Assert.Contains(new FieldOption("no_need", "Pas de besoin"), reasons.Options);
        Assert.Equal(2, reasons.Options.Count);
    }
}
