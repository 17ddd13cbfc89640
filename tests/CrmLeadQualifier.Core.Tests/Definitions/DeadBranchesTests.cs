using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>
/// Profile: tiers of 30 and -5, and 20; cap 40. Behaviour: page_view 5 each, unbounded; unsubscribe -10, at most -20; cap 60. Intent: chat 15, at most 30; cap 100.
/// So: profile 0 to 40, behaviour 0 to 60, intent 0 to 30, total 0 to 130.
/// </summary>
public sealed class DeadBranchesTests
{
    private static string Yaml(string when) => $$"""
        definition: X
        schema: 1
        profile:
          cap: 40
          criteria:
            - { id: size, label: S, tiers: [ { if: { employees: { at_least: 50 } }, points: 30 }, { if: { employees: 1 }, points: -5 } ] }
            - { id: boss, label: B, if: { job_title: CEO }, points: 20 }
        behaviour:
          cap: 60
          criteria:
            - { id: pages, label: P, on: page_view, points: 5 }
            - { id: gone, label: G, on: unsubscribe, points: -10, at_most: -20 }
            - { id: annoyed, label: A, on: email_bounce, points: -1 }
        intent: { criteria: [ { id: chat, label: C, on: chat, points: 15, at_most: 30 } ] }
        grades: { profile: { A: 50, B: 20 }, engagement: { 1: 90, 3: 10 } }
        mql: { when: {{when}} }
        """;

    [Theory]
    [InlineData("{ profile: 40 }")]
    [InlineData("{ profile: { at_most: 0 } }")]
    [InlineData("{ behaviour: { at_least: 60 } }")]
    [InlineData("{ intent: { at_least: 30 } }")]
    [InlineData("{ total: { between: [130, 500] } }")]
    [InlineData("{ criterion.size: -5 }")]
    [InlineData("{ criterion.size: { less_than: 0 } }")]
    [InlineData("{ criterion.pages: { at_least: 1e300 } }")]
    [InlineData("{ criterion.gone: { at_most: -20 } }")]
    [InlineData("{ criterion.annoyed: { less_than: -100000 } }")]
    [InlineData("{ criterion.chat: { more_than: 29.5 } }")]
    [InlineData("{ profile: { at_least: 40 }, total: { at_most: 0 } }")]
    [InlineData("{ none: [ { total: { at_least: 130 } } ] }")]
    [InlineData("{ profile: { is_not: 0 } }")]
    [InlineData("{ profile: { not_in: [0, 40] } }")]
    [InlineData("{ profile: { known: true } }")]
    [InlineData("{ grade: B1 }")]
    [InlineData("{ grade: { starts_with: [a, d] } }")]
    [InlineData("{ grade: { matches: '[bd][134]' } }")]
    [InlineData("{ none: [ { grade: D4 } ] }")]
    public void A_branch_within_reach_is_alive(string when) => Assert.Empty(Examples.Read(Yaml(when)).Problems);

    [Theory]
    [InlineData("{ profile: 41 }")]
    [InlineData("{ profile: { less_than: 0 } }")]
    [InlineData("{ behaviour: { more_than: 60 } }")]
    [InlineData("{ intent: { at_least: 31 } }")]
    [InlineData("{ total: { at_least: 131 } }")]
    [InlineData("{ criterion.size: { less_than: -5 } }")]
    [InlineData("{ criterion.boss: { at_most: -1 } }")]
    [InlineData("{ criterion.gone: { less_than: -20 } }")]
    [InlineData("{ criterion.gone: { at_least: 1 } }")]
    [InlineData("{ criterion.chat: { at_least: 31 } }")]
    [InlineData("{ criterion.pages: { less_than: 0 } }")]
    [InlineData("{ total: { at_least: 50, less_than: 50 } }")]
    [InlineData("{ all: [ { total: { at_least: 50 } }, { none: [ { total: { at_least: 20 } } ] } ] }")]
    [InlineData("{ none: [ { total: { known: true } } ] }")]
    [InlineData("{ total: { at_least: 10 }, any: [ { profile: 41 }, { intent: 31 } ] }")]
    [InlineData("{ any: [ { profile: 41 }, { intent: 31 } ] }")]
    [InlineData("{ grade: A1 }")]
    [InlineData("{ grade: B2 }")]
    [InlineData("{ grade: C1 }")]
    [InlineData("{ grade: { known: false } }")]
    public void A_condition_out_of_reach_is_an_error(string when)
    {
        var problem = Assert.Single(Examples.Read(Yaml(when)).Problems);

        Assert.Equal((ProblemSeverity.Error, "mql.when"), (problem.Severity, problem.Path));
        Assert.StartsWith("No lead can ever be qualified", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_dead_branch_of_several_is_a_warning()
    {
        var reading = Examples.Read(Yaml("{ any: [ { profile: 40 }, { intent: 31 }, { total: { at_least: 131 } }, { behaviour: 60 } ] }"));

        Assert.Equal([(ProblemSeverity.Warning, "mql.when.any[1]"), (ProblemSeverity.Warning, "mql.when.any[2]")], reading.Problems.Select(p => (p.Severity, p.Path)));
        Assert.NotNull(reading.Definition);
    }

    [Fact]
    public void A_condition_too_large_to_be_looked_through_is_taken_for_alive()
    {
        var clause = "{ any: [ " + string.Join(", ", Enumerable.Range(0, 20).Select(i => $"{{ total: {1000 + i} }}")) + " ] }";

        Assert.Empty(Examples.Read(Yaml("{ all: [ " + string.Join(", ", Enumerable.Repeat(clause, 6)) + " ] }")).Problems);
    }
}
