using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>What became of the MQLs, by where they came from, how they were graded, and who has them.</summary>
internal sealed class ConversionSections(WeeklyReport report, ReportWords words)
{
    private const int Drawn = 12;
    private const int Listed = 20;

    public PageSection BySource() => By(words.Say("Conversion by source", "Conversion par source"), "source", report.Set.BySource) with
    {
        Charts = report.Set.BySource.Count == 0 ? [] :
        [
            IntervalChart.Draw(words.Say("MQL to SQL, by source, with 95% intervals", "MQL devenus SQL, par source, avec intervalles à 95 %"), Rows(source => source.MqlToSql.Rate), words.Of),
            IntervalChart.Draw(words.Say("Won, by source, with 95% intervals", "Gagnés, par source, avec intervalles à 95 %"), Rows(source => source.Close.Rate), words.Of),
        ],
    };

    public PageSection By(string title, string of, IReadOnlyList<Breakdown> parts) => new(
        title,
        parts.Count > Listed ? [words.Say($"The {Listed} largest of {parts.Count}.", $"Les {Listed} plus importants sur {parts.Count}.")] : [],
        [of, "MQL", words.Say("answered", "avec réponse"), words.Say("to SQL (95%)", "devenus SQL (95 %)"), words.Say("rejected, of those with a verdict", "rejetés, parmi ceux avec verdict"), words.Say("won (95%)", "gagnés (95 %)")],
        [.. parts.Take(Listed).Select(part => (IReadOnlyList<string>)
            [words.Value(part.Value), words.Count(part.Mqls), words.Of(part.Answered.Rate), words.WithInterval(part.MqlToSql.Rate), words.Of(part.Rejected.Rate), words.WithInterval(part.Close.Rate)])]);

    public PageSection AtEqualAge() => new(
        words.Say("At equal age", "À âge égal"),
        [],
        ["", words.Say("so far", "à ce jour"), words.Say("within 14 days", "sous 14 jours"), words.Say("within 30 days", "sous 30 jours"), words.Say("within 90 days", "sous 90 jours"), words.Say("median", "médiane")],
        report.Set.Mqls == 0 ? [] :
        [
            Row(words.Say("answered", "avec réponse"), report.Set.Answered),
            .. report.Set.MqlToSal is { } sal ? [Row(words.Say("MQL to SAL", "MQL devenus SAL"), sal)] : (IReadOnlyList<string>[])[],
            Row(words.Say("MQL to SQL", "MQL devenus SQL"), report.Set.MqlToSql),
            Row(words.Say("MQL to opportunity", "MQL devenus opportunités"), report.Set.MqlToOpportunity),
            Row(words.Say("won", "gagnés"), report.Set.Close),
            [words.Say("rejected, of those with a verdict", "rejetés, parmi ceux avec verdict"), words.Of(report.Set.Rejected.Rate), .. report.Set.Rejected.AtAges.Select(age => words.Of(age.Rate)), ""],
        ]);

    public PageSection ByGrade()
    {
        var wrong = report.Set.ByGrade.Where(grade => grade.IsOutOfOrder).Select(grade => grade.Value).ToList();
        return new(
            words.Say("Does the grade hold its promise?", "La note tient-elle sa promesse ?"),
            wrong.Count == 0 ? [] : [words.Say(
                $"Some worse grade converts better than {string.Join(", ", wrong)}: look at the intervals before you change anything.",
                $"Une note moins bonne convertit mieux que {string.Join(", ", wrong)} : regardez les intervalles avant de changer quoi que ce soit.")],
            [words.Say("grade", "note"), "MQL", words.Say("to SQL (95%)", "devenus SQL (95 %)"), words.Say("rejected, of those with a verdict", "rejetés, parmi ceux avec verdict")],
            [.. report.Set.ByGrade.Select(grade => (IReadOnlyList<string>)
                [words.Value(grade.Value) + (grade.IsOutOfOrder ? " ↓" : ""), words.Count(grade.Mqls), words.WithInterval(grade.MqlToSql.Rate), words.Of(grade.Rejected.Rate)])]);
    }

    private IReadOnlyList<(string Name, Rate Rate)> Rows(Func<Breakdown, Rate> rate) => [.. report.Set.BySource.Take(Drawn).Select(source => (words.Value(source.Value), rate(source)))];

    private IReadOnlyList<string> Row(string name, Conversion conversion) =>
        [name, words.Of(conversion.Rate), .. conversion.AtAges.Select(age => words.Of(age.Rate)), words.Days(conversion.LagDays)];
}
