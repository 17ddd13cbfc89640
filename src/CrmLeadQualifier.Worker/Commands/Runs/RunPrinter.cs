using System.Globalization;
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
            context.Terminal.Json(RunReportJson.Build(report));
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
