using System.CommandLine;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class ValidateDefinition : ProgramCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A definition (YAML)." };

    public ValidateDefinition(Terminal terminal)
        : base(terminal, "validate", "Checks a definition and prints every problem with its place.", "definition validate definitions/b2b-software.en.yaml") => Add(_file);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(_file);
        var reading = DefinitionReader.Read(await context.ReadFileAsync(path), path);
        if (context.IsJson)
        {
            context.Terminal.Json(new
            {
                valid = reading.Definition is not null,
                definition = reading.Definition?.Name,
                agreement = reading.Definition?.AgreementFingerprint,
                scoring = reading.Definition?.ScoringFingerprint,
                problems = reading.Problems,
            });
        }
        else
        {
            foreach (var problem in reading.Problems)
            {
                context.Terminal.Result(problem.ToString());
            }

            var errors = DefinitionFile.Count(reading.Problems, ProblemSeverity.Error, "error");
            var warnings = DefinitionFile.Count(reading.Problems, ProblemSeverity.Warning, "warning");
            context.Terminal.Result(reading.Definition is { } definition
                ? $"{path}: '{definition.Name}' is valid ({definition.Criteria.Count()} criteria, {warnings}). Fingerprint {definition.AgreementFingerprint}"
                : $"{path}: {errors}, {warnings}.");
        }

        return reading.Definition is null ? ExitCode.WrongUsage : ExitCode.Done;
    }
}
