using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Definitions.Yaml;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class FingerprintTests
{
    [Fact]
    public void The_agreement_is_the_hash_of_the_canonical_content()
    {
        var definition = Examples.Valid("""
            # comments do not count
            schema: 1
            definition: "Smallest"
            requires: []
            profile:
              cap: +100
              criteria:
                - { points: 030, id: boss, label: { fr: Décideur, en: Boss }, if: { employees: 1.50e1, country: [01, NO], opted_out: true } }
            mql: { when: { total: { at_least: 10 } }, expires_after: 60d }
            sales: { two_step: false }
            """);

        Assert.Equal(
            Sha256("""{"definition":"Smallest","mql":{"expires_after":"60d","when":{"total":{"at_least":10}}},"profile":{"cap":100,"criteria":[{"id":"boss","if":{"country":["01","NO"],"employees":15,"opted_out":true},"label":{"en":"Boss","fr":"Décideur"},"points":30}]},"requires":[],"sales":{"two_step":false},"schema":1}"""),
            definition.AgreementFingerprint);
        Assert.Equal(
            Sha256("""{"mql":{"when":{"total":{"at_least":10}}},"profile":{"cap":100,"criteria":[{"id":"boss","if":{"country":["01","NO"],"employees":15,"opted_out":true},"points":30}]},"requires":[],"schema":1}"""),
            definition.ScoringFingerprint);
    }

    [Theory]
    [InlineData("country: NO", "country: \"NO\"", true)]
    [InlineData("country: 01000", "country: '01000'", true)]
    [InlineData("country: NO", "country: no", false)]
    [InlineData("country: [NO]", "country: NO", false)]
    [InlineData("country: { is: NO }", "country: NO", false)]
    [InlineData("employees: 50", "employees: 5e1", true)]
    [InlineData("employees: 50", "employees: 50.0", true)]
    [InlineData("employees: 50", "employees: 51", false)]
    [InlineData("created_at: 2026-01-01", "created_at: \"2026-01-01\"", true)]
    [InlineData("created_at: 2026-01-01", "created_at: 2026-01-01T00:00:00Z", false)]
    [InlineData("created_at: { within: 7d }", "created_at: { within: 1w }", false)]
    public void Content_counts_as_written(string one, string other, bool same)
    {
        static Definition Read(string test) => Examples.Valid(Examples.Minimal($"exclusions: [ {{ id: x, label: X, if: {{ {test} }} }} ]"));

        Assert.Equal(same, Read(one).AgreementFingerprint == Read(other).AgreementFingerprint);
        Assert.Equal(same, Read(one).ScoringFingerprint == Read(other).ScoringFingerprint);
    }

    [Fact]
    public void Defaults_are_not_expanded()
        => Assert.NotEqual(
            Examples.Valid(Examples.Minimal()).AgreementFingerprint,
            Examples.Valid(Examples.Minimal("requires: [email]")).AgreementFingerprint);

    [Fact]
    public void An_attribute_named_label_is_no_label()
    {
        static Definition Read(string operand) => Examples.Valid(Examples.Minimal(
            $"attributes: {{ label: text }}\nexclusions: [ {{ id: x, label: X, if: {{ label: {operand} }} }} ]\nintent: {{ criteria: [ {{ id: l, label: L, if: {{ label: {operand} }}, points: 5 }} ] }}"));

        Assert.NotEqual(Read("a").ScoringFingerprint, Read("b").ScoringFingerprint);
    }

    [Property(MaxTest = 300)]
    public Property Layout_comments_quotes_and_the_order_of_keys_do_not_count()
    {
        var definition = Examples.Valid(Examples.Language);
        return Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var yaml = new YamlShuffle(seed).Write(Root(Examples.Language));
            var again = Examples.Read(yaml).Definition;
            return (again?.AgreementFingerprint == definition.AgreementFingerprint && again.ScoringFingerprint == definition.ScoringFingerprint).Label(yaml);
        });
    }

    [Fact]
    public void Every_other_change_counts_and_scoring_only_where_it_scores()
    {
        var definition = Examples.Valid(Examples.Language);
        var changed = 0;
        foreach (var scalar in Scalars(Root(Examples.Language)))
        {
            var yaml = new YamlShuffle(0) { Change = (scalar.At, Changed(scalar)) }.Write(Root(Examples.Language));
            if (Examples.Read(yaml).Definition is not { } other)
            {
                continue;
            }

            changed++;
            Assert.True(definition.AgreementFingerprint != other.AgreementFingerprint, scalar.At.Path);
            Assert.True(Scores(scalar.At.Path) == (definition.ScoringFingerprint != other.ScoringFingerprint), scalar.At.Path);
        }

        // Some changes make the example invalid (an id that is referred to, an operator); the others must be many.
        Assert.InRange(changed, 120, int.MaxValue);
    }

    private static bool Scores(string path)
    {
        var root = path.Split('.', '[')[0];
        return root is "schema" or "attributes" or "requires" or "profile" or "behaviour" or "intent" or "exclusions" or "grades"
            ? !path.Contains(".label", StringComparison.Ordinal)
            : path.StartsWith("mql.when", StringComparison.Ordinal);
    }

    private static string Changed(YamlScalar scalar)
        => scalar.Text switch
        {
            "true" => "false",
            "false" => "true",
            "recycle" => "disqualify",
            "disqualify" => "recycle",
            "fr" => "en",
            "Europe/Paris" => "Europe/London",
            "mon" => "sat",
            var text when text.Any(char.IsAsciiDigit) => string.Concat(text.Select((c, i) => char.IsAsciiDigit(c) && i == text.IndexOfAny([.. "123456789"]) ? (char)(c == '9' ? '8' : c + 1) : c)),
            var text => text + "x",
        };

    private static YamlMapping Root(string yaml) => (YamlMapping)YamlEventReader.Read(Encoding.UTF8.GetBytes(yaml), new ProblemList("a.yaml"))!;

    private static IEnumerable<YamlScalar> Scalars(YamlNode node) => node switch
    {
        YamlMapping mapping => mapping.Entries.SelectMany(entry => Scalars(entry.Value)),
        YamlList list => list.Items.SelectMany(Scalars),
        _ => [(YamlScalar)node],
    };

    private static string Sha256(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
