using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>A rejected lead with what made it an MQL, scored anew as of then, and what sales said of it.</summary>
internal sealed class RejectedLeads(AgreementInForce agreement, Language language)
{
    private const int CriteriaShown = 3;

    private readonly LeadFactsBuilder _facts = new(agreement.Definition.Attributes);
    private readonly FactsOfActivities _activities = new();
    private readonly Dictionary<string, string> _labels = agreement.Definition.Criteria.ToDictionary(criterion => criterion.Id, criterion => criterion.Label.In(language));

    /// <param name="values">The history of the attributes of the lead's records.</param>
    public RejectedLead Of(CohortMember member, string reason, LeadNames names, IEnumerable<AttributeValueRow> values)
    {
        var bundle = names.Find(member.Lead.Id);
        var verdict = member.Verdict!;
        var mql = bundle?.Transitions.FirstOrDefault(row => row.Transition is { To: Stage.Mql } && row.Transition.At == member.Mql.At);
        var comment = bundle?.Verdicts.LastOrDefault(row => row.Verdict.At == verdict.At && row.Verdict.Value == verdict.Value)?.Verdict.Comment;
        return new RejectedLead(
            names.Of(member.Lead.Id),
            IndicatorComputation.Named(member.Source),
            member.Owner,
            member.Mql.Grade,
            mql is null ? null : mql.Profile + mql.Behaviour + mql.Intent,
            reason,
            comment is null ? null : names.Said(member.Lead.Id, comment),
            member.Mql.At,
            verdict.At)
        {
            Criteria = bundle is null ? [] : Criteria(bundle, member.Mql, values),
        };
    }

    /// <summary>What gave the points when the lead became MQL, by what was known then.</summary>
    private IReadOnlyList<string> Criteria(LeadBundle bundle, StageChange mql, IEnumerable<AttributeValueRow> values)
    {
        var then = new BundleHistory(bundle, values).At(mql.At);
        var facts = FactsOfLead.Build(
            then with { Activities = [.. then.Activities.Where(activity => activity.SeenAt <= mql.SeenAt)] }, agreement.Definition.Attributes, _facts, _activities);
        return [.. agreement.Plan.Score(facts, mql.At).Criteria
            .Where(criterion => criterion.Value > 0)
            .OrderByDescending(criterion => criterion.Value)
            .Take(CriteriaShown)
            .Select(criterion => _labels.GetValueOrDefault(criterion.Id, criterion.Id))];
    }
}
