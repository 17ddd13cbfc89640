using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ResumeConnections : ProgramCommand
{
    private readonly Argument<string?> _connection = new("CONNECTION") { Arity = ArgumentArity.ZeroOrOne, Description = "Default: all that are paused." };

    public ResumeConnections(Terminal terminal)
        : base(terminal, "resume", "Takes paused connections back to the mode they had, and says what they will write.", "resume hub")
    {
        Add(_connection);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = parsed.GetValue(_connection);
        await context.ConnectionsAsync(name);
        var resumed = await new ModeChanges(await context.OpenLedgerAsync()).ResumeAsync(name, context.Cancellation);
        var due = new Dictionary<string, PushCounts>();
        foreach (var connection in resumed)
        {
            due[connection.Name] = await context.ReadAsync(ledger => ledger.Records.CountPushDueAsync(connection.Id, Instant.Now(context.Clock)));
        }

        if (context.IsJson)
        {
            context.Terminal.Json(resumed.Select(connection => new
            {
                connection = connection.Name,
                mode = connection.Mode,
                records_due = due[connection.Name].PushDue,
                lifecycle_moves_due = due[connection.Name].LifecycleMoves,
                hand_overs_due = due[connection.Name].HandOvers,
            }));
            return ExitCode.Done;
        }

        if (resumed.Count == 0)
        {
            context.Terminal.Result("Nothing is paused.");
        }

        foreach (var connection in resumed)
        {
            var counts = due[connection.Name];
            context.Terminal.Result($"Connection {connection.Name}: {ListConnections.Word(connection.Mode)}. Waiting to be written: {counts.PushDue} records, "
                + $"among them {counts.LifecycleMoves} moves of the CRM's lifecycle and {counts.HandOvers} hand-overs.");
            context.Terminal.Say($"Field by field: sync {connection.Name} --dry-run");
        }

        return ExitCode.Done;
    }
}
