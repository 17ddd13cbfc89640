using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Scoring;

public sealed class NextChangeTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly Instant Now = Scored.At(Scored.Now);

    private static double? DaysUntilChange(string yaml, string line) =>
        Scored.Score(yaml, line).NextChangeAt is { } next ? (next - Now).TotalDays : null;

    [Theory]
    [InlineData("on: page_view, points: 10", null)]
    [InlineData("on: page_view, points: 10, within: 14d", 13.0)]
    [InlineData("on: page_view, points: 10, decay: { lose: 50%, every: 30d }", 29.0)]
    [InlineData("on: page_view, points: 10, decay: { lose: 0%, every: 30d }", null)]
    [InlineData("on: page_view, points: 1, decay: { lose: 50%, every: 30d }", 59.0)] // 0.5 is still 1
    [InlineData("on: page_view, points: 10, needs: 2, within: 14d", null)]
    [InlineData("on: page_view, points: 10, if: { country: FR }, within: 14d", null)]
    [InlineData("on: page_view, points: 10, if: { renewed: { within: 7d } }, within: 14d", 2.0)]
    [InlineData("on: page_view, points: 10, if: { renewed: { within: 30d } }, within: 14d", 13.0)]
    [InlineData("on: page_view, points: 10, if: { renewed: { not_within: 7d } }, within: 14d", 2.0)]
    [InlineData("on: call, points: 10, within: 14d", null)]
    public void One_activity_a_day_ago(string criterion, double? expected) => Assert.Equal(expected, DaysUntilChange(
        Scored.Behaviour(criterion),
        $$"""{"id": "L", "attributes": {"renewed": "{{Now - 5 * Day}}" }, "activities": [{{Scored.PageView(Day)}}]}"""));

    [Fact]
    public void The_window_s_end_itself_is_the_change()
    {
        var definition = Scored.Definition(Scored.Behaviour("on: page_view, points: 10, within: 14d"));
        var plan = ScoringPlan.Compile(definition);
        var facts = Scored.Facts(definition, Scored.PageViews(Day));

        var change = plan.Score(facts, Now).NextChangeAt!.Value;

        Assert.Equal(10, plan.Score(facts, change - TimeSpan.FromMilliseconds(1)).Total);
        Assert.Equal(0, plan.Score(facts, change).Total);
        Assert.Null(plan.Score(facts, change).NextChangeAt);
    }

    [Fact]
    public void An_activity_to_come_counts_from_its_instant() =>
        Assert.Equal(2.0, DaysUntilChange(Scored.Behaviour("on: page_view, points: 10"), Scored.PageViews(-2 * Day, -3 * Day)));

    [Fact]
    public void An_activity_to_come_that_changes_nothing_is_no_change() =>
        Assert.Null(DaysUntilChange(Scored.Behaviour("on: page_view, points: 10, at_most: 10"), Scored.PageViews(Day, -Day, -2 * Day)));

    [Fact]
    public void A_bounded_value_changes_only_when_decay_gets_below_the_bound() =>
        // 10 views of 10 bounded by 20: 100, 50, 25, then 12.5.
        Assert.Equal(90.0, DaysUntilChange(
            Scored.Behaviour("on: page_view, points: 10, at_most: 20, decay: { lose: 50%, every: 30d }"), Scored.PageViews(new TimeSpan[10])));

    [Fact]
    public void A_change_far_beyond_many_steps_is_found_to_the_millisecond()
    {
        // 2,000 views of 10 points losing 1% a minute, bounded by 3: thousands of steps of which none shows.
        var definition = Scored.Definition(Scored.Behaviour("on: page_view, points: 10, at_most: 3, decay: { lose: 1%, every: 1m }"));
        var plan = ScoringPlan.Compile(definition);
        var facts = Scored.Facts(definition, Scored.PageViews([.. Enumerable.Range(0, 2000).Select(i => TimeSpan.FromMilliseconds(i * 37))]));

        var change = plan.Score(facts, Now).NextChangeAt!.Value;

        Assert.Equal(3, plan.Score(facts, change - TimeSpan.FromMilliseconds(1)).Total);
        Assert.Equal(2, plan.Score(facts, change).Total);
    }

    [Theory]
    [InlineData("if: { renewed: { within: 7d } }", 2.0)]
    [InlineData("on: page_view, within: 14d", 13.0)]
    [InlineData("on: page_view, within: 14d, if: { country: FR }", null)]
    [InlineData("if: { renewed: { known: true } }, unless: { on: page_view, within: 14d }", 13.0)]
    [InlineData("if: { country: FR }, unless: { on: page_view, within: 14d }", null)]
    public void An_exclusion_that_comes_or_goes_changes_the_line(string exclusion, double? expected) => Assert.Equal(expected, DaysUntilChange(
        Scored.Behaviour("on: chat, points: 1", $$"""exclusions: [ { id: x, label: X, {{exclusion}} } ]"""),
        $$"""{"id": "L", "attributes": {"renewed": "{{Now - 5 * Day}}" }, "activities": [{{Scored.PageView(Day)}}]}"""));

    [Fact]
    public void An_unscorable_lead_never_changes_by_itself() =>
        Assert.Null(DaysUntilChange(
            Scored.Behaviour("on: page_view, points: 10, within: 14d").Replace("requires: []", "requires: [email]", StringComparison.Ordinal), Scored.PageViews(Day)));

    [Fact]
    public void A_change_after_the_year_9999_is_none()
    {
        var definition = Scored.Definition(Scored.Behaviour("on: page_view, points: 10, within: 14d, decay: { lose: 50%, every: 36500d }"));
        var at = Instant.MaxValue;
        var facts = Scored.Facts(definition, $$"""{"id": "L", "activities": [{"kind": "page_view", "at": "{{at}}"}]}""");

        var score = ScoringPlan.Compile(definition).Score(facts, at);

        Assert.Equal((10, null), (score.Total, score.NextChangeAt));
    }

    [Fact]
    public void A_lead_with_a_hundred_thousand_activities_is_scored_in_reasonable_time()
    {
        var definition = Scored.Definition(Scored.Behaviour(
            "on: page_view, points: 1, at_most: 50, distinct_by: url, within: 300d, decay: { lose: 1%, every: 1m }"));
        var kind = ActivityKind.Find("page_view")!;
        var activities = Enumerable.Range(0, 100_000)
            .Select(i => new ActivityFact(kind, new Instant(Now.UnixMilliseconds + (i - 90_000) * 1000L)) { Text0 = "/" + i % 5_000 }).ToArray();
        var facts = new LeadFacts(definition.Attributes, new AttributeValue[definition.Attributes.Attributes.Count], activities);
        var plan = ScoringPlan.Compile(definition);
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var score = plan.Score(facts, Now);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        Assert.Equal(50, score.Total);
        Assert.Equal(50, plan.Score(facts, score.NextChangeAt!.Value - TimeSpan.FromMilliseconds(1)).Total);
        Assert.Equal(49, plan.Score(facts, score.NextChangeAt!.Value).Total);
    }
}
