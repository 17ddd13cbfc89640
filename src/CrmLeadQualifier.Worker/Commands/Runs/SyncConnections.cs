using System.CommandLine;
using System.Text.Json;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class SyncConnections : ProgramCommand
{
    private readonly Argument<string?> _connection = new("CONNECTION") { Arity = ArgumentArity.ZeroOrOne, Description = "Default: all." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Lets the run write although it is larger than the breaker allows." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Reads and decides everything, writes nothing to a CRM, and says what it would write." };
    private readonly Option<string?> _plan = new("--plan") { HelpName = "FILE", Description = "With --dry-run: keeps the plan for apply." };

    public SyncConnections(Terminal terminal)
        : base(terminal, "sync", "One run of the loop, now: pull, link, score, decide, push.", "sync hub --dry-run --plan plan.json")
    {
        Add(_connection);
        Add(_yes);
        Add(_dryRun);
        Add(_plan);
        Add(GlobalOptions.At);
    }

    public static async Task<RunReport> SyncAsync(CommandContext context, SyncRequest request)
    {
        var run = new SyncRun(await context.OpenLedgerAsync(), context.Clients.Open, context.Clock) { Handover = context.HandOvers.Crm, Holidays = context.HandOvers.Holidays, Overdue = context.HandOvers.Overdue, Options = context.Clients.Options, Patience = ConnectionSession.UsualPatience };
        return await RunProgressDisplay.ShowAsync(context.Terminal, progress => run.RunAsync(request, progress, context.Cancellation));
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var dryRun = parsed.GetValue(_dryRun);
        var file = parsed.GetValue(_plan);
        if (file is not null && !dryRun)
        {
            throw new UsageException("--plan goes with --dry-run.");
        }

        var name = parsed.GetValue(_connection);
        await context.ConnectionsAsync(name);
        var report = await SyncAsync(context, new SyncRequest { Connection = name, Yes = parsed.GetValue(_yes), DryRun = dryRun });
        if (report.Plan is not { } plan)
        {
            return RunPrinter.Print(context, report);
        }

        if (file is not null)
        {
            await KeepAsync(file, plan, context.Cancellation);
        }

        if (context.IsJson)
        {
            context.Terminal.Json(plan);
        }
        else
        {
            context.Terminal.Table(
                ["connection", "record", "field", "from", "to"],
                plan.Writes.Select(write => (IReadOnlyList<string>)[write.Connection, write.Record, write.Field, write.From, write.To]));
            context.Terminal.Result($"{plan.Writes.Count} fields on {plan.Writes.Select(write => (write.Connection, write.Object, write.Record)).Distinct().Count()} records, "
                + $"{plan.Calls} API calls; nothing was written. " + (file is null ? "" : $"apply {file} carries it out, until {plan.ExpiresAt}."));
        }

        RunPrinter.PrintRemarks(context, report);
        return RunPrinter.ExitCodeOf(report);
    }

    private static async Task KeepAsync(string file, WritePlan plan, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(plan, JsonText.Options), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{file} cannot be written: {e.Message}");
        }
    }
}
