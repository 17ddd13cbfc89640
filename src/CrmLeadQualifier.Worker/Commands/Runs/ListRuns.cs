using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class ListRuns : ProgramCommand
{
    private readonly Option<int> _limit = new("--limit") { HelpName = "N", Description = "How many, the newest first.", DefaultValueFactory = _ => 20 };

    public ListRuns(Terminal terminal)
        : base(terminal, "runs", "Lists the runs with what they did, the newest first.", "runs --limit 5") => Add(_limit);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var limit = parsed.GetValue(_limit);
        if (limit < 1)
        {
            throw new UsageException("--limit is a number from 1.");
        }

        var runs = await context.ReadAsync(ledger => ledger.Runs.ListAsync(limit));
        if (context.IsJson)
        {
            context.Terminal.Json(runs.Select(AsJson));
            return ExitCode.Done;
        }

        context.Terminal.Table(
            ["run", "state", "read", "written", "fields", "calls", "seconds", "message"],
            runs.Select(run => (IReadOnlyList<string>)
            [
                run.Id, run.State, Sum(run, "records_read"), Sum(run, "records_written"), Sum(run, "fields_written"), Sum(run, "calls"),
                Counts(run)?["seconds"]?.ToString() ?? "", run.Message ?? "",
            ]));
        return ExitCode.Done;
    }

    /// <summary>The run as it was printed, with its state; a run that never ended has no counts.</summary>
    private static JsonObject AsJson(RunRow run)
    {
        var json = Counts(run) ?? new JsonObject { ["run"] = run.Id };
        json["state"] = run.State;
        json["message"] = run.Message;
        return json;
    }

    private static JsonObject? Counts(RunRow run) => run.Counts is null ? null : JsonNode.Parse(run.Counts) as JsonObject;

    private static string Sum(RunRow run, string key) =>
        Counts(run)?["connections"]?.AsArray().Sum(connection => connection?[key]?.GetValue<long>() ?? 0).ToString(CultureInfo.InvariantCulture) ?? "";
}
