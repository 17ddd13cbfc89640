using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>A rejected lead with what made it an MQL and what sales said of it.</summary>
internal static class RejectedLeads
{
    private const int CriteriaShown = 3;

    public static RejectedLead Of(CohortMember member, string reason, LeadNames names, Definition definition, Language language)
    {
        var bundle = names.Find(member.Lead.Id);
        var verdict = member.Verdict!;
        var mql = bundle?.Transitions.FirstOrDefault(row => row.Transition is { To: Stage.Mql } && row.Transition.At == member.Mql.At);
        var labels = definition.Criteria.ToDictionary(criterion => criterion.Id, criterion => criterion.Label.In(language));
        return new RejectedLead(
            names.Of(member.Lead.Id),
            IndicatorComputation.Named(member.Source),
            member.Owner,
            member.Mql.Grade,
            mql is null ? null : mql.Profile + mql.Behaviour + mql.Intent,
            reason,
            bundle?.Verdicts.LastOrDefault(row => row.Verdict.At == verdict.At && row.Verdict.Value == verdict.Value)?.Verdict.Comment,
            member.Mql.At,
            verdict.At)
        {
            Criteria = [.. (bundle?.Lead.Score?.Criteria ?? [])
                .Where(criterion => criterion.Value > 0)
                .OrderByDescending(criterion => criterion.Value)
                .Take(CriteriaShown)
                .Select(criterion => labels.GetValueOrDefault(criterion.Id, criterion.Id))],
        };
    }
}
