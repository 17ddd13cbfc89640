using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using FsCheck;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Scoring;

public sealed class FirstQualifiedTests
{
    private static readonly Instant End = new(RandomAgreement.Span + 3 * RandomAgreement.LongestWindow);

    [Property(MaxTest = 1_000)]
    public void The_first_instant_is_the_first_of_all_milliseconds_as_of_which_the_status_is_qualified(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);

        AssertFirst(random.Definition(), random.Facts(), random.Instant());
    }

    /// <summary>With thresholds only, most instants are passed over: values that fall are not looked at.</summary>
    [Property(MaxTest = 1_000)]
    public void So_it_is_where_only_rising_scores_qualify(DoNotSize<int> seed, byte least, bool byTotal)
    {
        var random = new RandomAgreement(seed.Item);
        var definition = random.Definition();
        Condition quantity = new SubjectCondition(byTotal ? "total" : "behaviour", AttributeType.Number, [new Test(byTotal ? Operator.AtLeast : Operator.MoreThan) { Numbers = [least % 40] }]);

        AssertFirst(definition with { Mql = new MqlRule(new AllOf([quantity])) }, random.Facts(), random.Instant());
    }

    [Property(MaxTest = 500)]
    public void Facts_of_the_future_change_nothing(DoNotSize<int> seed)
    {
        var random = new RandomAgreement(seed.Item);
        var plan = ScoringPlan.Compile(random.Definition());
        var facts = random.Facts();
        var until = random.Instant();
        var known = new LeadFacts(facts.Schema, facts.Values.ToArray(), [.. facts.Activities.ToArray().Where(activity => activity.At < until)]);

        Assert.Equal(plan.FirstQualified(known, new Instant(0), until), plan.FirstQualified(facts, new Instant(0), until));
    }

    private static void AssertFirst(Definition definition, LeadFacts facts, Instant from)
    {
        Instant? expected = null;
        for (var t = from; t < End && expected is null; t = new Instant(t.UnixMilliseconds + 1))
        {
            expected = ReferenceScorer.Score(definition, facts, t).Status == LeadStatus.Qualified ? t : null;
        }

        Assert.Equal(expected, ScoringPlan.Compile(definition).FirstQualified(facts, from, End));
    }
}
