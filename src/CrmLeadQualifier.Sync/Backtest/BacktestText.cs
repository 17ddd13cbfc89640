using System.Globalization;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A backtest as sentences and tables, for the terminal and for the HTML page.</summary>
public static class BacktestText
{
    internal const string OutcomesTitle = "What became of them";
    internal const string WeeksTitle = "MQLs per week";
    internal const string GradesTitle = "Grades";
    internal const string BySourceTitle = "By source, candidate";

    /// <param name="most">So many gained and lost leads are named.</param>
    public static IReadOnlyList<PageSection> Sections(BacktestReport report, int most) =>
    [
        Summary(report),
        Outcomes(report),
        Discrimination(report),
        Weeks(report),
        Grades(report),
        .. report.Against is null ? [] : (PageSection[])[Leads("Gained: MQL by the candidate only", report.Gained, most), Leads("Lost: MQL by the active definition only", report.Lost, most)],
        Rates(report),
        BySource(report),
        Reasons(report),
        NewLeads(report),
        Coverage(report),
        Problems(report),
    ];

    /// <summary>A rate with its counts: <c>61.4 % (54 of 88)</c>.</summary>
    public static string Of(Rate rate) => rate.Value is { } value ? $"{Percent(value)} ({rate.Count} of {rate.Of})" : "nobody";

    public static string WithInterval(Rate rate) => rate.Wilson is { } interval ? $"{Of(rate)}, {Percent(interval.Low)} to {Percent(interval.High)}" : "nobody";

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Number(double? number, string format = "0.0") => number?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static PageSection Summary(BacktestReport report)
    {
        var (candidate, active) = (report.Candidate, report.Against);
        List<string> sentences =
        [
            $"'{candidate.Definition.Name}' replayed over {report.History}, {candidate.Window.From} to {candidate.Window.To}: {candidate.Mqls} MQLs, {Number(candidate.Volume.PerWeek)} a week.",
            active is null
                ? "There is no definition to compare it with."
                : $"Against it, as the active one, '{active.Definition.Name}': {active.Mqls} MQLs, {Number(active.Volume.PerWeek)} a week. Gained {report.Gained.Count}, lost {report.Lost.Count}.",
        ];
        if (report.AttributesOfToday.Count > 0)
        {
            sentences.Add($"Of {report.AttributesOfToday.Count} of {report.AttributesOfToday.Of} leads the attributes are of today: what they were before is not known.");
        }

        if (candidate.Maturity.IsImmature)
        {
            sentences.Add($"Immature: the youngest MQL is {Number(candidate.Maturity.YoungestDays)} days old, and most take up to {Number(candidate.Maturity.NeededDays)} days to SQL. Compare at equal age.");
        }

        return new("Backtest", sentences, [], []);
    }

    private static PageSection Outcomes(BacktestReport report) => new(
        OutcomesTitle,
        report.Against is null ? [] : ["Whoever was never handed to sales has no verdict: the rates of gained leads rest on the few that have one."],
        ["MQLs of", "MQLs", "accepted, of those with a verdict (95 %)", "won, of all (95 %)"],
        [.. report.Outcomes.Select(side => (IReadOnlyList<string>)[side.Side, Text(side.Mqls), WithInterval(side.Accepted), WithInterval(side.Close)])]);

    private static PageSection Discrimination(BacktestReport report)
    {
        var auc = report.Auc;
        if (auc.Candidate is not { } candidate)
        {
            return new("Does the score tell them apart?", ["That cannot be said: there are not both good and bad verdicts."], [], []);
        }

        List<string> sentences =
        [
            $"AUC {Number(candidate.Area, "0.000")} ({Number(candidate.Interval.Low, "0.000")} to {Number(candidate.Interval.High, "0.000")}), over {auc.Outcomes} leads with a verdict, {auc.Good} of them good: "
                + "how often a lead that sales took has the higher score than one that it turned down. 0.5 is chance.",
        ];
        if (auc is { Active: { } active, Difference: { } difference })
        {
            sentences.Add($"The active definition's is {Number(active.Area, "0.000")}; the difference is {Number(difference.Difference, "+0.000;-0.000;0.000")} "
                + $"({Number(difference.Interval.Low, "+0.000;-0.000;0.000")} to {Number(difference.Interval.High, "+0.000;-0.000;0.000")})"
                + (difference.Interval.Contains(0) ? ": they cannot be told apart." : "."));
        }

        return new("Does the score tell them apart?", sentences, [], []);
    }

    private static PageSection Weeks(BacktestReport report)
    {
        var active = report.Against?.Volume.Weeks.ToDictionary(week => week.Period, week => week.Mqls);
        return new(WeeksTitle, [], ["week", "candidate", .. active is null ? [] : (string[])["active"]], [.. report.Candidate.Volume.Weeks.Select(week => (IReadOnlyList<string>)
            [week.Period, Text(week.Mqls), .. active is null ? [] : (string[])[Text(active.GetValueOrDefault(week.Period))]])]);
    }

