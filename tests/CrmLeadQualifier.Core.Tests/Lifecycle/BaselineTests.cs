using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class BaselineTests
{
    [Theory]
    [InlineData(VerdictValue.Qualified, null, "lead>sql@-400 baseline")]
    [InlineData(VerdictValue.Accepted, null, "lead>sql@-400 baseline")]
    [InlineData(VerdictValue.Rejected, "no_need", "lead>recycled@-400 baseline")]
    [InlineData(VerdictValue.Rejected, "not_target", "lead>disqualified@-400 baseline")]
    [InlineData(VerdictValue.Rejected, null, "lead>recycled@-400 baseline")]
    [InlineData(VerdictValue.Reopened, null, "")]
    public void A_first_baseline_takes_its_stage_from_a_verdict_of_the_past(VerdictValue value, string? reason, string rows)
    {
        var verdict = ALead.Says(value, -400, reason);
        var decision = StageMachine.Decide(ALead.Baseline() with { NewVerdicts = [verdict], Score = Agreement.Qualified, QualifiedSince = Agreement.Day(-500) });
        Assert.Equal(rows, decision.Rows());
        Assert.Equal((Answer.None, 0, null), (decision.State.Answer, decision.State.HandOver, decision.LifecycleMove));
        Assert.Equal(verdict, decision.State.Verdict);
        Assert.Equal([verdict], decision.Seen);
    }

    [Fact]
    public void A_cool_down_of_a_baseline_counts_from_the_verdict()
    {
        var decision = StageMachine.Decide(ALead.Baseline() with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 10, "bad_timing")] });
        Assert.Equal((Agreement.Day(30), Agreement.Day(30)), (decision.State.CoolDownUntil, decision.NextDueAt));
    }

    [Fact]
    public void All_verdicts_and_deals_of_the_past_apply_in_order()
    {
        var decision = StageMachine.Decide(ALead.Baseline() with
        {
            NewVerdicts = [ALead.Says(VerdictValue.Qualified, -50), ALead.Says(VerdictValue.Reopened, -90), ALead.Says(VerdictValue.Rejected, -100, "not_target")],
            Deals = [ALead.Open(-5, "D2"), ALead.Lost(-40, -20, "D1")],
        });
        Assert.Equal(
            "lead>disqualified@-100 baseline, disqualified>lead@-90 baseline, lead>sql@-50 baseline, sql>opportunity@-40 baseline, "
            + "opportunity>recycled@-20 baseline, recycled>opportunity@-5 baseline",
            decision.Rows());
    }

    [Fact]
    public void A_customer_is_one_from_the_baseline_on() => Assert.Equal("lead>customer@23 baseline", StageMachine.Decide(ALead.Baseline() with { IsCustomer = true }).Rows());

    [Fact]
    public void A_lead_that_is_qualified_by_the_baseline_alone_is_held_without_a_row()
    {
        var decision = StageMachine.Decide(ALead.Baseline() with { Score = Agreement.Qualified, LastScoringActivityAt = Agreement.Day(22), IsReleased = true });
        Assert.Empty(decision.Transitions);
        Assert.Equal(
            LeadState.New with { StageSince = ALead.T, IsHeld = true, HeldSince = ALead.T, ScoringFingerprint = Agreement.OneStep.ScoringFingerprint },
            decision.State);
    }

    [Fact]
    public void A_lead_that_is_not_qualified_is_not_held_and_becomes_mql_once_it_is()
    {
        var decision = StageMachine.Decide(ALead.Baseline());
        Assert.False(decision.State.IsHeld);
        var later = ALead.Input(decision.State) with { At = Agreement.Day(25), Score = Agreement.Qualified, QualifiedSince = Agreement.Day(24) };
        Assert.Equal("lead>mql@24 qualified", StageMachine.Decide(later).Rows());
    }

    [Fact]
    public void Blindness_at_the_baseline_lifts_no_hold() =>
        Assert.True(StageMachine.Decide(ALead.Baseline() with { Score = Agreement.Qualified, IsBlind = true }).State.IsHeld);

    [Theory]
    [InlineData(-100, true)]
    [InlineData(-400, false)]
    public void A_lead_rejected_long_ago_is_held_only_if_it_came_back_by_itself(int activity, bool isHeld)
    {
        var decision = StageMachine.Decide(ALead.Baseline() with
        {
            NewVerdicts = [ALead.Says(VerdictValue.Rejected, -300, "bad_timing")],
            Score = Agreement.Qualified,
            LastScoringActivityAt = Agreement.Day(activity),
        });
        Assert.Equal((Stage.Recycled, isHeld), (decision.State.Stage, decision.State.IsHeld));
    }

    [Fact]
    public void Another_agreement_keeps_every_stage_and_answer_and_applies_nothing_twice()
    {
        foreach (var stage in Enum.GetValues<Stage>())
        {
            var verdict = ALead.Says(VerdictValue.Rejected, 5);
            var state = ALead.In(stage) with { Verdict = stage == Stage.Mql ? null : verdict };
            var decision = StageMachine.Decide(Again(state) with { NewVerdicts = stage == Stage.Mql ? [] : [verdict], Score = Agreement.NotYet });
            Assert.Empty(decision.Transitions);
            Assert.Equal(state with { ScoringFingerprint = Agreement.Next.ScoringFingerprint }, decision.State);
        }
    }

    [Fact]
    public void A_verdict_withdrawn_before_is_not_applied_again_by_another_agreement()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15), ALead.Empties(16)] };
        var withdrawn = StageMachine.Decide(input).State;
        Assert.Equal(Stage.Mql, withdrawn.Stage);
        Assert.Empty(StageMachine.Decide(Again(withdrawn) with { NewVerdicts = input.NewVerdicts }).Transitions);
    }

    [Fact]
    public void A_verdict_that_nobody_has_seen_is_not_lost_in_another_agreements_baseline()
    {
        var decision = StageMachine.Decide(Again(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15)] });
        Assert.Equal("mql>sql@15 verdict", decision.Rows());
        Assert.Equal(Stage.Sql, decision.LifecycleMove);
    }

    [Theory]
    [InlineData(Stage.Lead)]
    [InlineData(Stage.Recycled)]
    public void Who_is_newly_qualified_by_another_agreement_is_held(Stage stage)
    {
        var decision = StageMachine.Decide(Again(ALead.In(stage)) with { Score = Agreement.Qualified, LastScoringActivityAt = Agreement.Day(12) });
        Assert.Empty(decision.Transitions);
        Assert.Equal((stage, true, ALead.T), (decision.State.Stage, decision.State.IsHeld, decision.State.HeldSince));

        var next = ALead.Input(decision.State, Agreement.Next) with { At = Agreement.Day(25), Score = Agreement.Qualified, QualifiedSince = ALead.T };
        Assert.Empty(StageMachine.Decide(next with { LastScoringActivityAt = Agreement.Day(12) }).Transitions);
        Assert.Equal($"{stage.Word()}>mql@24 qualified", StageMachine.Decide(next with { LastScoringActivityAt = Agreement.Day(24) }).Rows());
    }

    [Fact]
    public void A_recycled_lead_within_its_cool_down_is_not_held()
    {
        var state = ALead.In(Stage.Recycled) with { CoolDownUntil = Agreement.Day(40) };
        Assert.False(StageMachine.Decide(Again(state) with { Score = Agreement.Qualified, LastScoringActivityAt = Agreement.Day(12) }).State.IsHeld);
    }

    private static DecisionInput Again(LeadState state) => ALead.Input(state, Agreement.Next) with { IsBaseline = true };
}
