using System.Xml.Linq;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>A list of the Leads or Contacts that wait for something: all of them, or those of whoever looks.</summary>
internal sealed record ListView(string SObject, string FullName, string Label, string Answer, bool IsMine)
{
    private static readonly Answer[] Answers = [Core.Lifecycle.Answer.ToAnswer, Core.Lifecycle.Answer.Overdue, Core.Lifecycle.Answer.ReasonMissing, Core.Lifecycle.Answer.Waiting];

    private static readonly LeadField[] Columns =
        [LeadField.Score, LeadField.Grade, LeadField.Reasons, LeadField.AnswerDueAt, LeadField.Previous, LeadField.Verdict, LeadField.RejectionReason];

    private static readonly LocalizedText Mine = new("mine", "les miens");
    private static readonly LocalizedText All = new("all", "tous");

    /// <summary>Labelled in the fields' language; none where the fields lack the answer.</summary>
    public static IEnumerable<ListView> Of(string sobject, IReadOnlyList<FieldDefinition> fields)
    {
        if (fields.FirstOrDefault(field => field.Field == LeadField.Answer) is not { } answer)
        {
            yield break;
        }

        var language = answer.Label == FieldTexts.Of(LeadField.Answer.Name).Label.In(Language.French) ? Language.French : Language.English;
        foreach (var option in Answers.Select(known => answer.Options.FirstOrDefault(option => option.Value == known.Word())).OfType<FieldOption>())
        {
            foreach (var isMine in new[] { true, false })
            {
                var custom = LeadFieldNames.Custom(option.Value)[..^"__c".Length];
                yield return new ListView(
                    sobject, $"{LeadFieldNames.Prefix}{custom}_{(isMine ? "Mine" : "All")}", $"{option.Label} ({(isMine ? Mine : All).In(language)})", option.Value, isMine);
            }
        }
    }

    /// <param name="fields">Those that exist become columns.</param>
    public XElement ToXml(IReadOnlyList<FieldDefinition> fields)
    {
        // Standard columns have names of their own here, which are not those of the API.
        string[] standard = SObject == "Lead" ? ["FULL_NAME", "LEAD.COMPANY"] : ["FULL_NAME", "ACCOUNT.NAME"];
        var ours = Columns.Where(column => fields.Any(field => field.Field == column)).Select(LeadFieldNames.Of);
        return Metadata.Element(
            "listViews",
            [
                Metadata.Element("fullName", FullName),
                .. standard.Concat(ours).Select(column => Metadata.Element("columns", column)),
                Metadata.Element("filterScope", IsMine ? "Mine" : "Everything"),
                Metadata.Element(
                    "filters",
                    [
                        Metadata.Element("field", LeadFieldNames.Of(LeadField.Answer)),
                        Metadata.Element("operation", "equals"),
                        Metadata.Element("value", Answer),
                    ]),
                Metadata.Element("label", Label),
            ]);
    }
}
