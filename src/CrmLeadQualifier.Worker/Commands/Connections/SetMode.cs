using System.CommandLine;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class SetMode : ProgramCommand
{
    private readonly Argument<string> _connection = new("CONNECTION") { Description = "A connection." };

    private readonly Argument<string> _mode = new Argument<string>("MODE") { HelpName = "observe|pilot|live|paused", Description = "What the connection may write." }
        .AcceptOnlyFromAmong("observe", "pilot", "live", "paused");

    private readonly Option<string?> _only = new("--only") { HelpName = "LIST", Description = "With pilot: the id of the CRM's list whose records may be written." };

    public SetMode(Terminal terminal)
        : base(terminal, "mode", "Sets what a connection may write: nothing, the records of a list, or all.", "mode hub pilot --only 42")
    {
        Add(_connection);
        Add(_mode);
        Add(_only);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var connection = await context.ConnectionAsync(parsed.GetRequiredValue(_connection));
        var mode = Enum.Parse<ConnectionMode>(parsed.GetRequiredValue(_mode), ignoreCase: true);
        var only = parsed.GetValue(_only);
        if (only is not null && mode != ConnectionMode.Pilot)
        {
            throw new UsageException("--only goes with pilot.");
        }

        var changed = await new ModeChanges(await context.OpenLedgerAsync()).SetAsync(connection.Name, mode, only, context.Cancellation);
        if (context.IsJson)
        {
            context.Terminal.Json(new { connection = changed.Name, mode = changed.Mode, before = connection.Mode });
        }
        else
        {
            context.Terminal.Result($"Connection {changed.Name}: {ListConnections.Word(connection.Mode)} -> {ListConnections.Word(changed.Mode)}.");
        }

        return ExitCode.Done;
    }
}
