using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A backtest in the form that <c>backtest --format json</c> prints: the indicators of the candidate's cohort, and beside them what only a comparison has.</summary>
public static class BacktestJson
{
    public static JsonObject Build(BacktestReport report)
    {
        var json = IndicatorsJson.Build(report.Candidate);
        json["against"] = report.Against is { } against ? IndicatorsJson.Build(against) : null;
        json["history"] = report.History;
        json["attributes_of_today"] = IndicatorsJson.Build(report.AttributesOfToday);
        json["gained"] = new JsonArray([.. report.Gained.Select(Build)]);
        json["lost"] = new JsonArray([.. report.Lost.Select(Build)]);
        json["mqls_per_week"] = Weeks(report);
        json["grades"] = Grades(report);
        json["outcomes"] = new JsonArray([.. report.Outcomes.Select(Build)]);
        json["auc"] = Build(report.Auc);
        return json;
    }

    private static JsonObject Build(ChangedLead lead) => new()
    {
        ["lead"] = lead.Name,
        ["at"] = lead.MqlAt.ToString(),
        ["total"] = lead.AtMql.Total,
        ["grade"] = lead.AtMql.Grade,
        ["criteria"] = new JsonObject(lead.AtMql.Criteria.Select(criterion => KeyValuePair.Create(criterion.Id, (JsonNode?)criterion.Value))),
        ["other"] = new JsonObject
        {
            ["status"] = lead.Other.Status.Word(),
            ["total"] = lead.Other.Status == LeadStatus.Unscorable ? null : lead.Other.Total,
            ["excluded_by"] = new JsonArray([.. lead.Other.ExcludedBy.Select(id => (JsonNode?)id)]),
            ["missing"] = new JsonArray([.. lead.Other.Missing.Select(attribute => (JsonNode?)attribute)]),
        },
        ["verdict"] = lead.Verdict?.Value.Word(),
        ["reason"] = lead.Verdict?.Reason,
        ["won"] = lead.IsWon,
    };

    private static JsonArray Weeks(BacktestReport report)
    {
        var active = report.Against?.Volume.Weeks.ToDictionary(week => week.Period, week => week.Mqls);
        return new([.. report.Candidate.Volume.Weeks.Select(week => new JsonObject
        {
            ["week"] = week.Period, ["candidate"] = week.Mqls, ["active"] = active is null ? null : active.GetValueOrDefault(week.Period),
        })]);
    }

    private static JsonArray Grades(BacktestReport report) => new([.. GradeCounts.Of(report).Select(grade => new JsonObject
    {
        ["grade"] = grade.Grade, ["candidate"] = grade.Candidate, ["active"] = grade.Active,
    })]);

    private static JsonObject Build(SideOutcome side) => new()
    {
        ["side"] = side.Side,
        ["mqls"] = side.Mqls,
        ["accepted"] = IndicatorsJson.WithInterval(IndicatorsJson.Build(side.Accepted), side.Accepted),
        ["close"] = IndicatorsJson.WithInterval(IndicatorsJson.Build(side.Close), side.Close),
    };

    private static JsonObject Build(BacktestAuc auc)
    {
        var json = new JsonObject
        {
            ["candidate"] = IndicatorsJson.Rounded(auc.Candidate?.Area),
            ["active"] = IndicatorsJson.Rounded(auc.Active?.Area),
            ["low"] = IndicatorsJson.Rounded(auc.Candidate?.Interval.Low),
            ["high"] = IndicatorsJson.Rounded(auc.Candidate?.Interval.High),
            ["outcomes"] = auc.Outcomes,
            ["good"] = auc.Good,
            ["difference"] = auc.Difference is { } paired
                ? new JsonObject
                {
                    ["value"] = IndicatorsJson.Rounded(paired.Difference), ["low"] = IndicatorsJson.Rounded(paired.Interval.Low), ["high"] = IndicatorsJson.Rounded(paired.Interval.High),
                }
                : null,
        };
        if (auc.Candidate is null)
        {
            json["why"] = "there are not both good and bad verdicts";
        }

        return json;
    }
}
