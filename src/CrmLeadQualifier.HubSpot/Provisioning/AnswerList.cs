using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>An active list of the contacts that wait for something.</summary>
/// <param name="Name">In the fields' language.</param>
/// <param name="Names">In every language: under one of them it may be there.</param>
internal sealed record AnswerList(string Answer, string Name, IReadOnlyList<string> Names)
{
    private static readonly Answer[] Answers = [Core.Lifecycle.Answer.ToAnswer, Core.Lifecycle.Answer.Overdue, Core.Lifecycle.Answer.ReasonMissing, Core.Lifecycle.Answer.Waiting];

    /// <summary>One for each answer that sales works by; none where the fields lack the answer.</summary>
    public static IReadOnlyList<AnswerList> Of(IReadOnlyList<FieldDefinition> fields) =>
        fields.Any(field => field.Field == LeadField.Answer) ? All(ProvisioningTexts.LanguageOf(fields)) : [];

    public static IReadOnlyList<AnswerList> All(Language language) =>
    [
        .. FieldTexts.Of(LeadField.Answer.Name).Choices.Where(choice => Answers.Any(answer => answer.Word() == choice.Value)).Select(choice => new AnswerList(
            choice.Value, NameIn(choice, language), [.. new[] { language, Language.English, Language.French }.Distinct().Select(other => NameIn(choice, other))])),
    ];

    public NewList ToNewList() => new(
        Name,
        HubSpotPaths.ContactTypeId,
        "DYNAMIC",
        new FilterBranch("OR", [new FilterBranch("AND", [], [new PropertyFilter("PROPERTY", LeadProperties.Of(LeadField.Answer), new PropertyOperation("ENUMERATION", "IS_ANY_OF", [Answer], false))])], []));

    /// <summary>With what every name of ours begins, in each language.</summary>
    public static IEnumerable<string> Beginnings => new[] { Language.English, Language.French }.Select(ProvisioningTexts.Group.In);

    private static string NameIn(ChoiceText choice, Language language) => $"{ProvisioningTexts.Group.In(language)}: {choice.Label.In(language)}";
}
