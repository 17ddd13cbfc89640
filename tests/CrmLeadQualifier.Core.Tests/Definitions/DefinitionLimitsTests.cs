using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class DefinitionLimitsTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData("[", "1:21")]
    [InlineData("{", "1:21")]
    [InlineData("{a: ", "1:81")]
    [InlineData("- ", "1:41")]
    [InlineData("? ", "1:41")]
    [InlineData("[\n", "21:1")]
    public void A_bomb_of_brackets_is_an_error_and_kills_nothing(string charge, string place)
    {
        var reading = Examples.Read(string.Concat(Enumerable.Repeat(charge, MiB / charge.Length)));

        Assert.Equal($"a.yaml:{place}: error", string.Join(':', Assert.Single(reading.Problems).ToString().Split(':')[..4]));
        Assert.EndsWith("Nested more than 20 deep.", reading.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Twenty_levels_are_read_and_twenty_one_are_not()
    {
        // The root, the list, its item, then two levels for each none and one for the condition inside: 3 + 2 * 8 + 1 = 20.
        static string Nested(string test) => Examples.Minimal(
            "exclusions: [ { id: x, label: X, if: " + string.Concat(Enumerable.Repeat("{ none: [ ", 8)) + $"{{ job_title: {test} }}" + string.Concat(Enumerable.Repeat(" ] }", 8)) + " } ]");

        Assert.Empty(Examples.Read(Nested("CEO")).Problems);
        Assert.Contains("Nested more than 20 deep.", Assert.Single(Examples.Read(Nested("[ CEO ]")).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_at_most_one_mebibyte()
    {
        var yaml = Examples.Minimal();
        var filler = MiB - Encoding.UTF8.GetByteCount(yaml) - 2;

        Assert.Empty(Examples.Read(yaml + "\n#" + new string('x', filler)).Problems);
        Assert.Equal(
            "a.yaml:1:1: error: The file has 1048577 bytes; a definition has at most 1048576 (1 MiB).",
            Assert.Single(Examples.Read(yaml + "\n#" + new string('x', filler + 1)).Problems).ToString());
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(501, true)]
    public void A_definition_has_at_most_500_criteria(int count, bool tooMany)
    {
        var criteria = string.Concat(Enumerable.Range(1, count).Select(i => $"    - {{ id: c{i}, label: C, if: {{ employees: {i} }}, points: 1 }}\n"));
        var errors = Examples.Read($"definition: X\nschema: 1\nmql: {{ when: {{ total: 1 }} }}\nprofile:\n  criteria:\n{criteria}")
            .Problems.Where(p => p.Severity == ProblemSeverity.Error).ToList();

        Assert.Equal(tooMany ? ["profile.criteria[500]"] : [], errors.Select(p => p.Path));
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        var yaml = Examples.Minimal();

        var reading = DefinitionReader.Read((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(yaml)], "a.yaml");

        Assert.Equal(Examples.Valid(yaml).AgreementFingerprint, reading.Definition!.AgreementFingerprint);
    }

    [Theory]
    [InlineData("%YAML 1.2\n---\n")]
    [InlineData("%YAML 1.1\n---\n")]
    [InlineData("%TAG !e! tag:example.org,2026:\n---\n")]
    [InlineData("%TAG !! tag:example.org,2026:\n---\n")]
    [InlineData("%ANYTHING else\n---\n")]
    [InlineData("\n# a comment\n%YAML 1.2\n---\n")]
    public void A_directive_is_refused(string directive)
        => Assert.Contains("Directives", Assert.Single(Examples.Read(directive + Examples.Minimal()).Problems).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n")]
    [InlineData("# nothing but this\n")]
    public void An_empty_file_is_an_error(string yaml) => Assert.Equal("a.yaml:1:1: error: The file is empty.", Assert.Single(Examples.Read(yaml).Problems).ToString());

    [Theory]
    [InlineData("\tlanguage: en", "7:1: error: YAML syntax: a tab in the indentation; use spaces.")]
    [InlineData("requires: [email\nlanguage: en", "8:1: error: YAML syntax: this cannot stand here; a bracket or a quote above may not be closed.")]
    [InlineData("ideal_customer: \"\\UFFFFFFFF\"", "7:28: error: YAML syntax: this cannot stand here; a bracket or a quote above may not be closed.")]
    [InlineData("ideal_customer: \"\\ud83d\"", "7:17: error: YAML syntax: While scanning a quoted scalar, found invalid Unicode surrogates.")]
    [InlineData("ideal_customer: a\u0001b", "7:18: error: YAML syntax: a control character (U+0001).")]
    [InlineData("ideal_customer: \"😀\" x", "7:21: error: YAML syntax: While parsing a block mapping, did not find expected key.")]
    public void A_syntax_error_ends_the_check(string line, string problem)
        => Assert.Equal("a.yaml:" + problem, Assert.Single(Examples.Read(Examples.Minimal(line) + "\nzzz: 1").Problems).ToString());

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_where_they_stand()
        => Assert.Equal(
            "a.yaml:2:3: error: The file is not UTF-8 from here on: save it as UTF-8.",
            Assert.Single(DefinitionReader.Read((byte[])[.. "a: é\n😀x"u8, 0xFF, .. "b"u8], "a.yaml").Problems).ToString());

    [Fact]
    public void Columns_count_characters_and_not_their_halves()
        => Assert.Equal(
            "a.yaml:7:28: error: ideal_customer.de: `de` is no key here; there is `en`, `fr`.",
            Assert.Single(Examples.Read(Examples.Minimal("ideal_customer: { en: \"😀\", de: x }")).Problems).ToString());

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Line_ends_of_every_system_are_read(string end)
        => Assert.Empty(Examples.Read(Examples.Minimal("language: fr").Replace("\n", end, StringComparison.Ordinal)).Problems);
}
