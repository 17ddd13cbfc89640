using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The report's JSON form: the indicators of its window, those of its last week, and what the report lists by name.</summary>
public static class ReportJson
{
    public static JsonObject Build(WeeklyReport report)
    {
        var json = IndicatorsJson.Build(report.Set);
        json.Insert(0, "week", report.Week);
        json["definition_version"] = report.Agreement.Version;
        json["language"] = report.Language == Language.French ? "fr" : "en";
        json["made_at"] = report.MadeAt.ToString();
        json["review_due_at"] = report.ReviewDueAt?.ToString();
        json["last_week"] = IndicatorsJson.Build(report.Latest);
        json["overdue"] = report.Overdue;
        json["waiting_leads"] = report.Waiting;
        json["open"] = new JsonArray([.. report.Open.Select(lead => new JsonObject
        {
            ["lead"] = lead.Name, ["owner"] = lead.Owner, ["grade"] = lead.Grade, ["mql_at"] = lead.MqlAt.ToString(), ["handed_over_at"] = lead.HandedOverAt?.ToString(), ["due_at"] = lead.DueAt?.ToString(),
        })]);
        json["rejected_leads"] = new JsonArray([.. report.Rejected.Select(lead => new JsonObject
        {
            ["lead"] = lead.Name,
            ["source"] = lead.Source,
            ["owner"] = lead.Owner,
            ["grade"] = lead.Grade,
            ["total"] = lead.Total,
            ["criteria"] = Texts(lead.Criteria),
            ["reason"] = lead.Reason,
            ["comment"] = lead.Comment,
            ["mql_at"] = lead.MqlAt.ToString(),
            ["rejected_at"] = lead.RejectedAt.ToString(),
        })]);
        json["reconciliation"] = report.Reconciliation is { } reconciliation ? new JsonArray([.. reconciliation.Stages.Select(Build)]) : null;
        json["refused_streams"] = new JsonArray([.. report.RefusedStreams.Select(stream => new JsonObject
        {
            ["connection"] = stream.Connection, ["stream"] = stream.Stream, ["why"] = stream.Why, ["since"] = stream.Since?.ToString(),
        })]);
        json["changes"] = report.Changes is { } changes ? Build(changes) : null;
        json["won_without_person"] = IndicatorsJson.Build(report.WonWithoutPerson);
        json["suggestions"] = report.Suggestions is { } suggestions ? SuggestionsJson.Build(suggestions, report.Language) : null;
        return json;
    }

    private static JsonObject Build(StageReconciliation stage) => new()
    {
        ["stage"] = stage.Stage,
        ["there"] = stage.There,
        ["here"] = stage.Here,
        ["both"] = stage.Both,
        ["only_there"] = new JsonArray([.. stage.OnlyThere.Select(Build)]),
        ["only_here"] = new JsonArray([.. stage.OnlyHere.Select(Build)]),
    };

    private static JsonObject Build(ReconciledPart part) => new() { ["why"] = part.Why, ["count"] = part.Count, ["leads"] = Texts(part.Leads) };

    private static JsonObject Build(ReportChanges changes) => new()
    {
        ["week"] = changes.Week,
        ["figures"] = new JsonArray([.. changes.Figures.Select(figure => new JsonObject
        {
            ["figure"] = figure.Figure, ["was"] = IndicatorsJson.Build(figure.Was), ["is"] = IndicatorsJson.Build(figure.Is),
        })]),
        ["late_transitions"] = changes.LateStages,
        ["late_verdicts"] = changes.LateVerdicts,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);
}
