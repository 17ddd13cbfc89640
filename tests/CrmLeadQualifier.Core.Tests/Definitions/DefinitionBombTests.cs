using System.Diagnostics;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>Files made to exhaust whoever reads them. They are timed, so no other test runs beside them.</summary>
[Collection(nameof(Timed))]
public sealed class DefinitionBombTests
{
    public static TheoryData<string, string> Bombs => new()
    {
        { "brackets", new string('[', 500_000) },
        { "brackets that close", new string('[', 100_000) + new string(']', 100_000) },
        { "braces", string.Concat(Enumerable.Repeat("{a: ", 100_000)) },
        { "braces and brackets", string.Concat(Enumerable.Repeat("[{a: ", 100_000)) },
        { "dashes on a line", string.Concat(Enumerable.Repeat("- ", 200_000)) },
        { "question marks on a line", string.Concat(Enumerable.Repeat("? ", 200_000)) },
        { "colons", string.Concat(Enumerable.Repeat(": ", 200_000)) },
        { "double quotes", new string('"', 500_000) },
        { "single quotes", new string('\'', 500_000) },
        { "an open quote", "definition: \"" + new string('a', 500_000) },
        { "escapes", "definition: \"" + string.Concat(Enumerable.Repeat("\\u0041", 100_000)) + "\"" },
        { "indentation", string.Join('\n', Enumerable.Range(0, 1200).Select(depth => new string(' ', depth) + "a:")) },
        { "a million spaces", new string(' ', 1_000_000) + "a: b" },
        { "line feeds", new string('\n', 1_000_000) },
        { "comments", string.Concat(Enumerable.Repeat("# x\n", 200_000)) },
        { "anchors", "a0: &a0 [x, x]\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n")) },
        { "anchors within one another", string.Concat(Enumerable.Repeat("&a [", 50_000)) },
        { "tags", string.Concat(Enumerable.Repeat("!!map {a: ", 50_000)) },
        { "merge keys", string.Concat(Enumerable.Repeat("<<: {a: b}\n", 50_000)) },
        { "documents", string.Concat(Enumerable.Repeat("---\na: b\n", 50_000)) },
        { "directives", string.Concat(Enumerable.Repeat("%YAML 1.2\n", 50_000)) },
        { "keys", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"k{i}: 1\n")) },
        { "the same key", string.Concat(Enumerable.Repeat("definition: a\n", 50_000)) },
        { "a key of a megabyte", new string('k', 1_000_000) + ": 1" },
        { "criteria", "profile:\n  criteria:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"    - {{ id: c{i}, label: C, if: {{ country: FR }}, points: 1 }}\n")) },
        { "operands", Examples.Minimal("exclusions: [{ id: x, label: X, if: { country: [" + string.Join(", ", Enumerable.Range(0, 100_000)) + "] } }]") },
        { "tabs", string.Concat(Enumerable.Repeat("\t", 500_000)) + "a: b" },
        { "block scalars", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}: |\n  x\n")) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_costs_less_than_a_second(string what, string yaml)
    {
        var (reading, took) = ReadingTime.Of(yaml);

        Assert.True(reading.Definition is not null || reading.Problems.Any(problem => problem is { Line: >= 1, Column: >= 1, Message.Length: > 0 }), what);
        Assert.True(took < ReadingTime.Longest, $"{what}: {took}");
    }
}

[CollectionDefinition(nameof(Timed), DisableParallelization = true)]
public sealed class Timed;

/// <summary>How long a file takes to read.</summary>
internal static class ReadingTime
{
    /// <summary>No file may take longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>A reading that took long is timed again: another process may have had the processor.</summary>
    public static (DefinitionReading Reading, TimeSpan Took) Of(string yaml)
    {
        for (var attempt = 1; ; attempt++)
        {
            var clock = Stopwatch.StartNew();
            var reading = Examples.Read(yaml);
            if (clock.Elapsed < Longest || attempt == 3)
            {
                return (reading, clock.Elapsed);
            }
        }
    }
}
