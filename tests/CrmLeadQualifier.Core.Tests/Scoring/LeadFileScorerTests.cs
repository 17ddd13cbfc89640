using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Tests.Definitions;
using FsCheck;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>Definition language, section 6.</summary>
public sealed class LeadFileScorerTests
{
    private const string Yaml = """
        definition: File
        schema: 1
        requires: []
        profile: { criteria: [ { id: french, label: F, if: { country: FR }, points: 5 } ] }
        behaviour: { criteria: [ { id: pages, label: P, on: page_view, points: 1 } ] }
        mql: { when: { total: { at_least: 5 } } }
        """;

    private static (string Output, List<(long Line, string Error)> Errors, LeadFileSummary Summary) Score(byte[] input)
    {
        var definition = Scored.Definition(Yaml);
        var errors = new List<(long, string)>();
        using var output = new MemoryStream();
        var summary = new LeadFileScorer(ScoringPlan.Compile(definition), definition.Attributes)
            .Score(new MemoryStream(input), output, Scored.At(Scored.Now), (line, error) => errors.Add((line, error)));
        return (Encoding.UTF8.GetString(output.ToArray()), errors, summary);
    }

    private static string[] Ids(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];

    [Fact]
    public void Lines_are_scored_in_order_and_bad_ones_named_by_number()
    {
        var (output, errors, summary) = Score(Encoding.UTF8.GetBytes(
            "\uFEFF{\"id\": \"a\", \"attributes\": {\"country\": \"FR\"}}\r\n\n  \t\r\n{bad\n{\"id\": \"b\", \"activities\": null, \"attributes\": null, \"verdicts\": [1]}\n"
            + "{\"id\": \"a\"}\n{\"id\": \"c\", \"activities\": [{\"kind\": \"page_view\"}]}\n{\"id\": \"c\"}"));

        Assert.Equal(["a", "b", "c"], Ids(output));
        Assert.Equal([4, 6, 7], errors.Select(error => error.Line));
        Assert.Equal(new LeadFileSummary(Scored: 3, Invalid: 3, Problems: 0), summary);
        Assert.StartsWith("{\"id\": \"a\", \"status\": \"qualified\", \"profile\": 5, ", output, StringComparison.Ordinal);
        Assert.EndsWith("}\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("{}", "'id'")]
    [InlineData("""{"id": ""}""", "'id'")]
    [InlineData("""{"id": 5}""", "'id'")]
    [InlineData("""{"id": null}""", "'id'")]
    [InlineData("""{"id": "a", "attributes": []}""", "'attributes'")]
    [InlineData("""{"id": "a", "attributes": "x"}""", "'attributes'")]
    [InlineData("""{"id": "a", "activities": {}}""", "'activities'")]
    [InlineData("""{"id": "a", "activities": [5]}""", "activities[0]")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat", "at": "2026-11-01"}, {"at": "2026-11-01"}]}""", "activities[1]: 'kind'")]
    [InlineData("""{"id": "a", "activities": [{"kind": 5, "at": "2026-11-01"}]}""", "'kind'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat"}]}""", "'at'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat", "at": null}]}""", "'at'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat", "at": 1795426200000}]}""", "'at'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "dance", "at": "yesterday"}]}""", "'at'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat", "at": "2026-11-01", "copy_of": "x", "id": 5}]}""", "'id'")]
    [InlineData("""{"id": "a", "activities": [{"kind": "chat", "at": "2026-11-01", "attributes": []}]}""", "'attributes'")]
    [InlineData("""{"id": "a"} {"id": "b"}""", "JSON")]
    [InlineData("""{"id": "a",}""", "JSON")]
    [InlineData("""{"id": "a"} // lead""", "JSON")]
    [InlineData("""{"id": "a""", "JSON")]
    [InlineData("""{"id": "a", "attributes": {"country": NaN}}""", "JSON")]
    public void A_line_that_is_not_valid_is_an_error_that_names_what_is_wrong(string line, string expected)
    {
        var (output, errors, _) = Score(Encoding.UTF8.GetBytes(line));

        Assert.Empty(output);
        Assert.Contains(expected, Assert.Single(errors).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id": "a", "activities": [{"kind": "dance", "at": "2026-11-01"}]}""", 1, 0)]
    [InlineData("""{"id": "a", "activities": [{"kind": "page_view", "at": "2026-11-01", "id": null}, {"kind": "page_view", "at": "2026-11-01", "attributes": null}]}""", 0, 2)]
    [InlineData("""{"id": "a", "activities": [{"kind": "page_view", "at": "2026-11-01", "id": ""}, {"kind": "page_view", "at": "2026-11-02", "id": ""}]}""", 0, 1)]
    [InlineData("""{"id": "a", "activities": [{"kind": "page_view", "at": "2026-11-01", "id": "x"}, {"kind": "page_view", "at": "2027-11-02", "id": "x"}]}""", 0, 0)]
    [InlineData("""{"id": "z", "id": "a", "attributes": {"country": "FR"}, "attributes": {"country": "BE"}}""", 0, 0)]
    [InlineData("""{"id": "a", "attributes": {"country": "BE", "country": "FR"}}""", 0, 5)]
    [InlineData("""{"\u0069d": "a", "attributes": {"c\u006funtry": "FR", "\ud800": 1}}""", 1, 5)]
    [InlineData("""{"id": "a", "attributes": {"shoe_size": 43, "employees": "many"}}""", 2, 0)]
    public void A_valid_line_is_scored_with_its_data_quality_problems_counted(string line, int problems, int total)
    {
        var (output, errors, summary) = Score(Encoding.UTF8.GetBytes(line));

        Assert.Empty(errors);
        Assert.Equal(problems, summary.Problems);
        Assert.Equal(["a"], Ids(output));
        Assert.Contains($"\"total\": {total},", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_UTF_8_is_an_error() =>
        Assert.Contains("UTF-8", Assert.Single(Score([.. "{\"id\": \"a"u8, 0xFF, .. "\"}"u8]).Errors).Error, StringComparison.Ordinal);

    [Fact]
    public void A_bomb_of_brackets_is_an_error() =>
        Assert.Contains("nested", Assert.Single(Score(Encoding.UTF8.GetBytes("{\"id\": \"a\", \"x\": " + new string('[', 1_000_000))).Errors).Error, StringComparison.Ordinal);

    [Fact]
    public void A_text_of_100_kB_is_read_like_any_other()
    {
        var (output, errors, _) = Score(Encoding.UTF8.GetBytes($$"""{"id": "{{new string('é', 100_000)}}", "attributes": {"country": "FR", "city": "{{new string('x', 100_000)}}" } }"""));

        Assert.Empty(errors);
        Assert.Equal(100_000, Ids(output)[0].Length);
    }

    [Fact]
    public void Ids_are_written_as_JSON_demands_and_no_more()
    {
        var (output, errors, _) = Score(Encoding.UTF8.GetBytes("""{"id": "é\u0000\u001f\"\\/\b\n\ud83d\ude00\ud800<\u007f"}"""));

        Assert.Empty(errors);
        Assert.StartsWith("{\"id\": \"é\\u0000\\u001f\\\"\\\\/\\b\\n\U0001F600\uFFFD<\u007f\", ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_would_be_written_alike_are_alike() =>
        Assert.Equal(1, Score(Encoding.UTF8.GetBytes("{\"id\": \"\\ud800\"}\n{\"id\": \"\\ud801\"}")).Summary.Invalid);

    [Fact]
    public void Lines_longer_than_the_buffer_and_many_lines_are_read_whole()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $$"""{"id": "{{i}}", "note": "{{new string('x', i % 50 == 0 ? 200_000 : 10)}}"}"""));

        var (output, errors, _) = Score(Encoding.UTF8.GetBytes(lines));

        Assert.Empty(errors);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"{i}"), Ids(output));
    }

    [Fact]
    public void A_line_too_long_to_be_held_is_passed_over()
    {
        var reader = new Utf8LineReader(new MemoryStream(Encoding.UTF8.GetBytes("a\n" + new string('b', 300_000) + "\nc")), longest: 100_000);
        var lines = new List<(long, bool, string)>();
        while (reader.MoveNext())
        {
            lines.Add((reader.Number, reader.IsTooLong, Encoding.UTF8.GetString(reader.Current.Span)));
        }

        Assert.Equal([(1, false, "a"), (2, true, ""), (3, false, "c")], lines);
    }

    [SkippableFact]
    public void Every_real_lead_is_scored()
    {
        var leads = Path.Combine(Examples.Repository, "..", "shared", "data", "x-education.leads.jsonl");
        Skip.IfNot(File.Exists(leads), "The real leads are not beside the repository.");
        var definition = Scored.Definition(File.ReadAllText(Path.Combine(Examples.Repository, "definitions", "x-education.yaml")));
        using var output = new MemoryStream();

        using var input = File.OpenRead(leads);
        var summary = new LeadFileScorer(ScoringPlan.Compile(definition), definition.Attributes)
            .Score(input, output, Scored.At(Scored.Now), (line, error) => Assert.Fail($"{line}: {error}"));

        Assert.Equal(new LeadFileSummary(Scored: 9_240, Invalid: 0, Problems: 0), summary);
        Assert.Equal(9_240, Ids(Encoding.UTF8.GetString(output.ToArray())).Distinct().Count());
    }

    [Property(MaxTest = 500)]
    public void No_line_makes_the_reader_throw(byte[] noise, DoNotSize<int> seed)
    {
        var reader = new LeadLineReader(AttributeSchema.Standard);
        var valid = Encoding.UTF8.GetBytes(
            """{"id": "a\u00e9", "attributes": {"email": "a@b.fr", "interests": ["x", 5]}, "activities": [{"kind": "chat", "at": "2026-11-01", "id": null}]}""");
        var random = new Random(seed.Item);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            valid[random.Next(valid.Length)] = (byte)random.Next(256);
        }

        foreach (var line in new[] { noise, valid })
        {
            var read = reader.Read(line);
            Assert.True(read.IsValid ? read.Facts is not null && read.Id.Length > 0 : read.Facts is null && read.Error!.Length > 0);
        }
    }
}
