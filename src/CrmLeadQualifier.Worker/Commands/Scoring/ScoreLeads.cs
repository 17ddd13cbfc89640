using System.CommandLine;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Definition;

namespace CrmLeadQualifier.Worker.Commands.Scoring;

internal sealed class ScoreLeads : ProgramCommand
{
    private readonly Option<string> _definition = new("--definition") { HelpName = "FILE", Required = true, Description = "A definition (YAML)." };
    private readonly Option<string> _leads = new("--leads") { HelpName = "FILE", Required = true, Description = "Leads, one a line (JSON Lines); - for standard input." };
    private readonly Option<Instant?> _at = GlobalOptions.InstantOption("--at", "The instant as of which the leads are scored.");

    public ScoreLeads(Terminal terminal)
        : base(terminal, "score", "Scores a file of leads without any CRM or database; one JSON line a lead.",
            "score --definition definitions/b2b-software.en.yaml --leads leads.jsonl --at 2026-11-23T09:30:00Z")
    {
        _at.Required = true;
        Add(_definition);
        Add(_leads);
        Add(_at);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var (definition, _) = await DefinitionFile.ReadAsync(context, parsed.GetRequiredValue(_definition));
        var path = parsed.GetRequiredValue(_leads);
        await using var input = Open(path);
        await using var output = Terminal.StandardOutput();
        var name = path == "-" ? "standard input" : path;
        var summary = new LeadFileScorer(ScoringPlan.Compile(definition), definition.Attributes).Score(
            input,
            output,
            parsed.GetRequiredValue(_at)!.Value,
            (line, sentence) => context.Terminal.Say($"{name}:{line}: {sentence}"),
            context.Cancellation);
        if (summary.Problems > 0)
        {
            context.Terminal.Say($"{summary.Problems} values or activities could not be read by their type: they count as unknown.");
        }

        return summary.Invalid > 0 ? ExitCode.DoneWithFailures : ExitCode.Done;
    }

    private static Stream Open(string path)
    {
        if (path == "-")
        {
            return Terminal.StandardInput();
        }

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
