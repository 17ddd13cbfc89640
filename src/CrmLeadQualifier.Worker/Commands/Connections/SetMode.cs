using System.CommandLine;
using CrmLeadQualifier.Crm.Errors;
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
            if (only is not null)
            {
                await SayPilotAsync(context, changed, only);
            }
        }

        return ExitCode.Done;
    }

    /// <summary>A list or condition that selects nobody, or that the CRM does not understand, is better known now than wondered about after the next run.</summary>
    private static async Task SayPilotAsync(CommandContext context, ConnectionRow connection, string only)
    {
        try
        {
            var records = await context.Clients.Open(connection, await context.AgreementInForceAsync()).ReadListAsync(only, context.Cancellation);
            context.Terminal.Say(records.Count == 0 ? "It selects no record at all: nothing would be written." : $"It selects {records.Count} records.");
        }
        catch (CrmException refused)
        {
            context.Terminal.Say($"{refused.Message} {(refused as FatalCrmException)?.Advice}".Trim());
        }
    }
}
