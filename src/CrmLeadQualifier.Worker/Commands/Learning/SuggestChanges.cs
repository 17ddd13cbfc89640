using System.CommandLine;
using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Suggestions;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Definition;

namespace CrmLeadQualifier.Worker.Commands.Learning;

internal sealed class SuggestChanges : ProgramCommand
{
    private readonly Option<string> _outcome = new Option<string>("--outcome")
    {
        HelpName = "verdict|won",
        Description = "What tells a good lead: accepted against rejected, or won against lost.",
        DefaultValueFactory = _ => "verdict",
    }.AcceptOnlyFromAmong("verdict", "won");

    private readonly Option<double?> _capacity = new("--capacity") { HelpName = "N", Description = "MQLs a week that sales can answer: the threshold is chosen for it. Default: as many as now." };
    private readonly Option<string?> _acceptance = new("--acceptance") { HelpName = "P%", Description = "The share of MQLs that sales is to accept: the threshold is chosen for it." };
    private readonly Option<string?> _definition = new("--definition") { HelpName = "FILE", Description = "The definition to start from (YAML). Default: the one in force." };
    private readonly Option<string?> _leads = new("--leads") { HelpName = "FILE", Description = "Leads with their verdicts and deals, one a line (JSON Lines). Default: the ledger." };
    private readonly Option<string?> _patch = new("--patch") { HelpName = "FILE", Description = "Where the amended definition is written, for definition propose." };

    public SuggestChanges(Terminal terminal)
        : base(terminal, "suggest", "Proposes changes to the agreement from what became of the leads, and says what sales rejects and what is unhealthy. Changes nothing.",
            "suggest --outcome verdict --capacity 40 --patch amended.yaml")
    {
        Add(_outcome);
        Add(_capacity);
        Add(_acceptance);
        Add(_definition);
        Add(_leads);
        Add(_patch);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var capacity = parsed.GetValue(_capacity);
        if (capacity <= 0)
        {
            throw new UsageException("--capacity is a number of MQLs a week, above 0.");
        }

        var options = new SuggestionOptions(
            parsed.GetRequiredValue(_outcome) == "won" ? SuggestionOutcome.Won : SuggestionOutcome.Verdict, capacity, Acceptance(parsed.GetValue(_acceptance)));
        var path = parsed.GetValue(_leads);
        if (path is not null && parsed.GetValue(_definition) is null)
        {
            throw new UsageException("--leads needs --definition: which definition should they be held against?");
        }

        var present = await PresentAsync(context, parsed.GetValue(_definition));
        var now = Instant.Now(context.Clock);
        var invalid = 0L;
        SuggestionReport report;
        if (path is null)
        {
            report = await LedgerSuggestions.RunAsync(await context.OpenLedgerAsync(), present, options, now, context.Cancellation);
        }
        else
        {
            var file = new FileSuggestions(() => Open(path), Path.GetFileName(path), (line, sentence) => context.Terminal.Say($"{path}:{line}: {sentence}"));
            report = await file.RunAsync(present, options, now, context.Cancellation);
            invalid = file.Invalid;
        }

        await WritePatchAsync(context, parsed.GetValue(_patch), report);
        Print(context, report);
        return invalid > 0 ? ExitCode.DoneWithFailures : ExitCode.Done;
    }

    private static void Print(CommandContext context, SuggestionReport report)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(SuggestionsJson.Build(report, Core.Definitions.Language.English));
            return;
        }

        context.Terminal.Sections(SuggestionsText.Sections(report, Core.Definitions.Language.English));
    }

    private static async Task WritePatchAsync(CommandContext context, string? path, SuggestionReport report)
    {
        if (path is null)
        {
            return;
        }

        if (report.Proposal.Amended is not { } amended)
        {
            context.Terminal.Say($"{path} is not written: nothing is proposed.");
            return;
        }

        try
        {
            await File.WriteAllTextAsync(path, amended.Yaml, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), context.Cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UsageException($"{path} cannot be written: {e.Message}");
        }

        context.Terminal.Say($"The amended definition is in {path}. Read it, edit it, then: definition propose {path}");
    }

    private static async Task<WrittenDefinition> PresentAsync(CommandContext context, string? path)
    {
        if (path is not null)
        {
            var (definition, utf8) = await DefinitionFile.ReadAsync(context, path);
            return new WrittenDefinition(definition, Encoding.UTF8.GetString(utf8), Path.GetFileName(path));
        }

        return await context.ReadAsync(InForceAsync) ?? throw new UsageException("No agreement is in force yet: give --definition FILE, or have both roles sign one.");
    }

    private static async Task<WrittenDefinition?> InForceAsync(ILedgerTransaction ledger) =>
        await AgreementInForce.ReadAsync(ledger) is { } agreement ? await LedgerSuggestions.WrittenAsync(ledger, agreement) : null;

    private static double? Acceptance(string? text) => text is null ? null
        : double.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100 ? percent / 100
        : throw new UsageException($"--acceptance: '{text}' is no share. Write it as 40%.");

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
