using System.CommandLine;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Jobs;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Serving;

/// <summary>What <c>serve</c> and <c>demo</c> have in common: a worker until it is told to stop, and where it is.</summary>
internal static class ServedConsole
{
    public static Option<int> PortOption(int standard) => new("--port") { HelpName = "P", Description = "Of the console, on this machine only; 0: a free one.", DefaultValueFactory = _ => standard };

    public static int ReadPort(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is var port and >= 0 and <= 65535 ? port : throw new UsageException("--port is a number from 0 to 65535.");

    /// <param name="announce">Prints where it is, and the first administrator's password where there is one: it is shown this once.</param>
    public static async Task RunAsync(CommandContext context, ILedger ledger, int port, Action<ConsoleAddress> announce)
    {
        await using var host = await WorkerHost.StartAsync(context, ledger, port);
        announce(new ConsoleAddress(host.Address, await FirstAccount.EnsureAsync(ledger, TimeProvider.System, context.Cancellation)));
        await host.UntilStoppedAsync(context.Cancellation);
    }
}

/// <param name="Start">With a slash at its end.</param>
/// <param name="Password">Of the administrator whom the ledger got just now; null: there were accounts already.</param>
internal sealed record ConsoleAddress(string Start, string? Password)
{
    public string Dashboard => Start + JobDashboard.Path[1..];

    public string Runs => Start + "runs";

    /// <summary>Null: nothing is to be said.</summary>
    public string? Administrator => Password is null ? null : $"The console's administrator is '{FirstAccount.Name}', with the password (shown this once): {Password}";
}
