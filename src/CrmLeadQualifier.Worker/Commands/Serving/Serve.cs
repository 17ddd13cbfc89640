using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Jobs;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Serving;

internal sealed class Serve : ProgramCommand
{
    private const int DefaultPort = 5080;

    private readonly Option<int> _port = ServedConsole.PortOption(DefaultPort);

    public Serve(Terminal terminal)
        : base(terminal, "serve", "Works by itself until it is told to stop: jobs, their dashboard, the console.", "serve --port 5080") => Add(_port);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var port = ServedConsole.ReadPort(parsed, _port);
        using var alone = context.LedgerConnectionString is null ? OnlyWorker.Take(context.Folder) : null;
        var ledger = await context.OpenLedgerAsync();
        if (context.LedgerConnectionString is { } connectionString)
        {
            await JobSchema.PrepareAsync(connectionString, upgrades: false, context.Cancellation);
        }

        await ServedConsole.RunAsync(context, ledger, port, address =>
        {
            if (address.Administrator is { } administrator)
            {
                context.Terminal.Say(administrator);
            }

            if (context.IsJson)
            {
                context.Terminal.Json(new { console = address.Start, dashboard = address.Dashboard, runs = address.Runs });
            }
            else
            {
                context.Terminal.Result($"Console {address.Start}, jobs {address.Dashboard}, runs {address.Runs}. Ctrl-C or SIGTERM ends it at the next page.");
            }
        });
        return ExitCode.Done;
    }
}
