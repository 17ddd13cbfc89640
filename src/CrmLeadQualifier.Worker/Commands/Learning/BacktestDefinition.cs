using System.CommandLine;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Definition;

namespace CrmLeadQualifier.Worker.Commands.Learning;

internal sealed class BacktestDefinition : ProgramCommand
{
    private const string Html = "html";

    /// <summary>So many gained and lost leads are named on the terminal.</summary>
    private const int NamedOnTerminal = 20;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(3);

    private readonly Option<string> _definition = new("--definition") { HelpName = "FILE", Required = true, Description = "The candidate (YAML)." };

    private readonly Option<string?> _against = new("--against")
    {
        HelpName = "FILE",
        Description = "The definition to compare it with. Default: the one in force; with --leads, none.",
    };

    private readonly Option<string?> _leads = new("--leads")
    {
        HelpName = "FILE",
        Description = "Leads with their verdicts and deals, one a line (JSON Lines); - for standard input. Default: the ledger.",
    };

    private readonly Option<string?> _from = new("--from") { HelpName = "INSTANT", Description = "The cohort's first instant; a day begins in the definition's time zone. Default: a year before --to; with --leads, the first day of the file." };
    private readonly Option<string?> _to = new("--to") { HelpName = "INSTANT", Description = "The first instant after it; nothing later is looked at. Default: now; with --leads, the end of the file's last day." };

    private readonly Option<string> _format = new Option<string>("--format") { HelpName = "text|json|html", Description = "For a person, for a program, or as one page with charts.", DefaultValueFactory = _ => "text" }
        .AcceptOnlyFromAmong("text", GlobalOptions.Json, Html);

    public BacktestDefinition(Terminal terminal)
        : base(terminal, "backtest", "Replays a definition over history, against the active one, knowing at each instant only what was known then.",
            "backtest --definition definitions/b2b-software.en.yaml --format html > backtest.html")
    {
        Add(_definition);
        Add(_against);
        Add(_leads);
        Add(_from);
        Add(_to);
        Add(GlobalOptions.At);
        Add(_format);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var candidate = await ReadAsync(context, parsed.GetRequiredValue(_definition));
        var calendar = new AgreementCalendar(candidate.Definition.Sales.BusinessHours.Zone);
        var (from, to) = (InstantOption.Read(parsed, _from, calendar), InstantOption.Read(parsed, _to, calendar));
        if (from >= to)
        {
            throw new UsageException($"--from {from} is not before --to {to}.");
        }

        var named = parsed.GetValue(_against) is { } other ? await ReadAsync(context, other) : null;
        var now = Instant.Now(context.Clock);
        if (parsed.GetValue(_leads) is not { } path)
        {
            var lastSaid = TimeProvider.System.GetTimestamp();
            Print(context, parsed, await LedgerBacktest.RunAsync(await context.OpenLedgerAsync(), candidate, named, from, to, now, Say, context.Cancellation));
            return ExitCode.Done;

            void Say(int done)
            {
                if (TimeProvider.System.GetElapsedTime(lastSaid) > BetweenLines)
                {
                    lastSaid = TimeProvider.System.GetTimestamp();
                    context.Terminal.Say($"{done} leads replayed");
                }
            }
        }

        using var input = path == "-" ? await StandardInputAsync(context.Cancellation) : null;
        var file = new FileBacktest(
            () => input is null ? Open(path) : new MemoryStream(input.GetBuffer(), 0, (int)input.Length, writable: false),
            path == "-" ? "standard input" : Path.GetFileName(path),
            (line, sentence) => context.Terminal.Say($"{(path == "-" ? "standard input" : path)}:{line}: {sentence}"));
        Print(context, parsed, file.Run(candidate, named, from, to, now, context.Cancellation));
        return file.Invalid > 0 ? ExitCode.DoneWithFailures : ExitCode.Done;
    }

    private void Print(CommandContext context, ParseResult parsed, BacktestReport report)
    {
        switch (parsed.GetRequiredValue(_format))
        {
            case GlobalOptions.Json:
                context.Terminal.Json(BacktestJson.Build(report));
                break;
            case Html:
                context.Terminal.Result(BacktestPage.Write(report));
                break;
            default:
                context.Terminal.Sections(BacktestText.Sections(report, NamedOnTerminal));
                break;
        }
    }

    private static async Task<NamedDefinition> ReadAsync(CommandContext context, string path) =>
        new((await DefinitionFile.ReadAsync(context, path)).Definition, Path.GetFileName(path));

    private static async Task<MemoryStream> StandardInputAsync(CancellationToken cancellation)
    {
        var kept = new MemoryStream();
        await using var input = Terminal.StandardInput();
        await input.CopyToAsync(kept, cancellation);
        return kept;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CommandContext.CannotRead(path, e);
        }
    }
}
