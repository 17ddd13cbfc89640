using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The leads whose transition to MQL lies in a window, baselines not among them, held ones from their release; one that became MQL twice is there by its first inside the window.
/// </summary>
public sealed record Cohort(IReadOnlyList<CohortMember> Members)
{
    /// <param name="known">Facts as <see cref="Known"/> left them.</param>
    internal static Cohort Of(IReadOnlyList<LeadHistory> known, IndicatorWindow window) => new(
    [
        .. known
            .AsParallel()
            .Select(lead => (Lead: lead, Mql: FirstMql(lead, window)))
            .Where(pair => pair.Mql is not null)
            .Select(pair => new CohortMember(pair.Lead, pair.Mql!, window.AsOf))
            .OrderBy(member => member.Mql.At)
            .ThenBy(member => member.Lead.Id, StringComparer.Ordinal),
    ]);

    private static StageChange? FirstMql(LeadHistory lead, IndicatorWindow window)
    {
        foreach (var stage in lead.Stages)
        {
            if (stage.IsNewMql && stage.At >= window.From && stage.At < window.To)
            {
                return stage;
            }
        }

        return null;
    }

    /// <summary>The lead's facts by D that were known by then, each list in the order of its instants.</summary>
    internal static LeadHistory Known(LeadHistory lead, IndicatorWindow window)
    {
        var stages = Kept(lead.Stages, static stage => stage.At, static stage => stage.SeenAt, window);
        var verdicts = Kept(lead.Verdicts, static verdict => verdict.At, static verdict => verdict.SeenAt, window);
        var deals = Kept(lead.Deals, static deal => deal.CreatedAt, static deal => deal.CreatedAt, window);
        return ReferenceEquals(stages, lead.Stages) && ReferenceEquals(verdicts, lead.Verdicts) && ReferenceEquals(deals, lead.Deals)
            ? lead
            : lead with { Stages = stages, Verdicts = verdicts, Deals = deals };
    }

    private static IReadOnlyList<T> Kept<T>(IReadOnlyList<T> facts, Func<T, Instant> at, Func<T, Instant> seenAt, IndicatorWindow window)
    {
        var isKept = true;
        for (var i = 0; i < facts.Count && isKept; i++)
        {
            isKept = at(facts[i]) <= window.AsOf && seenAt(facts[i]) <= window.KnownAt && (i == 0 || at(facts[i]) >= at(facts[i - 1]));
        }

        // Most leads have few facts, all of them known and in order: millions of lists are not copied.
        return isKept ? facts : [.. facts.Where(fact => at(fact) <= window.AsOf && seenAt(fact) <= window.KnownAt).OrderBy(at)];
    }
}
