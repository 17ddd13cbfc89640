using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>A run in the form that <c>sync</c>, <c>demo --once</c> and <c>runs</c> print and the ledger keeps.</summary>
public static class RunReportJson
{
    public static string Write(RunReport report) => Build(report).ToJsonString();

    public static JsonObject Build(RunReport report) => new()
    {
        ["run"] = report.Run,
        ["connections"] = new JsonArray([.. report.Connections.Select(Build)]),
        ["leads"] = new JsonObject { ["total"] = report.Leads.Total, ["scored"] = report.Scored, ["held"] = report.Leads.Held },
        ["stages"] = new JsonObject(Enum.GetValues<Stage>().Select(stage =>
            KeyValuePair.Create(stage.Word(), (JsonNode?)report.Leads.ByStage.GetValueOrDefault(stage)))),
        ["seconds"] = Math.Round(report.Seconds, 1),
    };

    private static JsonObject Build(ConnectionReport connection)
    {
        var json = Counts(connection);
        if (connection.Quota is { } quota)
        {
            json["quota"] = new JsonObject { ["used"] = quota.Used, ["allowed"] = quota.Allowed };
        }

        return json;
    }

    private static JsonObject Counts(ConnectionReport connection) => new()
    {
        ["name"] = connection.Name,
        ["crm"] = connection.Crm,
        ["records_read"] = connection.RecordsRead,
        ["activities_read"] = connection.ActivitiesRead,
        ["records_written"] = connection.RecordsWritten,
        ["fields_written"] = connection.FieldsWritten,
        ["calls"] = connection.Calls,
        ["refused"] = connection.Refused,
        ["busy_calls"] = connection.BusyCalls,
        ["busy_seconds"] = Math.Round(connection.BusySeconds, 1),
        ["quarantined"] = connection.Quarantined,
        ["seconds"] = Math.Round(connection.Seconds, 1),
    };
}
