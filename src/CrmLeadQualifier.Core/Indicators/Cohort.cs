using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The leads whose transition to MQL lies in a window, baselines not among them, held ones from their release; one that became MQL twice is there by its first inside the window.
/// </summary>
public sealed record Cohort(IReadOnlyList<CohortMember> Members)
{
    /// <param name="known">Facts as <see cref="Known"/> left them.</param>
    internal static Cohort Of(IEnumerable<LeadHistory> known, IndicatorWindow window) => new(
    [
        .. known
            .Select(lead => (Lead: lead, Mql: lead.Stages.FirstOrDefault(stage => stage.IsNewMql && stage.At >= window.From && stage.At < window.To)))
            .Where(pair => pair.Mql is not null)
            .Select(pair => new CohortMember(pair.Lead, pair.Mql!, window.AsOf))
            .OrderBy(member => member.Mql.At)
            .ThenBy(member => member.Lead.Id, StringComparer.Ordinal),
    ]);

    /// <summary>The lead's facts by D that were known by then, each list in the order of its instants.</summary>
    internal static LeadHistory Known(LeadHistory lead, IndicatorWindow window) => lead with
    {
        Stages = Kept(lead.Stages, stage => stage.At, stage => stage.SeenAt, window),
        Verdicts = Kept(lead.Verdicts, verdict => verdict.At, verdict => verdict.SeenAt, window),
        Deals = Kept(lead.Deals, deal => deal.CreatedAt, deal => deal.CreatedAt, window),
    };

    private static IReadOnlyList<T> Kept<T>(IReadOnlyList<T> facts, Func<T, Instant> at, Func<T, Instant> seenAt, IndicatorWindow window) =>
        facts.Count == 0 ? facts : [.. facts.Where(fact => at(fact) <= window.AsOf && seenAt(fact) <= window.KnownAt).OrderBy(at)];
}
