using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>Which attributes of the lead a criterion asks for.</summary>
public static class CriterionAttributes
{
    /// <summary>Each once, in the order in which the criterion names them.</summary>
    public static IReadOnlyList<string> Of(Criterion criterion) => [.. (criterion switch
    {
        AttributeCriterion attribute => attribute.Tiers.SelectMany(tier => Subjects(tier.If)),
        ActivityCriterion { If: { } condition } => Subjects(condition),
        _ => [],
    }).Distinct()];

    private static IEnumerable<string> Subjects(Condition condition) => condition switch
    {
        AllOf all => all.Parts.SelectMany(Subjects),
        AnyOf any => any.Parts.SelectMany(Subjects),
        NoneOf none => none.Parts.SelectMany(Subjects),
        SubjectCondition subject => [subject.Subject],
        _ => [],
    };
}
