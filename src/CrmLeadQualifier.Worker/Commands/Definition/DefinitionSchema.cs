using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class DefinitionSchema(Terminal terminal)
    : ProgramCommand(terminal, "schema", "Prints the JSON Schema by which an editor completes and checks a definition.", "definition schema")
{
    protected override Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        context.Terminal.Result(Core.Definitions.Schema.DefinitionSchema.Json);
        return Task.FromResult(ExitCode.Done);
    }
}
