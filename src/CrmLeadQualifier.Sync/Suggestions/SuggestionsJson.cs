using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>The JSON form of <c>suggest</c>. Every patch is a whole definition, as <c>definition propose</c> takes it.</summary>
public static class SuggestionsJson
{
    /// <param name="language">Of the sentences.</param>
    public static JsonObject Build(SuggestionReport report, Language language)
    {
        var proposal = report.Proposal;
        return new()
        {
            ["definition"] = report.Definition.Name,
            ["agreement"] = report.Definition.AgreementFingerprint,
            ["history"] = report.History,
            ["outcome"] = proposal.Outcome == SuggestionOutcome.Won ? "won" : "verdict",
            ["outcomes"] = proposal.Good.Of,
            ["good"] = proposal.Good.Count,
            ["judged"] = proposal.Judged,
            ["auc"] = new JsonObject
            {
                ["present"] = IndicatorsJson.Rounded(proposal.Present?.Area),
                ["proposed"] = IndicatorsJson.Rounded(proposal.Proposed?.Area),
                ["low"] = IndicatorsJson.Rounded(proposal.Proposed?.Interval.Low),
                ["high"] = IndicatorsJson.Rounded(proposal.Proposed?.Interval.High),
                ["improvement"] = proposal.Improvement is { } improvement
                    ? new JsonObject
                    {
                        ["value"] = IndicatorsJson.Rounded(improvement.Difference), ["low"] = IndicatorsJson.Rounded(improvement.Interval.Low), ["high"] = IndicatorsJson.Rounded(improvement.Interval.High),
                    }
                    : null,
            },
            ["suggestions"] = new JsonArray([.. report.Suggestions.Select(suggestion => Build(suggestion, language))]),
            ["effect"] = report.Effect is { } effect ? Build(effect) : null,
            ["patch"] = proposal.Amended?.Yaml,
            ["why_none"] = proposal.WhyNone?.In(language),
            ["rejected_segments"] = new JsonArray([.. report.RejectedSegments.Select(segment => Build(segment, language))]),
            ["health"] = new JsonArray([.. report.Health.Select(finding => new JsonObject
            {
                ["kind"] = finding.Kind, ["subject"] = finding.Subject, ["sentence"] = finding.Sentence.In(language), ["threshold"] = finding.Threshold,
            })]),
        };
    }

    private static JsonObject Build(Suggestion suggestion, Language language)
    {
        var change = suggestion.Change;
        return new()
        {
            ["kind"] = change.Kind,
            ["criterion"] = change.Where,
            ["tier"] = change.Tier,
            ["from"] = change.From,
            ["to"] = change.To,
            ["why"] = change.Why.In(language),
            ["effect"] = suggestion.Effect is { } effect ? Build(effect) : null,
            ["patch"] = change.Amended?.Yaml,
        };
    }

    private static JsonObject Build(SuggestionEffect effect) => new()
    {
        ["from"] = effect.From.ToString(),
        ["to"] = effect.To.ToString(),
        ["mqls_present"] = effect.PresentMqls,
        ["mqls_proposed"] = effect.ProposedMqls,
        ["gained"] = Side(effect.Gained),
        ["lost"] = Side(effect.Lost),
    };

    private static JsonObject Side(IReadOnlyList<ChangedLead> leads) => new()
    {
        ["count"] = leads.Count,
        ["accepted"] = leads.Count(lead => lead.Verdict is { Value: not VerdictValue.Rejected }),
        ["rejected"] = leads.Count(lead => lead.Verdict is { Value: VerdictValue.Rejected }),
        ["won"] = leads.Count(lead => lead.IsWon),
        ["leads"] = new JsonArray([.. leads.Take(SuggestionsText.Named).Select(lead => new JsonObject
        {
            ["lead"] = lead.Name, ["at"] = lead.MqlAt.ToString(), ["verdict"] = lead.Verdict?.Value.Word(), ["reason"] = lead.Verdict?.Reason, ["won"] = lead.IsWon,
        })]),
    };

    private static JsonObject Build(RejectedSegmentSentence found, Language language)
    {
        var json = IndicatorsJson.Build(found.Segment);
        json["sentence"] = found.Sentence.In(language);
        return json;
    }
}
