using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>What feedback says about a definition as sentences and tables, for the terminal.</summary>
public static class SuggestionsText
{
    /// <summary>So many gained and so many lost leads are named.</summary>
    public const int Named = 100;

    private const int NamedOnTerminal = 10;

    public static IReadOnlyList<PageSection> Sections(SuggestionReport report) => [Outcome(report), Suggested(report), Whole(report), Rejected(report), Health(report)];

    private static PageSection Outcome(SuggestionReport report)
    {
        var proposal = report.Proposal;
        List<string> sentences = [$"'{report.Definition.Name}' on {report.History}: {Text(proposal.Good.Of)} leads with an outcome, {Text(proposal.Good.Count)} of them good."];
        if (proposal is { Present: { } present, Proposed: { } proposed, Improvement: { } improvement })
        {
            sentences.Add(
                $"On the newest {Text(proposal.Judged)}: AUC {Number(present.Area)} as it is, {Number(proposed.Area)} with the proposed points "
                + $"({Number(improvement.Difference)} more, 95 % from {Number(improvement.Interval.Low)} to {Number(improvement.Interval.High)}).");
        }

        if (proposal.WhyNone is { } why)
        {
            sentences.Add(why.In(Language.English));
        }

        return new("What the outcomes say", sentences, [], []);
    }

    private static PageSection Suggested(SuggestionReport report) => new(
        "Suggestions",
        report.Suggestions.Count == 0 ? [] : ["The effect is that of each change alone over the last 90 days, of a threshold that of all together. Nothing changes before both have signed."],
        ["what", "criterion", "from", "to", "gained", "lost", "why"],
        [.. report.Suggestions.Select(suggestion => (IReadOnlyList<string>)
        [
            suggestion.Change.Kind,
            suggestion.Change.Where + (suggestion.Change.Tier is { } tier ? $", tier {Text(tier)}" : ""),
            Text(suggestion.Change.From),
            Text(suggestion.Change.To),
            Text(suggestion.Effect?.Gained.Count),
            Text(suggestion.Effect?.Lost.Count),
            suggestion.Change.Why.In(Language.English),
        ])]);

    private static PageSection Whole(SuggestionReport report)
    {
        if (report.Effect is not { } effect)
        {
            return new("", [], [], []);
        }

        return new(
            "All together, over the last 90 days",
            [
                $"{Text(effect.PresentMqls)} MQLs now, {Text(effect.ProposedMqls)} then.",
                $"Gained {Of(effect.Gained)}.",
                $"Lost {Of(effect.Lost)}.",
            ],
            ["", "lead", "at", "verdict", "won"],
            [.. Rows("gained", effect.Gained), .. Rows("lost", effect.Lost)]);

        static IEnumerable<IReadOnlyList<string>> Rows(string side, IReadOnlyList<ChangedLead> leads) => leads.Take(NamedOnTerminal).Select(lead => (IReadOnlyList<string>)
        [
            side, lead.Name, lead.MqlAt.ToString(), lead.Verdict is { } verdict ? verdict.Value.Word() + (verdict.Reason is { Length: > 0 } reason ? $" ({reason})" : "") : "", lead.IsWon ? "won" : "",
        ]);
    }

    private static PageSection Rejected(SuggestionReport report) =>
        new("Systematically rejected", [.. report.RejectedSegments.Select(segment => segment.Sentence.In(Language.English))], [], []);

    private static PageSection Health(SuggestionReport report) => new("Health of the definition", [.. report.Health.Select(finding => finding.Sentence.In(Language.English))], [], []);

    private static string Of(IReadOnlyList<ChangedLead> leads) =>
        $"{Text(leads.Count)}: {Text(leads.Count(lead => lead.Verdict is { Value: not VerdictValue.Rejected }))} accepted, {Text(leads.Count(lead => lead.Verdict is { Value: VerdictValue.Rejected }))} rejected, "
        + $"{Text(leads.Count(lead => lead.Verdict is null))} without a verdict, {Text(leads.Count(lead => lead.IsWon))} won";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Number(double number) => number.ToString("0.000", CultureInfo.InvariantCulture);
}
