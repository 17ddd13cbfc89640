using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>The attribute's type decides how an operand is read, never YAML's guess.</summary>
public sealed class OperandTests
{
    [Theory]
    [InlineData("postal_code: 01000", "is 01000")]
    [InlineData("postal_code: \"01000\"", "is 01000")]
    [InlineData("country: NO", "is no")]
    [InlineData("country: no", "is no")]
    [InlineData("need: 1.0", "is 1.0")]
    [InlineData("need: true", "is true")]
    [InlineData("need: 2026-01-01", "is 2026-01-01")]
    [InlineData("need: \"null\"", "is null")]
    [InlineData("need: '~'", "is ~")]
    [InlineData("job_title: Présidente", "is presidente")]
    [InlineData("job_title: \"  Head   of \"", "is head of")]
    [InlineData("job_title: [CEO, CTO]", "in ceo|cto")]
    [InlineData("job_title: { is_not: CEO }", "is_not ceo")]
    [InlineData("job_title: { in: [1, 2] }", "in 1|2")]
    [InlineData("job_title: { not_in: [NO] }", "not_in no")]
    [InlineData("job_title: { contains: Chef }", "contains chef")]
    [InlineData("job_title: { contains: [Chef, C++] }", "contains chef|c++")]
    [InlineData("job_title: { not_contains: x, starts_with: y, ends_with: [z] }", "not_contains x, starts_with y, ends_with z")]
    [InlineData("job_title: { has_word: \"Chef d'équipe\" }", "has_word chef d'equipe")]
    [InlineData("job_title: { has_no_word: [co-fondateur, 2] }", "has_no_word co-fondateur|2")]
    [InlineData("interests: CRM", "is crm")]
    [InlineData("interests: { has_word: crm }", "has_word crm")]
    [InlineData("employees: 50", "is 50")]
    [InlineData("employees: +5.0e1", "is 50")]
    [InlineData("employees: -0", "is -0")]
    [InlineData("employees: 007", "is 7")]
    [InlineData("employees: [1, 2]", "in 1|2")]
    [InlineData("employees: { at_least: 1, at_most: 2 }", "at_least 1, at_most 2")]
    [InlineData("employees: { more_than: 1.5, less_than: 2 }", "more_than 1.5, less_than 2")]
    [InlineData("employees: { between: [1, 1] }", "between 1|1")]
    [InlineData("opted_out: true", "is True")]
    [InlineData("opted_out: { is_not: false }", "is_not False")]
    [InlineData("created_at: 2026-01-01", "is 2026-01-01T00:00:00Z")]
    [InlineData("created_at: \"2026-01-01\"", "is 2026-01-01T00:00:00Z")]
    [InlineData("created_at: { between: [2026-01-01, \"2026-01-01 02:00:00+0100\"] }", "between 2026-01-01T00:00:00Z|2026-01-01T01:00:00Z")]
    [InlineData("created_at: { within: 2w }", "within 14.00:00:00")]
    [InlineData("created_at: { not_within: 90m }", "not_within 01:30:00")]
    [InlineData("created_at: { within: 36500d }", "within 36500.00:00:00")]
    [InlineData("created_at: { known: false }", "known False")]
    [InlineData("seats: { at_least: 2 }", "at_least 2")]
    [InlineData("job_title: { matches: \"^chef (de|d')\" }", "matches ^chef (de|d')")]
    public void An_operand_is_read_by_the_type_of_its_attribute(string test, string expected)
    {
        var definition = Examples.Valid(Examples.Minimal($"attributes: {{ seats: number }}\nexclusions: [ {{ id: x, label: X, if: {{ {test} }} }} ]"));

        var condition = Assert.IsType<SubjectCondition>(Assert.Single(Assert.IsType<AllOf>(definition.Exclusions[0].Matching.If).Parts));
        Assert.Equal(expected, string.Join(", ", condition.Tests.Select(Show)));
    }

    [Fact]
    public void A_call_s_length_is_a_number()
    {
        var definition = Examples.Valid(Examples.Minimal("intent: { criteria: [ { id: a, label: A, on: call, where: { duration_seconds: { at_least: 60 } }, points: 1 } ] }"));

        var where = Assert.IsType<AllOf>(Assert.IsType<ActivityCriterion>(definition.Intent.Criteria[0]).Where);
        Assert.Equal(AttributeType.Number, Assert.IsType<SubjectCondition>(where.Parts[0]).Type);
    }

    [Fact]
    public void Combinators_nest_and_stand_beside_tests()
    {
        var definition = Examples.Valid(Examples.Minimal(
            "exclusions: [ { id: x, label: X, if: { country: FR, any: [ { need: a }, { all: [ { need: b } ] } ], none: [ { need: c } ] } } ]"));

        var parts = Assert.IsType<AllOf>(definition.Exclusions[0].Matching.If).Parts;
        Assert.IsType<SubjectCondition>(parts[0]);
        Assert.IsType<AllOf>(Assert.IsType<AllOf>(Assert.IsType<AnyOf>(parts[1]).Parts[1]).Parts[0]);
        Assert.IsType<NoneOf>(parts[2]);
    }

    private static string Show(Test test)
    {
        IEnumerable<string> operands =
        [
            .. test.Texts, .. test.Numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)), .. test.Booleans.Select(b => b.ToString()),
            .. test.Instants.Select((Instant i) => i.ToString()), .. test.Window > TimeSpan.Zero ? [test.Window.ToString()] : Array.Empty<string>(),
            .. test.Pattern is { } pattern ? [pattern.ToString()] : Array.Empty<string>(),
        ];
        var name = string.Concat(test.Operator.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? "_" + c : c.ToString())).ToLowerInvariant();
        return $"{name} {string.Join('|', operands)}";
    }
}
