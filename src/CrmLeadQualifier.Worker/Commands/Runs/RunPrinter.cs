using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

/// <summary>A run for a person or a program, and the exit code that it comes to.</summary>
internal static class RunPrinter
{
    public static int Print(CommandContext context, RunReport report)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(Json(report));
        }
        else
        {
            PrintText(context.Terminal, report);
        }

        PrintRemarks(context, report);
        return ExitCodeOf(report);
    }

    public static int ExitCodeOf(RunReport report) =>
        report.IsRefused ? ExitCode.Refused : report.Failures.Count > 0 ? ExitCode.DoneWithFailures : ExitCode.Done;

    /// <summary>The page's form of a run.</summary>
    public static JsonObject Json(RunReport report) => new()
    {
        ["run"] = report.Run,
        ["connections"] = new JsonArray([.. report.Connections.Select(connection => new JsonObject
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
        })]),
        ["leads"] = new JsonObject { ["total"] = report.Leads.Total, ["scored"] = report.Scored, ["held"] = report.Leads.Held },
        ["stages"] = new JsonObject(report.Leads.ByStage.OrderBy(stage => stage.Key)
            .Select(stage => KeyValuePair.Create(stage.Key.ToString().ToLowerInvariant(), (JsonNode?)stage.Value))),
        ["seconds"] = Math.Round(report.Seconds, 1),
    };

    public static void PrintText(Terminal terminal, RunReport report)
    {
        terminal.Result(string.Create(CultureInfo.InvariantCulture, $"Run {report.Run}: {report.Leads.Total} leads, {report.Scored} scored, {report.Leads.Held} held, {report.Seconds:F1} s"));
        if (report.Connections.Count > 0)
        {
            terminal.Table(
                ["connection", "records read", "activities read", "records written", "fields written", "calls", "refused", "quarantined"],
                report.Connections.Select(connection => (IReadOnlyList<string>)
                [
                    connection.Name, $"{connection.RecordsRead}", $"{connection.ActivitiesRead}", $"{connection.RecordsWritten}", $"{connection.FieldsWritten}",
                    $"{connection.Calls}", $"{connection.Refused}", $"{connection.Quarantined}",
                ]));
        }

        var stages = report.Leads.ByStage.OrderBy(stage => stage.Key).ToList();
        terminal.Table([.. stages.Select(stage => stage.Key.ToString().ToLowerInvariant())], [[.. stages.Select(stage => $"{stage.Value}")]]);
    }

    /// <summary>Notices and failures go to standard error in either format: the JSON form has no place for them.</summary>
    public static void PrintRemarks(CommandContext context, RunReport report)
    {
        foreach (var notice in report.Notices)
        {
            context.Terminal.Say($"Note: {notice}");
        }

        foreach (var failure in report.Failures)
        {
            context.Folder.Log.Write("run", $"{report.Run} failure: {failure}");
            context.Terminal.Say($"Failed: {failure}");
        }
    }
}
