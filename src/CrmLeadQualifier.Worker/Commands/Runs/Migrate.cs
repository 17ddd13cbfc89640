using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class Migrate : ProgramCommand
{
    public Migrate(Terminal terminal)
        : base(terminal, "migrate", "Creates the ledger, or upgrades it to this version.", "migrate") => Add(GlobalOptions.At);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var scripts = await context.UnopenedLedger().MigrateAsync(context.Cancellation);
        context.Folder.Restrict(context.Folder.Ledger);
        if (context.IsJson)
        {
            context.Terminal.Json(new { ledger = context.Folder.Ledger, scripts });
        }
        else
        {
            context.Terminal.Result(scripts.Count == 0 ? $"{context.Folder.Ledger} is up to date." : $"{context.Folder.Ledger} is up to date now: {string.Join(", ", scripts)}.");
        }

        return ExitCode.Done;
    }
}
