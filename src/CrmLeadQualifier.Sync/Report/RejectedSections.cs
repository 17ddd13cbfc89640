using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>What sales turned down and why, in numbers and by name.</summary>
internal sealed class RejectedSections(WeeklyReport report, ReportWords words)
{
    public PageSection Reasons()
    {
        var rejected = report.Set.Rejected;
        var title = words.Say("What was rejected, and why", "Ce qui a été rejeté, et pourquoi");
        return new(
            title,
            [words.Say($"Rejected, of those with a verdict: {words.WithInterval(rejected.Rate)}.", $"Rejetés, parmi ceux qui ont un verdict : {words.WithInterval(rejected.Rate)}.")],
            [words.Say("reason", "motif"), "leads"],
            [.. rejected.ByReason.Select(reason => (IReadOnlyList<string>)[words.Reason(reason.Reason), words.Count(reason.Count)])])
        {
            Charts = rejected.ByReason.Count == 0 ? [] : [IntervalChart.Draw(title, [.. rejected.ByReason.Select(reason => (words.Reason(reason.Reason), new Core.Indicators.Rate(reason.Count, rejected.Rate.Count)))], words.Of)],
        };
    }

    public PageSection ByName() => new(
        words.Say("Ten leads to talk about", "Dix leads dont il faut parler"),
        report.Rejected.Count == 0 ? [] : [words.Say(
            "Rejected although they looked good: of each reason the best grades, the latest first. What would the agreement have to say so that they are not handed over?",
            "Rejetés alors qu’ils semblaient bons : pour chaque motif les meilleures notes, les plus récents d’abord. Que devrait dire l’accord pour qu’ils ne soient pas transmis ?")],
        ["lead", words.Say("grade", "note"), "score", "source", words.Say("points for", "points pour"), words.Say("reason", "motif"), words.Say("comment", "commentaire"), words.Say("owner", "propriétaire"), words.Say("rejected", "rejeté")],
        [.. report.Rejected.Select(lead => (IReadOnlyList<string>)
        [
            lead.Name,
            lead.Grade ?? "",
            lead.Total is { } total ? words.Count(total) : "",
            words.Value(lead.Source),
            string.Join(", ", lead.Criteria),
            words.Reason(lead.Reason),
            lead.Comment ?? "",
            lead.Owner ?? words.Say("(none)", "(aucun)"),
            words.Day(lead.RejectedAt),
        ])]);
}
