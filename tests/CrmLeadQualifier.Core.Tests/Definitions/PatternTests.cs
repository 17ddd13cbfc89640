using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class PatternTests
{
    [Theory]
    [InlineData("chef")]
    [InlineData("CHEF")]
    [InlineData(@"\bc[a-z]o\b")]
    [InlineData(@"^(head|chief)\s+of")]
    [InlineData(@"(?<rang>\d+)e")]
    [InlineData("(?:a|b){1,3}")]
    [InlineData("(?#é is only remarked on)x")]
    [InlineData(@"\p{Ll}+\P{Lu}")]
    [InlineData(@"c\+\+|c#")]
    [InlineData(@"\u0041")]
    [InlineData(@"\101\07")]
    [InlineData("[(?i)x]")]
    [InlineData("[](?n)]|[a-z-[(?s)]]")]
    [InlineData("ЖУК")]
    [InlineData("œ|ß|ø|ł")]
    [InlineData("😀")]
    public void A_pattern_of_folded_literals_is_taken(string pattern) => Assert.Empty(Problems(pattern));

    [Theory]
    [InlineData("é", "é", "e")]
    [InlineData("É", "É", "E")]
    [InlineData(@"caf\u00e9", @"\u00e9", "cafe")]
    [InlineData(@"caf\xE9", @"\xE9", "cafe")]
    [InlineData(@"caf\351", @"\351", "cafe")]
    [InlineData(@"[\351-\377]", @"\351", "[e-y]")]
    [InlineData(@"a\cIb", @"\cI", "a b")]
    [InlineData("[(?#é)]", "é", "[(?#e)]")]
    [InlineData("[àâ]", "à", "[aa]")]
    [InlineData(@"a\tb", @"\t", "a b")]
    [InlineData("a\u00A0b", "\u00A0", "a b")]
    [InlineData("σοφός", "ό", "σοφοσ")]
    [InlineData("ﬁn", "ﬁ", "fin")]
    [InlineData("𝐂to", "𝐂", "cto")]
    [InlineData("e\u0301", "\u0301", "e")]
    [InlineData("½", "½", "1\u20442")]
    public void A_literal_that_folding_changes_is_an_error_with_its_folded_spelling(string pattern, string literal, string folded)
        => Assert.Equal(
            $"The text is folded before it is compared, so `{literal}` never occurs in it: write `{folded}`.", Assert.Single(Problems(pattern)).Message, ignoreCase: true);

    [Theory]
    [InlineData("(?i)x", "(?i)")]
    [InlineData("(?-i:x)", "(?-i:")]
    [InlineData("a(?x: b )", "(?x:")]
    [InlineData("(?n)x", "(?n)")]
    [InlineData(@"[a]\[(?n)x", "(?n)")]
    public void Inline_options_are_an_error(string pattern, string options)
        => Assert.StartsWith($"Inline options (`{options}`) are not allowed", Assert.Single(Problems(pattern)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("(")]
    [InlineData("a{2,1}")]
    [InlineData("[z-a]")]
    [InlineData(@"\")]
    [InlineData("(?<=a)b")]
    [InlineData("(?!a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?>a)")]
    [InlineData("((a{1000}){1000}){1000}")]
    public void A_pattern_that_cannot_be_used_is_an_error(string pattern) => Assert.Single(Problems(pattern));

    [Fact]
    public void A_pattern_has_at_most_500_characters()
    {
        Assert.Empty(Problems(new string('a', 500)));
        Assert.Equal("The regular expression has 501 characters; at most 500 are allowed.", Assert.Single(Problems(new string('a', 501))).Message);
    }

    [Fact]
    public void A_pattern_finds_whatever_the_case()
    {
        var definition = Examples.Valid(Yaml("CHEF|жук"));

        var pattern = Assert.IsType<SubjectCondition>(Assert.IsType<AllOf>(definition.Exclusions[0].Matching.If).Parts[0]).Tests[0].Pattern!;
        Assert.Matches(pattern, "un chef");
        Assert.Matches(pattern, "жук");
    }

    private static IReadOnlyList<DefinitionProblem> Problems(string pattern) => Examples.Read(Yaml(pattern)).Problems;

    private static string Yaml(string pattern)
        => Examples.Minimal($"exclusions: [ {{ id: x, label: X, if: {{ job_title: {{ matches: '{pattern.Replace("'", "''", StringComparison.Ordinal)}' }} }} }} ]");
}
