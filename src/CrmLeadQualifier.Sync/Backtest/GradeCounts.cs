using CrmLeadQualifier.Core.Indicators;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>How many MQLs of a grade each side has.</summary>
/// <param name="Active">Null: there is no active side.</param>
internal sealed record GradeCounts(string Grade, int Candidate, int? Active)
{
    /// <summary>In the order of grades; those without one last.</summary>
    public static IReadOnlyList<GradeCounts> Of(BacktestReport report)
    {
        var candidate = Counts(report.Candidate);
        var active = report.Against is null ? null : Counts(report.Against);
        return
        [
            .. candidate.Keys.Union(active?.Keys.AsEnumerable() ?? [])
                .OrderBy(grade => grade == Breakdown.Nothing)
                .ThenBy(grade => grade, StringComparer.Ordinal)
                .Select(grade => new GradeCounts(grade, candidate.GetValueOrDefault(grade), active is null ? null : active.GetValueOrDefault(grade))),
        ];
    }

    private static Dictionary<string, int> Counts(IndicatorSet set) => set.ByGrade.ToDictionary(grade => grade.Value, grade => grade.Mqls);
}
