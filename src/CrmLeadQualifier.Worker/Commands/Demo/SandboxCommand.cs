using System.CommandLine;
using System.CommandLine.Parsing;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Demo;

internal sealed class SandboxCommand : ProgramCommand
{
    /// <summary>The sandbox's own options, handed on as they were written; it checks their values itself.</summary>
    private readonly IReadOnlyList<Option<string?>> _options =
    [
        new("--leads") { HelpName = "FILE", Description = "Loads a file of leads (JSON Lines)." },
        new("--contacts") { HelpName = "N", Description = "Makes up so many people instead." },
        new("--answered") { HelpName = "N", Description = "Makes up so many more, who asked for a demo in the past year and were answered by sales." },
        new("--seed") { HelpName = "S", Description = "Decides the made-up people." },
        new("--hubspot-port") { HelpName = "P", Description = "Default: a free one." },
        new("--salesforce-port") { HelpName = "P", Description = "Default: a free one." },
        new("--split") { HelpName = "hubspot|salesforce|both", Description = "Which CRMs are started, and get the leads. Default: both." },
        new("--rate-limits") { HelpName = "off|100|110|190|250", Description = "Calls in ten seconds. Default: 190." },
        new("--latency") { HelpName = "MS", Description = "Milliseconds that every answer takes longer." },
        new("--connector") { HelpName = "on|off", Description = "Whether the two copy from each other, as the native connector does. Default: off." },
        new("--sales") { HelpName = "on|quick|off", Description = "Whether a simulated sales team answers in them, within hours or minutes. Default: off." },
        new("--faults") { HelpName = "LIST", Description = "NAME[=ARGUMENT][@CALL],…: html@3, slow, missing-scope=forms; docs/sandbox.md names them all." },
        new("--fault-rate") { HelpName = "P", Description = "Share of calls, 0 to 1, that meet a random fault." },
        new("--forms") { HelpName = "N", Description = "The portal has at least so many forms, most of them without a submission." },
        new("--at") { HelpName = "INSTANT", Description = "Where its clock starts. Default: now." },
    ];

    public SandboxCommand(Terminal terminal)
        : base(terminal, "sandbox", "Starts only the emulated CRMs, on loopback, until Ctrl-C; prints one JSON line when they are ready.", "sandbox --contacts 500 --seed 7")
    {
        foreach (var option in _options)
        {
            Add(option);
        }
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var given = _options.Where(option => parsed.GetResult(option) is OptionResult { Implicit: false })
            .SelectMany(option => new[] { option.Name, parsed.GetValue(option) ?? "" });
        await using var sandbox = SandboxProcess.Start(given, readsOutput: false);
        try
        {
            return await sandbox.WaitAsync(context.Cancellation);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it is meant to end.
            return ExitCode.Done;
        }
    }
}
