using System.CommandLine;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Jobs;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Serving;

internal sealed class Serve : ProgramCommand
{
    private const int DefaultPort = 5080;

    private readonly Option<int> _port = new("--port") { HelpName = "P", Description = "Of the console, on this machine only; 0: a free one.", DefaultValueFactory = _ => DefaultPort };

    public Serve(Terminal terminal)
        : base(terminal, "serve", "Works by itself until it is told to stop: jobs, their dashboard, the console.", "serve --port 5080") => Add(_port);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var port = parsed.GetValue(_port);
        if (port is < 0 or > 65535)
        {
            throw new UsageException("--port is a number from 0 to 65535.");
        }

        using var alone = context.LedgerConnectionString is null ? OnlyWorker.Take(context.Folder) : null;
        var ledger = await context.OpenLedgerAsync();
        if (context.LedgerConnectionString is { } connectionString)
        {
            await JobSchema.PrepareAsync(connectionString, upgrades: false, context.Cancellation);
        }

        await using var host = await WorkerHost.StartAsync(context, ledger, port);
        if (await FirstAccount.EnsureAsync(ledger, TimeProvider.System, context.Cancellation) is { } password)
        {
            context.Terminal.Say($"The console's administrator is '{FirstAccount.Name}', with the password (shown this once): {password}");
        }

        if (context.IsJson)
        {
            context.Terminal.Json(new { console = host.Address, dashboard = host.Address + JobDashboard.Path[1..], runs = host.Address + "runs" });
        }
        else
        {
            context.Terminal.Result($"Console {host.Address}, jobs {host.Address}{JobDashboard.Path[1..]}, runs {host.Address}runs. Ctrl-C or SIGTERM ends it at the next page.");
        }

        await host.UntilStoppedAsync(context.Cancellation);
        return ExitCode.Done;
    }
}
