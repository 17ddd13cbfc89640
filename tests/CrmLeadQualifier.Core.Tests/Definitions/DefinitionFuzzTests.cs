using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions;
using FsCheck;
using FsCheck.Fluent;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed partial class DefinitionFuzzTests
{
    private static readonly string[] Pieces =
    [
        " ", "\n", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", ",", "\"", "'", "#", "&a ", "*a", "!", "%", "|", ">", "?", "~", "null", "0", "-1", "1e9", "true", "\u00E9", "😀", "\u2028",
        "\uFEFF", "\0", "any: ", "none: ", "on: chat", "tiers", "decay: none", "---\n", "...\n", "%", "<<: ", "\\u", "{}", "[]",
    ];

    private static readonly string[] Values =
    [
        "[]", "{}", "~", "\"\"", "[a]", "[[a]]", "{ a: b }", "[{ a: b }]", "0", "5", "-5", "1e99", "1001", "true", "\"5\"", "2026-01-01", "50%", "30d", "none", "C++", "é", "(", "(?i)x",
        "page_view", "[page_view, chat]", "url", "grade", "employees", "created_at", "criterion.demo_request", "demo_request", "{ within: 5d }", "{ between: [1, 2] }", "{ matches: é }",
        "{ any: [{ total: 1 }] }", "{ lose: 5%, every: 1d }", "UTC", "2026-02-30", "\"09:00\"",
    ];

    /// <summary>Ten thousand mutated files in all; CLQ_FUZZ=N takes N times as many.</summary>
    private static readonly int Files = 5000 * (int.TryParse(Environment.GetEnvironmentVariable("CLQ_FUZZ"), out var times) ? times : 1);

    [Fact]
    public void A_damaged_file_gives_problems_or_a_definition_and_never_an_exception()
        => Sound(Damaged);

    [Fact]
    public void A_value_of_any_form_in_any_place_gives_problems_or_a_definition_and_never_an_exception()
        => Sound(Exchanged);

    private static void Sound(Func<Random, string> change) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Files), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var yaml = change(new Random(seed));
        var (reading, took) = ReadingTime.Of(yaml);
        var hasErrors = reading.Problems.Any(problem => problem.Severity == ProblemSeverity.Error);
        var placed = reading.Problems.All(problem => problem is { Line: >= 1, Column: >= 1, Message.Length: > 0 });
        return (hasErrors == (reading.Definition is null) && placed && took < ReadingTime.Longest).Label(yaml);
    }));

    // Words of the file, keys and values alike, exchanged for a value of another form.
    private static string Exchanged(Random random)
    {
        var yaml = Examples.Language;
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var words = Word().Matches(yaml);
            var word = words[random.Next(words.Count)];
            yaml = yaml[..word.Index] + Values[random.Next(Values.Length)] + yaml[(word.Index + word.Length)..];
        }

        return yaml;
    }

    [GeneratedRegex(@"(?<=[:\[{,] )[\w./%""-]+|(?<=\[)\w+|\w+(?=:)")]
    private static partial Regex Word();

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
