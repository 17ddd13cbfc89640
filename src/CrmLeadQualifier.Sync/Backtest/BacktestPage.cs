using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A backtest as one HTML page.</summary>
public static class BacktestPage
{
    /// <summary>So many gained and lost leads are named.</summary>
    private const int Named = 100;

    private const int SourcesDrawn = 12;

    public static string Write(BacktestReport report) => SectionsPage.Write(
        "en",
        $"Backtest: {report.Candidate.Definition.Name}",
        null,
        BacktestText.Sections(report, Named).Select(section => Chart(report, section.Title) is { Length: > 0 } chart ? section with { Charts = [chart] } : section));

    private static string Chart(BacktestReport report, string section) => section switch
    {
        BacktestText.WeeksTitle => BarChart.Draw("MQLs per week", [.. report.Candidate.Volume.Weeks.Select(week => week.Period)], Series(
            report, [.. report.Candidate.Volume.Weeks.Select(week => week.Mqls)], report.Against is null ? null : [.. report.Candidate.Volume.Weeks.Select(week => ActiveIn(report, week.Period))])),
        BacktestText.GradesTitle => Grades(report),
        BacktestText.OutcomesTitle =>
            IntervalChart.Draw("Accepted, of those with a verdict", [.. report.Outcomes.Select(side => ($"{side.Side}: accepted", side.Accepted))])
            + IntervalChart.Draw("Won, of all", [.. report.Outcomes.Select(side => ($"{side.Side}: won", side.Close))]),
        BacktestText.BySourceTitle => IntervalChart.Draw("To SQL, by source", [.. report.Candidate.BySource.Take(SourcesDrawn).Select(source => (source.Value, source.MqlToSql.Rate))]),
        _ => "",
    };

    private static string Grades(BacktestReport report)
    {
        var grades = GradeCounts.Of(report);
        return BarChart.Draw("MQLs by grade", [.. grades.Select(grade => grade.Grade)], Series(
            report, [.. grades.Select(grade => grade.Candidate)], report.Against is null ? null : [.. grades.Select(grade => grade.Active ?? 0)]));
    }

    private static IReadOnlyList<BarSeries> Series(BacktestReport report, int[] candidate, int[]? active) => active is null
        ? [new($"candidate: {report.Candidate.Definition.Name}", candidate)]
        : [new($"candidate: {report.Candidate.Definition.Name}", candidate), new($"active: {report.Against!.Definition.Name}", active)];

    private static int ActiveIn(BacktestReport report, string week) => report.Against!.Volume.Weeks.FirstOrDefault(other => other.Period == week).Mqls;
}
