using System.Buffers;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Tests.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>Scoring as the tables of these tests do it: a definition in YAML, a lead as a line of JSON.</summary>
internal static class Scored
{
    /// <summary>The instant of the language page's example.</summary>
    public const string Now = "2026-11-23T09:30:00Z";

    public static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new FormatException(text);

    public static Definition Definition(string yaml)
    {
        var reading = Examples.Read(yaml);

        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        return reading.Definition!;
    }

    public static LeadFacts Facts(Definition definition, string line)
    {
        var read = new LeadLineReader(definition.Attributes).Read(Encoding.UTF8.GetBytes(line));

        Assert.True(read.IsValid, read.Error);
        return read.Facts!;
    }

    public static LeadScore Score(string yaml, string line, string at = Now)
    {
        var definition = Definition(yaml);
        return ScoringPlan.Compile(definition).Score(Facts(definition, line), At(at));
    }

    public static string Line(LeadScore score, string id = "L")
    {
        var output = new ArrayBufferWriter<byte>();
        ScoreLineWriter.Write(id, score, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>A definition whose behaviour section has one criterion, <c>c</c>, out of the given keys.</summary>
    public static string Behaviour(string criterion, string more = "") => $$"""
        definition: Behaviour
        schema: 1
        requires: []
        attributes: { renewed: date }
        behaviour:
          cap: 1000
          criteria:
            - { id: c, label: C, {{criterion}} }
        mql: { when: { total: { at_least: 0 } } }
        {{more}}
        """;

    /// <summary>A lead with page views so long before <see cref="Now"/>; negative: after it.</summary>
    public static string PageViews(params TimeSpan[] ages) => Activities([.. ages.Select(age => PageView(age))]);

    public static string Activities(params string[] activities) => $$"""{"id": "L", "activities": [{{string.Join(", ", activities)}}]}""";

    public static string PageView(TimeSpan age, string attributes = "{}", string more = "") =>
        $$"""{"kind": "page_view", "at": "{{At(Now) - age}}", "attributes": {{attributes}}{{more}}}""";
}
