using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>What the stage machine asks of a plan beside the score.</summary>
public sealed class StageQuestionsTests
{
    private const string Yaml = """
        definition: Stages
        schema: 1
        requires: []
        behaviour:
          criteria:
            - { id: pages, label: P, on: page_view, where: { url: { contains: /pricing } }, points: 10, within: 10d }
            - { id: bounced, label: B, on: email_bounce, points: -5 }
            - { id: often, label: O, on: page_view, needs: 3, points: 1 }
            - { id: french, label: F, on: chat, if: { country: FR }, points: 1 }
        mql: { when: { behaviour: { at_least: 20 } } }
        """;

    private static string Event(string kind, string at, string url = "/pricing") =>
        $$"""{"kind": "{{kind}}", "at": "{{at}}", "attributes": {{(kind == "page_view" ? $$"""{"url": "{{url}}"}""" : "{}")}} }""";

    private static (ScoringPlan Plan, Core.Facts.LeadFacts Facts) Lead(params string[] activities)
    {
        var definition = Scored.Definition(Yaml);
        return (ScoringPlan.Compile(definition), Scored.Facts(definition, Scored.Activities(activities)));
    }

    [Fact]
    public void The_latest_activity_of_each_criterion_is_the_latest_that_it_counts()
    {
        var (plan, facts) = Lead(
            Event("page_view", "2026-11-01"), Event("page_view", "2026-11-03"), Event("page_view", "2026-11-04", "/blog"),
            Event("email_bounce", "2026-11-05"), Event("chat", "2026-11-05"), Event("page_view", "2026-11-20"));

        var counted = plan.CountedActivities(facts, Scored.At("2026-11-10"));

        Assert.Equal(Scored.At("2026-11-04"), counted.LatestScoring);
        Assert.Equal(
            [("bounced", Scored.At("2026-11-05")), ("often", Scored.At("2026-11-04")), ("pages", Scored.At("2026-11-03"))],
            counted.ByCriterion.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Fact]
    public void Nothing_counted_is_no_latest_activity()
    {
        var (plan, facts) = Lead(Event("page_view", "2026-11-01", "/blog"));

        var counted = plan.CountedActivities(facts, Scored.At("2026-11-10"));

        Assert.Null(counted.LatestScoring);
        Assert.Empty(counted.ByCriterion);
    }

    [Theory]
    [InlineData("2026-11-08", "2026-11-01", "2026-11-03")] // by the second view
    [InlineData("2026-11-08", "2026-11-05", "2026-11-05")] // before what was asked
    [InlineData("2026-11-03", "2026-11-03", "2026-11-03")]
    [InlineData("2026-11-02", "2026-11-01", null)] // not yet
    [InlineData("2026-11-12", "2026-11-01", null)] // out of the window
    public void Qualified_since_is_the_instant_from_which_on_it_was(string at, string notBefore, string? expected)
    {
        var (plan, facts) = Lead(Event("page_view", "2026-11-01"), Event("page_view", "2026-11-03"), Event("chat", "2026-11-06"));

        Assert.Equal(expected is null ? null : Scored.At(expected), plan.QualifiedSince(facts, Scored.At(at), Scored.At(notBefore)));
    }

    [Fact]
    public void A_break_that_an_activity_made_starts_anew()
    {
        // Qualified on the 3rd, not after the bounce of the 4th, again on the 5th.
        var (plan, facts) = Lead(
            Event("page_view", "2026-11-01"), Event("page_view", "2026-11-03"), Event("email_bounce", "2026-11-04"), Event("page_view", "2026-11-05"));

        Assert.Equal(Scored.At("2026-11-05"), plan.QualifiedSince(facts, Scored.At("2026-11-08"), Scored.At("2026-10-01")));
    }
}
