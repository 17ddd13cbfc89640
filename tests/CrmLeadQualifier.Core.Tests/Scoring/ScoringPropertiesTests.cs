using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using FsCheck;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Scoring;

public sealed class ScoringPropertiesTests
{
    /// <summary>After the last activity, date and window, and after the last step of the slowest decay (30% every 12 ms: 78 steps): nothing changes any more.</summary>
    private const int End = RandomAgreement.Span + RandomAgreement.LongestWindow * 80;

    [Property(MaxTest = 3_000)]
    public void Every_lead_gets_what_the_page_says(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);
        var definition = random.Definition();
        var facts = random.Facts();
        var at = random.Instant();

        var score = ScoringPlan.Compile(definition).Score(facts, at, findNextChange: false);

        Assert.Equal(Scored.Line(ReferenceScorer.Score(definition, facts, at)), Scored.Line(score));
    }

    [Property(MaxTest = 500)]
    public void Next_change_at_is_the_first_millisecond_with_another_line(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);
        var definition = random.Definition();
        var plan = ScoringPlan.Compile(definition);
        var facts = random.Facts();
        var at = random.Instant();

        var found = plan.Score(facts, at).NextChangeAt;

        var now = LineAt(at.UnixMilliseconds);
        Instant? first = null;
        for (var t = at.UnixMilliseconds + 1; t <= End && first is null; t++)
        {
            first = LineAt(t) != now ? new Instant(t) : null;
        }

        Assert.Equal(first, found);

        string LineAt(long t) => Scored.Line(ReferenceScorer.Score(definition, facts, new Instant(t)));
    }

    [Property(MaxTest = 500)]
    public void The_explanation_adds_up(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);
        var definition = random.Definition();

        var score = ScoringPlan.Compile(definition).Score(random.Facts(), random.Instant());

        foreach (var (section, points) in definition.Sections.Zip([score.Profile, score.Behaviour, score.Intent]))
        {
            var ids = section.Criteria.Select(criterion => criterion.Id).ToHashSet();
            var explained = score.Criteria.Where(criterion => ids.Contains(criterion.Id)).Sum(criterion => criterion.Value)
                + score.Adjustments.Where(adjustment => adjustment.Key == section.Name).Sum(adjustment => adjustment.Value);
            Assert.Equal(points, explained);
        }

        Assert.DoesNotContain(score.Criteria, criterion => criterion.Value == 0);
        Assert.DoesNotContain(score.Adjustments, adjustment => adjustment.Value == 0);
    }

    [Property(MaxTest = 500)]
    public void The_order_of_activities_does_not_matter(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);
        var plan = ScoringPlan.Compile(random.Definition());
        var facts = random.Facts();
        var at = random.Instant();

        var shuffled = new LeadFacts(facts.Schema, facts.Values.ToArray(), random.Shuffled(facts.Activities));

        Assert.Equal(Scored.Line(plan.Score(facts, at)), Scored.Line(plan.Score(shuffled, at)));
    }

    [Fact]
    public void Threads_share_a_plan_without_disturbing_one_another()
    {
        var random = new RandomAgreement(7);
        var definition = random.Definition();
        var plan = ScoringPlan.Compile(definition);
        var leads = Enumerable.Range(0, 200).Select(_ => (Facts: random.Facts(), At: random.Instant())).ToArray();
        var expected = leads.Select(lead => Scored.Line(plan.Score(lead.Facts, lead.At))).ToArray();

        var scored = new string[leads.Length * 20];
        Parallel.For(0, scored.Length, i => scored[i] = Scored.Line(plan.Score(leads[i % leads.Length].Facts, leads[i % leads.Length].At)));

        Assert.All(scored.Index(), line => Assert.Equal(expected[line.Index % leads.Length], line.Item));
    }
}