    private static PageSection Grades(BacktestReport report)
    {
        var converts = report.Candidate.ByGrade.ToDictionary(grade => grade.Value);
        return new(GradesTitle, [], ["grade", "candidate", .. report.Against is null ? [] : (string[])["active"], "to SQL, candidate's (95 %)", ""], [.. GradeCounts.Of(report).Select(grade => (IReadOnlyList<string>)
        [
            grade.Grade,
            Text(grade.Candidate),
            .. grade.Active is { } count ? [Text(count)] : (string[])[],
            converts.TryGetValue(grade.Grade, out var of) ? WithInterval(of.MqlToSql.Rate) : "",
            of?.IsOutOfOrder == true ? "a worse grade converts better" : "",
        ])]);
    }

    private static PageSection Leads(string title, IReadOnlyList<ChangedLead> leads, int most) => new(
        $"{title} ({leads.Count})",
        leads.Count > most ? [$"The first {most}; all of them are in the JSON form."] : [],
        ["lead", "from", "total", "because", "by the other", "verdict", "won"],
        [.. leads.Take(most).Select(lead => (IReadOnlyList<string>)
        [
            lead.Name,
            lead.MqlAt.ToString(),
            Text(lead.AtMql.Total),
            string.Join(", ", lead.AtMql.Criteria.OrderByDescending(criterion => criterion.Value).Take(4).Select(criterion => $"{criterion.Value.ToString("+0;-0", CultureInfo.InvariantCulture)} {criterion.Id}")),
            OfOther(lead.Other),
            lead.Verdict is { } verdict ? verdict.Value.Word() + (verdict.Reason is { Length: > 0 } reason ? $" ({reason})" : "") : "",
            lead.IsWon ? "won" : "",
        ])]);

    private static string OfOther(LeadScore score) => score.Status switch
    {
        LeadStatus.Unscorable => $"unscorable: {string.Join(", ", score.Missing)} unknown",
        LeadStatus.Excluded => $"excluded by {string.Join(", ", score.ExcludedBy)}",
        _ => Text(score.Total),
    };

    private static PageSection Rates(BacktestReport report)
    {
        var sides = report.Against is { } active ? new[] { report.Candidate, active } : [report.Candidate];
        return new(
            "Rates of the cohort",
            ["Within 30 days: of those who are at least that old, who came so far within 30 days. Only these are compared between periods."],
            ["", .. sides.SelectMany((_, i) => new[] { i == 0 ? "candidate" : "active", "within 30 days", "days: p25, median, p75" })],
            [
                Row("MQL to SQL", set => set.MqlToSql),
                Row("answered", set => set.Answered),
                Row("MQL to opportunity", set => set.MqlToOpportunity),
                Row("won", set => set.Close),
                ["rejected, of those with a verdict", .. sides.SelectMany(set => new[] { Of(set.Rejected.Rate), Of(set.Rejected.AtAges.Single(age => age.Days == 30).Rate), "" })],
            ]);

        IReadOnlyList<string> Row(string name, Func<IndicatorSet, Conversion> of) =>
        [
            name,
            .. sides.Select(of).SelectMany(conversion => new[]
            {
                Of(conversion.Rate),
                Of(conversion.AtAges.Single(age => age.Days == 30).Rate),
                conversion.LagDays.Median is null ? "-" : $"{Number(conversion.LagDays.At(0.25))}, {Number(conversion.LagDays.Median)}, {Number(conversion.LagDays.At(0.75))}",
            }),
        ];
    }

    private static PageSection BySource(BacktestReport report) => new(BySourceTitle, [], ["source", "MQLs", "to SQL (95 %)", "rejected, of those with a verdict", "won (95 %)"],
        [.. report.Candidate.BySource.Select(source => (IReadOnlyList<string>)
            [source.Value, Text(source.Mqls), WithInterval(source.MqlToSql.Rate), Of(source.Rejected.Rate), WithInterval(source.Close.Rate)])]);

    private static PageSection Reasons(BacktestReport report) => new("Rejected, by reason, candidate", [], ["reason", "leads"],
        [.. report.Candidate.Rejected.ByReason.Select(reason => (IReadOnlyList<string>)[reason.Reason, Text(reason.Count)])]);

    private static PageSection NewLeads(BacktestReport report)
    {
        var leads = report.Candidate.NewLeads;
        var because = leads.OutOfTargetBecause.Select(why => $"{why.Because}{(why.IsMissing ? " unknown" : "")} {why.Count}").ToList();
        return new("New leads, candidate", leads.OutOfTarget is { } of ? [$"{leads.Count} new leads; out of target: {Of(of)}{(because.Count > 0 ? $" ({string.Join(", ", because)})" : "")}."] : [],
            ["source", "detail", "to MQL", "median days", "out of target"], [.. leads.BySource.Select(source => (IReadOnlyList<string>)
            [source.Source, source.SourceDetail, Of(source.ToMql), Number(source.LagDays.Median), source.OutOfTarget is { } rate ? Of(rate) : ""])]);
    }

    private static PageSection Coverage(BacktestReport report) => new("Attributes known, candidate", [], ["criterion", "attribute", "known"],
        [.. report.Candidate.Coverage.Select(coverage => (IReadOnlyList<string>)[coverage.Criterion, coverage.Attribute, Of(coverage.Known)])]);

    private static PageSection Problems(BacktestReport report) => new("Problems of the data", [], ["how many", "what", "such as"],
        [.. report.Candidate.Problems.Select(problem => (IReadOnlyList<string>)[Text(problem.Count), problem.Sentence, string.Join(", ", problem.Leads)])]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
