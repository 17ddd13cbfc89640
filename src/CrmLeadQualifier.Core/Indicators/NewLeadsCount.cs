using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>Counts the leads created in the window: what came in, from where, what of it became MQL, and what was out of target.</summary>
internal static class NewLeadsCount
{
    /// <summary>One lead, or many that are counted together.</summary>
    private sealed record Group(string Source, string Detail, LeadStatus? Status, IReadOnlyList<string> Because, int Count, double? DaysToMql);

    public static NewLeads Of(IReadOnlyList<LeadHistory> known, IReadOnlyCollection<NewLeadGroup> others, IndicatorWindow window)
    {
        List<Group> groups =
        [
            .. known.Where(lead => lead.CreatedAt >= window.From && lead.CreatedAt < window.To && lead.CreatedAt <= window.AsOf).Select(ToGroup),
            .. others.Select(group => new Group(
                IndicatorComputation.Named(group.Source), IndicatorComputation.Named(group.SourceDetail), group.Status, group.Because, group.Count, null)),
        ];
        return new NewLeads(
            groups.Sum(group => group.Count),
            OutOfTarget(groups),
            Because(groups),
            [
                .. groups
                    .GroupBy(group => (group.Source, group.Detail))
                    .Select(source => new NewLeadsOfSource(
                        source.Key.Source,
                        source.Key.Detail,
                        new Rate(source.Where(group => group.DaysToMql is not null).Sum(group => group.Count), source.Sum(group => group.Count)),
                        new Quantiles(source.Select(group => group.DaysToMql).OfType<double>()),
                        OutOfTarget([.. source])))
                    .OrderByDescending(source => source.ToMql.Of)
                    .ThenBy(source => source.Source, StringComparer.Ordinal)
                    .ThenBy(source => source.SourceDetail, StringComparer.Ordinal),
            ]);
    }

    private static Group ToGroup(LeadHistory lead)
    {
        var mql = lead.Stages.FirstOrDefault(stage => stage.IsNewMql);
        return new Group(
            IndicatorComputation.Named(lead.Source),
            IndicatorComputation.Named(lead.SourceDetail),
            lead.Score?.Status,
            lead.Score is { } score ? (score.Status == LeadStatus.Unscorable ? score.Missing : score.ExcludedBy) : [],
            1,
            mql is null ? null : Math.Max(0, (mql.At - lead.CreatedAt!.Value).TotalDays));
    }

    private static Rate? OutOfTarget(List<Group> groups) => groups.Any(group => group.Status is null)
        ? null
        : new Rate(groups.Where(IsOut).Sum(group => group.Count), groups.Sum(group => group.Count));

    private static IReadOnlyList<OutOfTargetCount> Because(List<Group> groups) =>
    [
        .. groups
            .Where(IsOut)
            .SelectMany(group => group.Because.Select(because => (Because: because, IsMissing: group.Status == LeadStatus.Unscorable, group.Count)))
            .GroupBy(why => (why.Because, why.IsMissing))
            .Select(why => new OutOfTargetCount(why.Key.Because, why.Key.IsMissing, why.Sum(group => group.Count)))
            .OrderByDescending(why => why.Count)
            .ThenBy(why => why.Because, StringComparer.Ordinal),
    ];

    private static bool IsOut(Group group) => group.Status is LeadStatus.Excluded or LeadStatus.Unscorable;
}
