using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>Definition language, section 4, steps 1 to 6, to the millisecond.</summary>
public sealed class ActivityCriterionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData("0", 10)]
    [InlineData("29.23:59:59.999", 10)]
    [InlineData("30", 5)]
    [InlineData("59.23:59:59.999", 5)]
    [InlineData("60", 3)] // 2.5, half away from zero
    [InlineData("90", 1)] // 1.25
    [InlineData("120", 1)] // 0.625
    [InlineData("150", 0)] // 0.3125
    [InlineData("-00:00:00.001", 0)] // not yet
    public void Decay_goes_in_steps(string age, int expected)
    {
        var yaml = Scored.Behaviour("on: page_view, points: 10, decay: { lose: 50%, every: 30d }");

        Assert.Equal(expected, Scored.Score(yaml, Scored.PageViews(TimeSpan.Parse(age, CultureInfo.InvariantCulture))).Behaviour);
    }

    [Theory]
    [InlineData("lose: 0%, every: 1m", 36500, 1000)]
    [InlineData("lose: 100%, every: 1d", 0, 1000)]
    [InlineData("lose: 100%, every: 1d", 1, 0)]
    [InlineData("lose: 1%, every: 1d", 1, 990)]
    [InlineData("lose: 1%, every: 1d", 2, 980)] // 980.1
    [InlineData("lose: 33%, every: 1d", 3, 301)] // 300.763
    [InlineData("lose: 99%, every: 1w", 7, 10)]
    [InlineData("lose: 99%, every: 1w", 14, 0)]
    public void A_weight_is_what_is_left_after_each_period(string decay, int days, int expected)
    {
        var yaml = Scored.Behaviour($"on: page_view, points: 1000, decay: {{ {decay} }}");

        Assert.Equal(expected, Scored.Score(yaml, Scored.PageViews(days * Day)).Behaviour);
    }

    [Fact]
    public void Weights_are_cut_to_integers_at_every_step()
    {
        // 10^12 x 0.67^k, cut each time, falls below half a point at a step where the exact product would not matter; what counts is that it reaches 0 and stays there.
        var decay = new Decay(33, TimeSpan.FromDays(1));
        var table = DecayTable.For(decay)!;
        var weight = DecayTable.FullWeight;
        for (var step = 0; step < 200; step++)
        {
            Assert.Equal(weight, table.WeightAt(step * 86_400_000L, out var remaining));
            Assert.Equal(weight > 0 ? 86_400_000L : DecayTable.Never, remaining);
            Assert.Equal(weight, table.WeightAt((step + 1) * 86_400_000L - 1, out remaining));
            Assert.Equal(weight > 0 ? 1 : DecayTable.Never, remaining);
            weight = weight * 67 / 100;
        }

        Assert.Equal(0, weight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60_000)]
    [InlineData(3_153_600_000_000)]
    public void An_age_falls_into_its_step_whatever_the_period(long every)
    {
        var table = DecayTable.For(new Decay(1, TimeSpan.FromMilliseconds(every)))!;
        for (var step = 0; step < 2000; step++)
        {
            var first = step * every;
            Assert.Equal(table.WeightAt(first, out var whole), table.WeightAt(first + every - 1, out var last));
            Assert.Equal(every, whole);
            Assert.Equal(1, last);
        }
    }

    [Theory]
    [InlineData(1, -1, 0)] // -0.5
    [InlineData(2, -1, 0)] // -0.5 - 0.5
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 2)] // 1.5
    public void Halves_round_away_from_zero(int views, int points, int expected)
    {
        var yaml = Scored.Behaviour($"on: page_view, points: {points}, decay: {{ lose: 50%, every: 1d }}");

        var score = Scored.Score(yaml, Scored.PageViews([.. Enumerable.Repeat(Day, views)]));

        Assert.Equal(expected, score.Behaviour);
        Assert.Equal(points < 0 ? -1 : expected, score.Criteria.Single().Value);
    }

    [Theory]
    [InlineData(1, 15)]
    [InlineData(2, 30)]
    [InlineData(3, 30)]
    public void At_most_bounds_what_the_activities_give(int views, int expected) =>
        Assert.Equal(expected, Scored.Score(Scored.Behaviour("on: page_view, points: 15, at_most: 30"), Scored.PageViews(new TimeSpan[views])).Behaviour);

    [Fact]
    public void At_most_bounds_what_the_activities_take() =>
        Assert.Equal(-20, Scored.Score(Scored.Behaviour("on: page_view, points: -15, at_most: -20"), Scored.PageViews(new TimeSpan[3])).Criteria.Single().Value);

    [Fact]
    public void The_bound_holds_before_rounding()
    {
        // 3 x 0.99^2 = 2.9403 is not bounded by 3; 4 of them are.
        var yaml = Scored.Behaviour("on: page_view, points: 1, at_most: 3, decay: { lose: 1%, every: 1d }");

        Assert.Equal(3, Scored.Score(yaml, Scored.PageViews([.. Enumerable.Repeat(2 * Day, 3)])).Behaviour);
        Assert.Equal(3, Scored.Score(yaml, Scored.PageViews([.. Enumerable.Repeat(2 * Day, 4)])).Behaviour);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 10)]
    [InlineData(6, 12)]
    public void Needs_is_reached_or_the_value_is_0(int views, int expected) =>
        Assert.Equal(expected, Scored.Score(Scored.Behaviour("on: page_view, points: 2, needs: 5"), Scored.PageViews(new TimeSpan[views])).Behaviour);

    [Theory]
    [InlineData("13.23:59:59.999", 1)]
    [InlineData("14.00:00:00", 0)]
    [InlineData("00:00:00", 1)]
    [InlineData("-00:00:00.001", 0)]
    public void Within_leaves_out_what_is_older(string age, int expected) =>
        Assert.Equal(expected, Scored.Score(
            Scored.Behaviour("on: page_view, points: 1, within: 14d"), Scored.PageViews(TimeSpan.Parse(age, CultureInfo.InvariantCulture))).Behaviour);

    [Fact]
    public void Of_equal_values_only_the_latest_counts_and_unknown_ones_all_count()
    {
        var yaml = Scored.Behaviour("on: page_view, points: 8, distinct_by: url, decay: { lose: 50%, every: 1d }");
        var line = Scored.Activities(
            Scored.PageView(Day, """{"url": "/A"}"""), Scored.PageView(TimeSpan.Zero, """{"url": " /a "}"""), Scored.PageView(2 * Day, """{"url": "/a"}"""),
            Scored.PageView(Day, """{"url": "/b"}"""), Scored.PageView(2 * Day), Scored.PageView(2 * Day, """{"url": " "}"""));

        Assert.Equal(8 + 4 + 2 + 2, Scored.Score(yaml, line).Behaviour);
    }

    [Fact]
    public void Many_equal_values_are_told_apart_like_few()
    {
        var yaml = Scored.Behaviour("on: page_view, points: 1, distinct_by: url");
        var line = Scored.Activities([.. Enumerable.Range(0, 300).Select(i => Scored.PageView(i * Day, $$"""{"url": "/{{i % 7}}"}"""))]);

        Assert.Equal(7, Scored.Score(yaml, line).Behaviour);
    }

    [Fact]
    public void Equal_numbers_are_one_value()
    {
        var call = (string seconds) => $$"""{"kind": "call", "at": "{{Scored.Now}}", "attributes": {"duration_seconds": {{seconds}} } }""";

        Assert.Equal(3, Scored.Score(
            Scored.Behaviour("on: call, points: 1, distinct_by: duration_seconds"),
            Scored.Activities(call("60"), call("\"6e1\""), call("61"), call("null"))).Behaviour);
    }

    [Fact]
    public void Needs_counts_after_distinct_by() =>
        Assert.Equal(0, Scored.Score(
            Scored.Behaviour("on: page_view, points: 1, needs: 2, distinct_by: url"),
            Scored.Activities(Scored.PageView(Day, """{"url": "/a"}"""), Scored.PageView(TimeSpan.Zero, """{"url": "/a"}"""))).Behaviour);

    [Fact]
    public void A_later_one_that_has_not_happened_yet_supersedes_nothing()
    {
        var yaml = Scored.Behaviour("on: page_view, points: 8, distinct_by: url, decay: { lose: 50%, every: 2d }");
        var line = Scored.Activities(Scored.PageView(Day, """{"url": "/a"}"""), Scored.PageView(-Day, """{"url": "/a"}"""));

        Assert.Equal(8, Scored.Score(yaml, line).Behaviour);
        // On the day after, the second takes the first's place; nothing shows of that until it decays itself.
        Assert.Equal(Scored.At(Scored.Now) + 3 * Day, Scored.Score(yaml, line).NextChangeAt);
    }

    [Theory]
    [InlineData("on: page_view, points: 1", 1)]
    [InlineData("on: page_view, points: 1, within: 1d, needs: 1", 1)]
    [InlineData("on: page_view, points: 1, where: { url: { known: false } }", 0)]
    [InlineData("on: page_view, points: 1, distinct_by: url", 0)]
    public void Approximate_activities_count_where_nothing_is_asked_of_them(string criterion, int expected) =>
        Assert.Equal(expected, Scored.Score(Scored.Behaviour(criterion), Scored.Activities(Scored.PageView(TimeSpan.Zero, more: ", \"approximate\": true"))).Behaviour);

    [Theory]
    [InlineData("", 1)]
    [InlineData(", \"copy_of\": null", 1)]
    [InlineData(", \"copy_of\": \"X\"", 0)]
    [InlineData(", \"copy_of\": false", 0)]
    [InlineData(", \"approximate\": \"true\"", 1)]
    public void Copies_never_count(string more, int expected) =>
        Assert.Equal(expected, Scored.Score(
            Scored.Behaviour("on: page_view, points: 1, distinct_by: url"), Scored.Activities(Scored.PageView(TimeSpan.Zero, more: more))).Behaviour);

    [Theory]
    [InlineData("""{"attributes": {"country": "FR"}, """, 1)]
    [InlineData("""{"attributes": {"country": "BE"}, """, 0)]
    [InlineData("{", 0)]
    public void If_is_a_condition_on_the_lead(string line, int expected) =>
        Assert.Equal(expected, Scored.Score(
            Scored.Behaviour("on: page_view, if: { country: FR }, points: 1"),
            line + $$""" "id": "L", "activities": [{{Scored.PageView(TimeSpan.Zero)}}]}""").Behaviour);

    [Fact]
    public void Points_of_very_many_activities_are_summed_exactly()
    {
        var definition = Scored.Definition(Scored.Behaviour("on: page_view, points: 1000"));
        var kind = ActivityKind.Find("page_view")!;
        var at = Scored.At(Scored.Now);
        var facts = new LeadFacts(
            definition.Attributes, new AttributeValue[definition.Attributes.Attributes.Count], [.. Enumerable.Repeat(new ActivityFact(kind, at), 300_000)]);

        var score = ScoringPlan.Compile(definition).Score(facts, at);

        Assert.Equal(300_000_000, score.Criteria.Single().Value);
        Assert.Equal(1000 - 300_000_000, score.Adjustments.Single().Value);
        Assert.Equal(1000, score.Behaviour);
    }

    [Fact]
    public void Ties_count_each()
    {
        var yaml = Scored.Behaviour("on: page_view, points: 1, within: 1d");

        Assert.Equal(3, Scored.Score(yaml, Scored.PageViews(Day - Millisecond, Day - Millisecond, Day - Millisecond)).Behaviour);
    }
}
