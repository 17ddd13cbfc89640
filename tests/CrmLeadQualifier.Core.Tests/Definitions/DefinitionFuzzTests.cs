using CrmLeadQualifier.Core.Definitions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class DefinitionFuzzTests
{
    private static readonly string[] Pieces =
    [
        " ", "\n", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a ", "*a", "!", "%", "|", ">", "?", "~", "null", "0", "-1", "1e9", "true", "\u00E9", "😀", "\u2028",
        "\uFEFF", "\0", "any: ", "none: ", "on: chat", "tiers", "decay: none", "---\n", "...\n", "%", "<<: ", "\\u", "{}", "[]",
    ];

    [Property(MaxTest = 3000)]
    public Property A_damaged_file_gives_problems_or_a_definition_and_never_an_exception()
        => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var yaml = Damaged(new Random(seed));
            var reading = Examples.Read(yaml);
            var hasErrors = reading.Problems.Any(problem => problem.Severity == ProblemSeverity.Error);
            var placed = reading.Problems.All(problem => problem is { Line: >= 1, Column: >= 1, Message.Length: > 0 });
            return (hasErrors == (reading.Definition is null) && placed).Label(yaml);
        });

    private static string Damaged(Random random)
    {
        var yaml = Examples.Language;
        for (var damages = random.Next(1, 5); damages > 0; damages--)
        {
            var at = random.Next(yaml.Length);
            var lines = yaml.Split('\n');
            var line = random.Next(lines.Length);
            yaml = random.Next(7) switch
            {
                0 => yaml.Remove(at, 1),
                1 => yaml.Remove(at, Math.Min(random.Next(1, 30), yaml.Length - at)),
                2 => yaml.Insert(at, Pieces[random.Next(Pieces.Length)]),
                3 => yaml[..at] + Pieces[random.Next(Pieces.Length)] + yaml[Math.Min(at + 1, yaml.Length)..],
                4 => string.Join('\n', lines.Where((_, i) => i != line)),
                5 => string.Join('\n', [.. lines[..line], lines[random.Next(lines.Length)], .. lines[line..]]),
                _ => yaml[..at] + string.Concat(yaml.Skip(at).Take(20).Reverse()) + yaml[Math.Min(at + 20, yaml.Length)..],
            };
        }

        return yaml;
    }
}
