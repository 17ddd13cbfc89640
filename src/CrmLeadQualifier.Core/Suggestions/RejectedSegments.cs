using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// What sales rejects systematically: each segment of at least 20 leads with a verdict against all the others (<see cref="FisherExact"/>), at q 0.05 after
/// <see cref="FalseDiscoveryRate"/> over all segments tested. Of nested segments the one that stands out most is reported.
/// </summary>
public static class RejectedSegments
{
    /// <summary>Of what is reported, at most this share is expected to be chance.</summary>
    public const double Q = 0.05;

    /// <param name="cohort">Leads of the cohort with a verdict, each as of its MQL transition.</param>
    /// <returns>Those rejected more often than the rest, the least probable to be chance first.</returns>
    public static IReadOnlyList<RejectedSegment> Find(Definition definition, IReadOnlyList<JudgedLead> cohort) => [.. Search(definition, cohort).Select(found => found.Rejected)];

    internal static IReadOnlyList<(Segment Segment, RejectedSegment Rejected)> Search(Definition definition, IReadOnlyList<JudgedLead> cohort)
    {
        var plan = ScoringPlan.Compile(definition);
        var scores = cohort.Select(lead => plan.Score(lead.Facts, lead.At, findNextChange: false)).ToList();
        var segments = Segments.Of(definition, cohort, scores);
        var rejected = cohort.Count(lead => !lead.IsGood);
        int[] hits = [.. segments.Select(segment => cohort.Where((lead, i) => segment.Members[i] && !lead.IsGood).Count())];
        double[] p = [.. segments.Select((segment, i) => FisherExact.TwoSided(hits[i], segment.Count, rejected, cohort.Count))];
        var q = FalseDiscoveryRate.Adjust(p);
        return
        [
            .. segments
                .Select((segment, i) => (Segment: segment, Rate: new Rate(hits[i], segment.Count), Others: new Rate(rejected - hits[i], cohort.Count - segment.Count), P: p[i], Q: q[i]))
                .Where(tested => tested.Q <= Q && tested.Rate.Value > tested.Others.Value)
                .OrderBy(tested => tested.P)
                .DistinctBy(tested => tested.Segment.Group.Length > 0 ? tested.Segment.Group : $"{tested.Segment.Kind} {tested.Segment.Name} {tested.Segment.Value}")
                .Select(tested => (tested.Segment, new RejectedSegment(
                    tested.Segment.Kind, tested.Segment.Name, tested.Segment.Value, tested.Rate, tested.Others, tested.P, tested.Q,
                    MainReason(cohort, tested.Segment), LetThroughBy(plan, scores, tested.Segment)))),
        ];
    }

    private static string? MainReason(IReadOnlyList<JudgedLead> cohort, Segment segment) => cohort
        .Where((lead, i) => segment.Members[i] && !lead.IsGood)
        .GroupBy(lead => string.IsNullOrWhiteSpace(lead.Reason) ? Rejection.ReasonMissing : lead.Reason)
        .OrderByDescending(reason => reason.Count())
        .ThenBy(reason => reason.Key, StringComparer.Ordinal)
        .Select(reason => reason.Key)
        .FirstOrDefault();

    /// <summary>The criterion without which most of them would not have been MQL; where none decided alone, the one that gave them most points.</summary>
    private static string? LetThroughBy(ScoringPlan plan, IReadOnlyList<LeadScore> scores, Segment segment)
    {
        var decided = new Dictionary<string, (int Leads, long Points)>(StringComparer.Ordinal);
        foreach (var score in scores.Where((score, i) => segment.Members[i] && score.Status == LeadStatus.Qualified))
        {
            foreach (var (id, value) in score.Criteria.Where(criterion => criterion.Value > 0))
            {
                var (leads, points) = decided.GetValueOrDefault(id);
                decided[id] = (leads + (plan.QualifiesWithout(score, id) ? 0 : 1), points + value);
            }
        }

        return decided.OrderByDescending(criterion => criterion.Value.Leads).ThenByDescending(criterion => criterion.Value.Points).ThenBy(criterion => criterion.Key, StringComparer.Ordinal)
            .Select(criterion => criterion.Key).FirstOrDefault();
    }
}
