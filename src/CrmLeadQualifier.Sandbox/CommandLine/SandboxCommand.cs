using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.Limits;
using Microsoft.AspNetCore.Connections;

namespace CrmLeadQualifier.Sandbox.CommandLine;

/// <summary>Reads the command line, starts the sandbox, tells where it is, and waits for its end.</summary>
internal static class SandboxCommand
{
    private const int Done = 0;
    private const int WrongUsage = 2;

    private static readonly Option<string?> Leads = new("--leads") { Description = "A file of leads (JSON Lines) to load", HelpName = "FILE" };
    private static readonly Option<int?> Contacts = new(
        "--contacts") { Description = $"Make up this many people instead (default {SandboxOptions.DefaultContacts})", HelpName = "N" };
    private static readonly Option<int> Answered = new(
        "--answered") { Description = "Make up this many people more, who asked for a demo in the past year and were answered by sales", HelpName = "N" };
    private static readonly Option<int> Seed = new("--seed") { Description = "Decides the made-up people and random faults", HelpName = "S",
        DefaultValueFactory = _ => 1 };
    private static readonly Option<int> HubSpotPort = new("--hubspot-port") { Description = "Port of the emulated HubSpot (default: a free one)",
        HelpName = "P" };
    private static readonly Option<int?> SalesforcePort = new(
        "--salesforce-port") { Description = "Port of the emulated Salesforce (default: a free one)", HelpName = "P" };
    private static readonly Option<string> Split = new("--split") { Description = "Which CRMs are started, and get the leads",
        HelpName = "hubspot|salesforce|both", DefaultValueFactory = _ => "both" };
    private static readonly Option<string> RateLimits = new("--rate-limits") { Description = "Calls in ten seconds", HelpName = "off|100|110|190|250",
        DefaultValueFactory = _ => "190" };
    private static readonly Option<int> Latency = new("--latency") { Description = "Milliseconds before every answer", HelpName = "MS" };
    private static readonly Option<string> Connector = new("--connector") { Description = "A third program that copies between the two CRMs",
        HelpName = "on|off",
        DefaultValueFactory = _ => "off" };
    private static readonly Option<string> Sales = new("--sales") { Description = "A simulated sales team that answers in the CRMs, within hours or (quick) minutes",
        HelpName = "on|quick|off",
        DefaultValueFactory = _ => "off" };
    private static readonly Option<string?> FaultNames = new(
        "--faults") { Description = "NAME[=ARGUMENT][@CALL],…: transient, or names of docs/sandbox.md", HelpName = "LIST" };
    private static readonly Option<double> FaultRate = new("--fault-rate") { Description = "Share of calls that meet a random fault, 0 to 1",
        HelpName = "P" };
    private static readonly Option<int> Forms = new("--forms") { Description = "The portal has at least so many forms", HelpName = "N" };
    private static readonly Option<string?> At = new("--at") { Description = "Where the clock starts (default: now)", HelpName = "INSTANT" };
    private static readonly Option<double> IndexLag = new("--index-lag") { Description = "Longest seconds until search knows of a change",
        HelpName = "SECONDS", Hidden = true, DefaultValueFactory = _ => 5 };
    private static readonly Option<bool> UntilStdinCloses = new("--until-stdin-closes") { Description = "End when standard input closes" };

