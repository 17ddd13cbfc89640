using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// The facts without which an agreement would hand over somebody it means to keep back: those of its exclusions, of <c>requires</c>, and of the criteria that <c>mql.when</c> names
/// (lifecycle and sync, section 8, <i>blind</i>). A fact that only adds points is none: without it scores are lower, and nobody is handed over wrongly.
/// </summary>
/// <param name="Attributes">Names of attributes that a CRM gives; <c>email_domain</c> counts as <c>email</c>.</param>
/// <param name="Kinds">Names of kinds of activities.</param>
/// <param name="KindsByDetail">Those of the kinds of which attributes decide (<c>where</c>, <c>distinct_by</c>): to know how many there were is not enough.</param>
public sealed record DecidingFacts(IReadOnlySet<string> Attributes, IReadOnlySet<string> Kinds, IReadOnlySet<string> KindsByDetail)
{
    private const string NamedCriterion = "criterion.";

    public static DecidingFacts Of(Definition definition)
    {
        var attributes = new HashSet<string>(definition.Requires);
        var kinds = new HashSet<string>();
        var byDetail = new HashSet<string>();
        foreach (var exclusion in definition.Exclusions)
        {
            Add(exclusion.Matching);
            Add(exclusion.Unless);
        }

        var named = Subjects(definition.Mql.When).Where(subject => subject.StartsWith(NamedCriterion, StringComparison.Ordinal)).Select(subject => subject[NamedCriterion.Length..]).ToHashSet();
        foreach (var criterion in definition.Criteria.Where(criterion => named.Contains(criterion.Id)))
        {
            attributes.UnionWith(criterion switch
            {
                AttributeCriterion attribute => attribute.Tiers.SelectMany(tier => Subjects(tier.If)),
                ActivityCriterion activity => Subjects(activity.If),
                _ => [],
            });
            if (criterion is ActivityCriterion acts)
            {
                AddKinds(acts.On, acts.Where is not null || acts.DistinctBy is not null);
            }
        }

        if (attributes.Remove(AttributeSchema.EmailDomain))
        {
            attributes.Add("email");
        }

        return new DecidingFacts(attributes, kinds, byDetail);

        void Add(ExclusionMatch? match)
        {
            attributes.UnionWith(Subjects(match?.If));
            AddKinds(match?.On ?? [], match?.Where is not null);
        }

        void AddKinds(IReadOnlyList<ActivityKind> on, bool hasDetail)
        {
            kinds.UnionWith(on.Select(kind => kind.Name));
            byDetail.UnionWith(hasDetail ? on.Select(kind => kind.Name) : []);
        }
    }

    private static IEnumerable<string> Subjects(Condition? condition) => condition switch
    {
        AllOf all => all.Parts.SelectMany(Subjects),
        AnyOf any => any.Parts.SelectMany(Subjects),
        NoneOf none => none.Parts.SelectMany(Subjects),
        SubjectCondition subject => [subject.Subject],
        _ => [],
    };
}
