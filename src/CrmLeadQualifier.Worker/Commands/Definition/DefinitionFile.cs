using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

/// <summary>A definition file that the user named, read and checked; every problem is said, with its place.</summary>
internal static class DefinitionFile
{
    /// <exception cref="UsageException">The file has errors, which were said.</exception>
    public static async Task<(Core.Definitions.Definition Definition, byte[] Utf8)> ReadAsync(CommandContext context, string path)
    {
        var utf8 = await context.ReadFileAsync(path);
        var reading = DefinitionReader.Read(utf8, path);
        foreach (var problem in reading.Problems)
        {
            context.Terminal.Say(problem.ToString());
        }

        return (reading.Definition ?? throw new UsageException($"{path} is no valid definition: {Count(reading.Problems, ProblemSeverity.Error, "error")}."), utf8);
    }

    public static string Count(IEnumerable<DefinitionProblem> problems, ProblemSeverity severity, string word)
    {
        var count = problems.Count(problem => problem.Severity == severity);
        return count == 1 ? $"1 {word}" : $"{count} {word}s";
    }
}
