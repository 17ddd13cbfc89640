using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>What feedback says about a definition as sentences and tables, for the terminal and for the alignment report.</summary>
public sealed class SuggestionsText
{
    /// <summary>So many gained and so many lost leads are named in the JSON form.</summary>
    public const int Named = 100;

    private const int NamedInTables = 10;

    private readonly SuggestionReport _report;
    private readonly Language _language;

    private SuggestionsText(SuggestionReport report, Language language)
    {
        _report = report;
        _language = language;
    }

    /// <summary>From how it was found to what to do.</summary>
    public static IReadOnlyList<PageSection> Sections(SuggestionReport report, Language language) => [new SuggestionsText(report, language).Outcome(), .. ReportSections(report, language)];

    /// <summary>What is systematically rejected, what to change, and what is unhealthy.</summary>
    public static IReadOnlyList<PageSection> ReportSections(SuggestionReport report, Language language)
    {
        var text = new SuggestionsText(report, language);
        return [text.Rejected(), text.Suggested(), text.Whole(), text.Health()];
    }

    private PageSection Outcome()
    {
        var proposal = _report.Proposal;
        List<string> sentences =
        [
            Say(
                $"'{_report.Definition.Name}' on {_report.History}: {Text(proposal.Good.Of)} leads with an outcome, {Text(proposal.Good.Count)} of them good.",
                $"«\u00A0{_report.Definition.Name}\u00A0» sur {_report.History}\u00A0: {Text(proposal.Good.Of)} leads dont on connaît l’issue, dont {Text(proposal.Good.Count)} bons."),
        ];
        if (proposal is { Present: { } present, Proposed: { } proposed, Improvement: { } improvement })
        {
            sentences.Add(Say(
                $"On the newest {Text(proposal.Judged)}: AUC {Number(present.Area)} as it is, {Number(proposed.Area)} as proposed ({Number(improvement.Difference)} more, 95% from {Number(improvement.Interval.Low)} to {Number(improvement.Interval.High)}).",
                $"Sur les {Text(proposal.Judged)} plus récents\u00A0: AUC {Number(present.Area)} aujourd’hui, {Number(proposed.Area)} avec la proposition ({Number(improvement.Difference)} de plus, à 95\u00A0% entre {Number(improvement.Interval.Low)} et {Number(improvement.Interval.High)})."));
        }

        return new(Say("What the outcomes say", "Ce que disent les issues"), sentences, [], []);
    }

    private PageSection Rejected() =>
        new(Say("Systematically rejected", "Systématiquement rejetés"), [.. _report.RejectedSegments.Select(segment => segment.Sentence.In(_language))], [], []);

    private PageSection Suggested()
    {
        if (_report.Suggestions.Count == 0)
        {
            return new("Suggestions", _report.Proposal.WhyNone is { } why ? [why.In(_language)] : [], [], []);
        }

        return new(
            "Suggestions",
            [
                Say(
                    "The effect is that of each change alone over the last 90 days; that of a threshold, of all changes together. Nothing changes before both teams have signed.",
                    "L’effet est celui de chaque changement seul sur les 90 derniers jours\u00A0; celui d’un seuil, de tous les changements ensemble. Rien ne change avant que les deux équipes aient signé."),
            ],
            [Say("what", "quoi"), Say("criterion", "critère"), Say("from", "de"), Say("to", "à"), Say("MQLs gained", "MQL gagnés"), Say("MQLs lost", "MQL perdus"), Say("why", "pourquoi")],
            [.. _report.Suggestions.Select(suggestion => (IReadOnlyList<string>)
            [
                Kind(suggestion.Change.Kind),
                suggestion.Change.Where + (suggestion.Change.Tier is { } tier ? Say($", tier {Text(tier)}", $", palier {Text(tier)}") : ""),
                Text(suggestion.Change.From),
                Text(suggestion.Change.To),
                suggestion.Effect is { } gain ? Of(gain.Gained) : "",
                suggestion.Effect is { } loss ? Of(loss.Lost) : "",
                suggestion.Change.Why.In(_language),
            ])]);
    }

    private PageSection Whole()
    {
        if (_report.Effect is not { } effect)
        {
            return new("", [], [], []);
        }

        return new(
            Say("All changes together, over the last 90 days", "Tous les changements ensemble, sur les 90 derniers jours"),
            [
                Say(
                    $"{Text(effect.PresentMqls)} MQLs as it is, {Text(effect.ProposedMqls)} as proposed. Gained: {Of(effect.Gained)}. Lost: {Of(effect.Lost)}.",
                    $"{Text(effect.PresentMqls)} MQL aujourd’hui, {Text(effect.ProposedMqls)} avec la proposition. Gagnés\u00A0: {Of(effect.Gained)}. Perdus\u00A0: {Of(effect.Lost)}."),
            ],
            ["", "lead", Say("MQL on", "MQL le"), Say("verdict", "verdict"), Say("won", "gagné")],
            [.. Rows(Say("gained", "gagné"), effect.Gained), .. Rows(Say("lost", "perdu"), effect.Lost)]);
    }

    private PageSection Health() => new(Say("Health of the agreement", "Santé de l’accord"), [.. _report.Health.Select(finding => finding.Sentence.In(_language))], [], []);

    private IEnumerable<IReadOnlyList<string>> Rows(string side, IReadOnlyList<ChangedLead> leads) => leads.Take(NamedInTables).Select(lead => (IReadOnlyList<string>)
    [
        side, lead.Name, lead.MqlAt.ToString()[..10], lead.Verdict is { } verdict ? Verdict(verdict.Value, verdict.Reason) : "", lead.IsWon ? Say("won", "gagné") : "",
    ]);

    /// <summary>Such as <c>52 (0 accepted, 50 rejected)</c>: the others have no verdict.</summary>
    private string Of(IReadOnlyList<ChangedLead> leads)
    {
        if (leads.Count == 0)
        {
            return Text(0);
        }

        var (accepted, rejected, won) = (
            leads.Count(lead => lead.Verdict is { Value: not VerdictValue.Rejected }), leads.Count(lead => lead.Verdict is { Value: VerdictValue.Rejected }), leads.Count(lead => lead.IsWon));
        return $"{Text(leads.Count)} ({Text(accepted)} {Say("accepted", accepted == 1 ? "accepté" : "acceptés")}, {Text(rejected)} {Say("rejected", rejected == 1 ? "rejeté" : "rejetés")}"
            + (won > 0 ? $", {Text(won)} {Say("won", won == 1 ? "gagné" : "gagnés")})" : ")");
    }

    private string Verdict(VerdictValue value, string? reason)
    {
        var word = value switch
        {
            VerdictValue.Accepted => Say("accepted", "accepté"),
            VerdictValue.Qualified => Say("qualified", "qualifié"),
            VerdictValue.Rejected => Say("rejected", "rejeté"),
            _ => value.Word(),
        };
        return reason is { Length: > 0 } ? $"{word} ({SuggestionSentences.Reason(_report.Definition, reason).In(_language)})" : word;
    }

    private string Kind(string kind) => kind switch
    {
        ProposedChange.Points => "points",
        ProposedChange.Remove => Say("remove", "supprimer"),
        ProposedChange.Criterion => Say("new criterion", "nouveau critère"),
        ProposedChange.Exclusion => Say("new exclusion", "nouvelle exclusion"),
        ProposedChange.Threshold => Say("threshold", "seuil"),
        _ => kind,
    };

    private string Say(string english, string french) => _language == Language.French ? french : english;

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private string Number(double number) => number.ToString("0.000", CultureInfo.InvariantCulture).Replace(".", Say(".", ","), StringComparison.Ordinal);
}