    public static async Task<int> RunAsync(string[] arguments)
    {
        var command = new RootCommand(
            "Emulates HubSpot and Salesforce over HTTP on loopback.\n\nExample: crm-lead-qualifier-sandbox --contacts 500 --seed 7 --rate-limits off")
        {
            Leads, Contacts, Answered, Seed, HubSpotPort, SalesforcePort, Split, RateLimits, Latency, Connector, Sales, FaultNames, FaultRate, Forms, At, IndexLag,
                UntilStdinCloses,
        };
        command.SetAction(async (parsed, _) =>
        {
            if (!TryRead(parsed, out var options, out var error))
                return Refuse(error);
            return await ServeAsync(options, parsed.GetValue(UntilStdinCloses));
        });
        var result = command.Parse(arguments);
        if (result.Errors.Count > 0)
            return Refuse(string.Join(Environment.NewLine, result.Errors.Select(error => error.Message)));
        // Signals are handled below, where the server can end quietly.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static bool TryRead(ParseResult parsed, out SandboxOptions options, out string error)
    {
        options = new SandboxOptions();
        error = Unfit(parsed) ?? "";
        if (error.Length > 0)
            return false;
        if (!FaultList.TryRead(parsed.GetValue(FaultNames), out var faults, out error))
            return false;
        DateTimeOffset? at = null;
        if (parsed.GetValue(At) is { } instant)
        {
            if (!instant.Contains('-', StringComparison.Ordinal) || !Clock.Instant.TryRead(instant, out var milliseconds))
            {
                error = $"--at {instant} is no instant: write 2026-11-23T09:30:00Z, or a day.";
                return false;
            }
            at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
        options = new SandboxOptions
        {
            Leads = parsed.GetValue(Leads),
            Contacts = parsed.GetValue(Contacts) ?? SandboxOptions.DefaultContacts,
            Answered = parsed.GetValue(Answered),
            Seed = parsed.GetValue(Seed),
            HubSpotPort = parsed.GetValue(HubSpotPort),
            SalesforcePort = parsed.GetValue(SalesforcePort) ?? 0,
            Split = ReadSplit(parsed.GetValue(Split))!.Value,
            Connector = parsed.GetValue(Connector) == "on",
            Sales = parsed.GetValue(Sales) is "on" or "quick",
            QuickSales = parsed.GetValue(Sales) == "quick",
            Limits = LimitTier.Read(parsed.GetValue(RateLimits)!)!,
            Latency = TimeSpan.FromMilliseconds(parsed.GetValue(Latency)),
            Faults = faults,
            FaultRate = parsed.GetValue(FaultRate),
            Forms = parsed.GetValue(Forms),
            At = at,
            IndexLag = TimeSpan.FromSeconds(parsed.GetValue(IndexLag)),
        };
        return true;
    }

    private static string? Unfit(ParseResult parsed)
    {
        if (ReadSplit(parsed.GetValue(Split)) is not { } split)
            return $"--split {parsed.GetValue(Split)}: use hubspot, salesforce or both.";
        if (parsed.GetValue(SalesforcePort) is not null && split == CommandLine.Split.HubSpot)
            return "--salesforce-port needs --split salesforce or both.";
        if (parsed.GetValue(Connector) is not ("on" or "off"))
            return $"--connector {parsed.GetValue(Connector)}: use on or off.";
        if (parsed.GetValue(Connector) is "on" && split != CommandLine.Split.Both)
            return "--connector on copies between the two CRMs: it needs --split both.";
        if (parsed.GetValue(Sales) is not ("on" or "quick" or "off"))
            return $"--sales {parsed.GetValue(Sales)}: use on, quick or off.";
        if (LimitTier.Read(parsed.GetValue(RateLimits)!) is null)
            return $"--rate-limits {parsed.GetValue(RateLimits)}: use off, 100, 110, 190 or 250.";
        if (parsed.GetValue(Leads) is not null && parsed.GetValue(Contacts) is not null)
            return "--leads and --contacts exclude each other.";
        if (parsed.GetValue(Contacts) is < 0 or > 1_000_000)
            return "--contacts must be from 0 to 1000000.";
        if (parsed.GetValue(Leads) is not null && parsed.GetValue(Answered) > 0)
            return "--leads and --answered exclude each other: a file's leads bring their verdicts.";
        if (parsed.GetValue(Answered) is < 0 or > 1_000_000)
            return "--answered must be from 0 to 1000000.";
        if (parsed.GetValue(HubSpotPort) is < 0 or > 65_535)
            return "--hubspot-port must be from 0 (a free one) to 65535.";
        if (parsed.GetValue(Latency) is < 0 or > 60_000)
            return "--latency must be from 0 to 60000 milliseconds.";
        if (parsed.GetValue(Forms) is < 0 or > 5_000)
            return "--forms must be from 0 to 5000.";
        if (parsed.GetValue(FaultRate) is < 0 or > 1)
            return "--fault-rate must be from 0 to 1.";
        if (parsed.GetValue(SalesforcePort) is < 0 or > 65_535)
            return "--salesforce-port must be from 0 (a free one) to 65535.";
        return parsed.GetValue(IndexLag) is < 0 or > 300 ? "--index-lag must be from 0 to 300 seconds." : null;
    }

    private static async Task<int> ServeAsync(SandboxOptions options, bool untilStdinCloses)
    {
        SandboxServer server;
        try
        {
            server = await SandboxServer.StartAsync(options, TimeProvider.System, SandboxConsole.Error.WriteLine, CancellationToken.None);
        }
        catch (IOException failed) when (failed.InnerException is AddressInUseException)
        {
            return Refuse($"Port {options.HubSpotPort} is in use: give another --hubspot-port, or none for a free one.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return Refuse(failed.Message);
        }
        await using (server)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            await SandboxConsole.Out.WriteLineAsync(Ready(server));
            await SandboxConsole.Out.FlushAsync();
            await (untilStdinCloses ? Task.WhenAny(ended.Task, StdinClosedAsync()) : ended.Task);
            await server.StopAsync(CancellationToken.None);

            void End(PosixSignalContext signal)
            {
                signal.Cancel = true;
                ended.TrySetResult();
            }
        }
        return Done;
    }

    private static Split? ReadSplit(string? text) => text switch
    {
        "hubspot" => CommandLine.Split.HubSpot,
        "salesforce" => CommandLine.Split.Salesforce,
        "both" => CommandLine.Split.Both,
        _ => null,
    };

    private static string Ready(SandboxServer server) =>
        JsonSerializer.Serialize(new ReadyLine(server.HubSpot, server.Salesforce), ReadyJson.Default.ReadyLine);

    private static async Task StdinClosedAsync()
    {
        await using var input = SandboxConsole.OpenInput();
        var ignored = new byte[256];
        while (await input.ReadAsync(ignored) > 0)
        {
            // What the parent writes means nothing; only its end does.
        }
    }

    private static int Refuse(string error)
    {
        SandboxConsole.Error.WriteLine(error);
        return WrongUsage;
    }
}
