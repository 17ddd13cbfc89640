using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Charts;
using CrmLeadQualifier.Sync.Report;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>What feedback suggests as a part of the alignment report, in its language: what is systematically rejected, what to change, what is unhealthy.</summary>
/// <remarks>It goes through the leads of a year one by one, which in a large ledger takes minutes: the weekly report has it, and whoever asks for it.</remarks>
public sealed class SuggestionsPart(ILedger ledger)
{
    /// <inheritdoc cref="ReportPart"/>
    public async Task<IReadOnlyList<PageSection>> SectionsAsync(ReportMaterial material, CancellationToken cancellation)
    {
        var agreement = material.Agreement;
        if (await material.Ledger.Definitions.FindAsync(agreement.Version) is not { } row)
        {
            return [];
        }

        var written = new WrittenDefinition(agreement.Definition, row.Yaml, string.Create(CultureInfo.InvariantCulture, $"version {agreement.Version}"));
        var report = await LedgerSuggestions.RunAsync(ledger, written, new SuggestionOptions(SuggestionOutcome.Verdict), material.Set.Window.AsOf, cancellation);
        return Sections(report, material.Language);
    }

    public static IReadOnlyList<PageSection> Sections(SuggestionReport report, Language language)
    {
        var isFrench = language == Language.French;
        return
        [
            new(isFrench ? "Systématiquement rejetés" : "Systematically rejected", [.. report.RejectedSegments.Select(segment => segment.Sentence.In(language))], [], []),
            Suggested(report, language),
            new(isFrench ? "Santé de l'accord" : "Health of the agreement", [.. report.Health.Select(finding => finding.Sentence.In(language))], [], []),
        ];
    }

    private static PageSection Suggested(SuggestionReport report, Language language)
    {
        var isFrench = language == Language.French;
        if (report.Suggestions.Count == 0)
        {
            return new("Suggestions", report.Proposal.WhyNone is { } why ? [why.In(language)] : [], [], []);
        }

        return new(
            "Suggestions",
            [
                isFrench
                    ? "L'effet est celui de chaque changement seul sur les 90 derniers jours ; celui d'un seuil, de tous les changements ensemble. Rien ne change avant que les deux équipes aient signé."
                    : "The effect is that of each change alone over the last 90 days; that of a threshold, of all changes together. Nothing changes before both teams have signed.",
            ],
            isFrench ? ["critère", "de", "à", "MQL gagnés", "MQL perdus", "pourquoi"] : ["criterion", "from", "to", "MQLs gained", "MQLs lost", "why"],
            [.. report.Suggestions.Select(suggestion => (IReadOnlyList<string>)
            [
                suggestion.Change.Where,
                Text(suggestion.Change.From),
                Text(suggestion.Change.To),
                Text(suggestion.Effect?.Gained.Count),
                Text(suggestion.Effect?.Lost.Count),
                suggestion.Change.Why.In(language),
            ])]);
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
