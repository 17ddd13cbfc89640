using System.Text;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A backtest as one HTML page that needs nothing else: no script, no font, no picture from elsewhere; on a phone, on a desk and on paper.</summary>
public static class BacktestPage
{
    /// <summary>So many gained and lost leads are named.</summary>
    private const int Named = 100;

    private const int SourcesDrawn = 12;

    private const string Style = """
        :root { color-scheme: light; }
        body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 60rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; }
        th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; vertical-align: top; }
        svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #222; }
        @media print { body { font-size: 10pt; max-width: none; } h2 { break-after: avoid; } tr, svg { break-inside: avoid; } .wide { overflow: visible; } }
        """;

    public static string Write(BacktestReport report)
    {
        var title = $"Backtest: {report.Candidate.Definition.Name}";
        var page = new StringBuilder();
        page.Append($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{Markup.Text(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>{Markup.Text(title)}</h1>\n");
        foreach (var section in BacktestText.Sections(report, Named).Where(section => section.Sentences.Count + section.Rows.Count > 0))
        {
            page.Append($"<h2>{Markup.Text(section.Title)}</h2>\n");
            foreach (var sentence in section.Sentences)
            {
                page.Append($"<p>{Markup.Text(sentence)}</p>\n");
            }

            page.Append(Chart(report, section.Title));
            Table(page, section);
        }

        return page.Append("</body>\n</html>").ToString();
    }

    private static void Table(StringBuilder page, BacktestSection section)
    {
        if (section.Rows.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"wide\"><table>\n<thead><tr>");
        page.AppendJoin("", section.Columns.Select(column => $"<th scope=\"col\">{Markup.Text(column)}</th>"));
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in section.Rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Markup.Text(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

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
