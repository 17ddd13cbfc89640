using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Jobs;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class Migrate : ProgramCommand
{
    public Migrate(Terminal terminal)
        : base(terminal, "migrate", "Creates the ledger, or upgrades it to this version.", "migrate") => Add(GlobalOptions.At);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var scripts = await context.UnopenedLedger().MigrateAsync(context.Cancellation);
        context.Folder.Restrict(context.Folder.Ledger);
        var ledger = context.Folder.Ledger;
        if (context.LedgerConnectionString is { } connectionString)
        {
            ledger = "The ledger on PostgreSQL";
            await JobSchema.PrepareAsync(connectionString, upgrades: true, context.Cancellation);
        }

        if (context.IsJson)
        {
            context.Terminal.Json(new { ledger, scripts });
        }
        else
        {
            context.Terminal.Result(scripts.Count == 0 ? $"{ledger} is up to date." : $"{ledger} is up to date now: {string.Join(", ", scripts)}.");
        }

        return ExitCode.Done;
    }
}
