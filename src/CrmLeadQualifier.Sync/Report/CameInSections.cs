using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>What came in, from where, and what of it was out of target.</summary>
internal sealed class CameInSections(WeeklyReport report, ReportWords words)
{
    private const int MostSources = 20;

    /// <summary>A source or campaign is named where half of what it brought was out of target, and it brought that many.</summary>
    private const int LeadsToBeNamed = 5;

    public PageSection NewLeads()
    {
        var leads = report.Latest.NewLeads;
        List<string> sentences =
        [
            leads.OutOfTarget is { } rate
                ? words.Say(
                    $"{words.Count(leads.Count, "new lead", "new leads", "", "")} in the last seven days; out of target: {words.Of(rate)}{Because(leads)}.",
                    $"{words.Count(leads.Count, "", "", "nouveau lead", "nouveaux leads")} sur les sept derniers jours ; hors cible : {words.Of(rate)}{Because(leads)}.")
                : words.Say(
                    $"{words.Count(leads.Count, "new lead", "new leads", "", "")} in the last seven days.",
                    $"{words.Count(leads.Count, "", "", "nouveau lead", "nouveaux leads")} sur les sept derniers jours."),
        ];
        sentences.AddRange(leads.BySource
            .Where(source => source.OutOfTarget is { } out_ && out_.Count >= LeadsToBeNamed && out_.Count * 2 >= out_.Of)
            .Select(source => words.Say(
                $"Look at {Called(source)}: {words.Of(source.OutOfTarget!.Value)} of what it brought was out of target.",
                $"À regarder, {Called(source)} : {words.Of(source.OutOfTarget!.Value)} de ce qui en vient était hors cible.")));
        if (leads.BySource.Count > MostSources)
        {
            sentences.Add(words.Say($"The table shows the {MostSources} largest of {leads.BySource.Count}.", $"Le tableau montre les {MostSources} plus importantes sur {leads.BySource.Count}."));
        }

        return new(
            words.Say("What came in", "Ce qui est entré"),
            sentences,
            ["source", words.Say("detail", "détail"), "leads", words.Say("became MQL", "devenus MQL"), words.Say("median", "médiane"), words.Say("out of target", "hors cible")],
            [.. leads.BySource.Take(MostSources).Select(source => (IReadOnlyList<string>)
            [
                words.Value(source.Source),
                source.SourceDetail == Breakdown.Nothing ? "" : source.SourceDetail,
                words.Count(source.ToMql.Of),
                words.Of(source.ToMql),
                words.Days(source.LagDays),
                source.OutOfTarget is { } rate2 ? words.Of(rate2) : "",
            ])]);
    }

    public PageSection Volume()
    {
        var weeks = report.Set.Volume.Weeks;
        var title = words.Say("MQLs per week", "MQL par semaine");
        return weeks.Count == 0 ? new(title, [], [], []) : new(
            title,
            [words.Say($"{words.Number(report.Set.Volume.PerWeek)} a week on average.", $"{words.Number(report.Set.Volume.PerWeek)} par semaine en moyenne.")],
            [words.Say("week", "semaine"), "MQL"],
            [.. weeks.TakeLast(MostSources).Select(week => (IReadOnlyList<string>)[week.Period, words.Count(week.Mqls)])])
        {
            Charts = [BarChart.Draw(title, [.. weeks.Select(week => words.ShortWeek(week.Period))], [new BarSeries("MQL", [.. weeks.Select(week => week.Mqls)])])],
        };
    }

    private string Because(NewLeads leads) => leads.OutOfTargetBecause.Count == 0
        ? ""
        : words.Say(": ", " : ") + string.Join(", ", leads.OutOfTargetBecause.Select(why => $"{words.OutOfTarget(why)} {words.Count(why.Count)}"));

    private string Called(NewLeadsOfSource source) => words.Value(source.Source) + (source.SourceDetail == Breakdown.Nothing ? "" : $" / {source.SourceDetail}");
}
