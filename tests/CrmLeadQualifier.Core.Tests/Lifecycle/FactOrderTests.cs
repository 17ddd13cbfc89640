using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class FactOrderTests
{
    [Fact]
    public void Facts_apply_in_the_order_of_their_instants()
    {
        var input = ALead.Input(ALead.In(Stage.Lead)) with { Score = Agreement.Qualified, QualifiedSince = Agreement.Day(12) };
        Assert.Equal("lead>mql@12 qualified, mql>sql@15 verdict", StageMachine.Decide(input with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15)] }).Rows());
        Assert.Equal("lead>sql@10 sales_direct", StageMachine.Decide(input with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 10)] }).Rows());
    }

    [Fact]
    public void At_one_instant_the_verdict_comes_first_then_the_deal_then_the_score()
    {
        var input = ALead.Input(ALead.In(Stage.Lead)) with { Score = Agreement.Qualified, QualifiedSince = Agreement.Day(12) };
        Assert.Equal(
            "lead>sql@12 sales_direct, sql>opportunity@12 deal",
            StageMachine.Decide(input with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 12)], Deals = [ALead.Open(12)] }).Rows());
        Assert.Equal("lead>opportunity@12 deal", StageMachine.Decide(input with { Deals = [ALead.Open(12)] }).Rows());
    }

    [Fact]
    public void A_deadline_that_passed_before_a_verdict_comes_first() =>
        Assert.Equal(
            "mql>recycled@65.042 expired, recycled>sql@70 sales_direct",
            StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(80), NewVerdicts = [ALead.Says(VerdictValue.Qualified, 70)] }).Rows());

    [Fact]
    public void A_verdict_in_time_stops_the_expiry() =>
        Assert.Equal(
            "mql>sql@60 verdict",
            StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(80), NewVerdicts = [ALead.Says(VerdictValue.Qualified, 60)] }).Rows());

    [Fact]
    public void A_verdict_at_the_instant_of_the_expiry_comes_first()
    {
        var verdict = ALead.Says(VerdictValue.Qualified, 0) with { At = ALead.In(Stage.Mql).HandedOverAt!.Value + TimeSpan.FromDays(60) };
        var decision = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(80), NewVerdicts = [verdict] });
        Assert.Equal("mql>sql@65.042 verdict", decision.Rows());
    }

    [Fact]
    public void A_deal_won_at_the_instant_at_which_another_was_lost_makes_a_customer() =>
        Assert.Equal(
            "opportunity>customer@15 deal",
            StageMachine.Decide(ALead.Input(ALead.In(Stage.Opportunity)) with { Deals = [ALead.Lost(5, 15, "D1"), ALead.Won(6, 15, "D2")] }).Rows());

    [Fact]
    public void A_late_fact_is_applied_at_its_place_when_no_verdict_lies_after_it()
    {
        var input = ALead.Input(ALead.In(Stage.Mql));
        Assert.Equal("mql>sql@3 verdict", StageMachine.Decide(input with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 3)] }).Rows());
        Assert.Equal("mql>sql@3 deal, sql>opportunity@3 deal", StageMachine.Decide(input with { Deals = [ALead.Open(3)] }).Rows());
    }

    [Fact]
    public void A_late_fact_before_a_verdict_is_kept_and_reported()
    {
        var rejected = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 15, "no_need")] }).State;
        var late = ALead.Says(VerdictValue.Qualified, 14);
        var decision = StageMachine.Decide(ALead.Input(rejected) with { NewVerdicts = [late], Deals = [ALead.Open(13)] });
        Assert.Empty(decision.Transitions);
        Assert.Equal(rejected, decision.State);
        Assert.Equal([DecisionNote.LateFact], decision.Notes);
        Assert.Equal([late], decision.Seen);
        Assert.Equal("recycled>opportunity@16 deal", StageMachine.Decide(ALead.Input(rejected) with { Deals = [ALead.Open(16)] }).Rows());
    }

    [Fact]
    public void A_fact_after_now_waits_and_wakes_the_lead()
    {
        var decision = StageMachine.Decide(ALead.Input(ALead.In(Stage.Lead)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 24)], Deals = [ALead.Open(25)] });
        Assert.Empty(decision.Transitions);
        Assert.Empty(decision.Seen);
        Assert.Equal(Agreement.Day(24), decision.NextDueAt);
    }

    [Fact]
    public void A_deal_closed_with_a_date_to_come_is_closed_now()
    {
        Assert.Equal("sql>opportunity@15 deal, opportunity>customer@23 deal", StageMachine.Decide(ALead.Input(ALead.In(Stage.Sql)) with { Deals = [ALead.Won(15, 90)] }).Rows());
        var lost = StageMachine.Decide(ALead.Input(ALead.In(Stage.Opportunity)) with { Deals = [ALead.Lost(4, 90)] });
        Assert.Equal("opportunity>recycled@23 deal_lost", lost.Rows());
        Assert.Empty(StageMachine.Decide(ALead.Input(lost.State) with { At = Agreement.Day(24), Deals = [ALead.Lost(4, 90)] }).Transitions);
    }

    [Fact]
    public void A_deal_lost_before_is_not_lost_again_when_another_is_open()
    {
        var input = ALead.Input(ALead.In(Stage.Sql)) with { Deals = [ALead.Lost(6, 8, "D1")] };
        var lost = StageMachine.Decide(input);
        Assert.Equal("sql>opportunity@6 deal, opportunity>recycled@8 deal_lost", lost.Rows());
        var again = StageMachine.Decide(ALead.Input(lost.State) with { Deals = [ALead.Lost(6, 8, "D1"), ALead.Open(12, "D2")] });
        Assert.Equal("recycled>opportunity@12 deal", again.Rows());
        Assert.Empty(StageMachine.Decide(ALead.Input(again.State) with { Deals = [ALead.Lost(6, 8, "D1"), ALead.Open(12, "D2")] }).Transitions);
    }

    [Fact]
    public void A_rejection_of_a_recycled_lead_starts_the_rest_anew_and_moves_no_lifecycle()
    {
        var decision = StageMachine.Decide(ALead.Input(ALead.In(Stage.Recycled)) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 15, "bad_timing")] });
        Assert.Equal("recycled>recycled@15 verdict", decision.Rows());
        Assert.Equal((Agreement.Day(15), Agreement.Day(35), null), (decision.State.StageSince, decision.State.CoolDownUntil, decision.LifecycleMove));
    }

    [Fact]
    public void The_lifecycle_is_moved_to_the_last_stage_that_the_crm_knows()
    {
        var decision = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { Deals = [ALead.Open(15)] });
        Assert.Equal((Stage.Opportunity, Stage.Sql), (decision.State.Stage, decision.LifecycleMove));
        Assert.Null(StageMachine.Decide(ALead.Input(ALead.In(Stage.Sql)) with { Deals = [ALead.Open(15)] }).LifecycleMove);
    }

    [Theory]
    [InlineData(VerdictValue.Qualified, null)]
    [InlineData(VerdictValue.Rejected, "no_need")]
    [InlineData(VerdictValue.Rejected, "not_target")]
    public void An_emptied_verdict_asks_again(VerdictValue value, string? reason)
    {
        var mql = ALead.In(Stage.Mql);
        var given = StageMachine.Decide(ALead.Input(mql) with { NewVerdicts = [ALead.Says(value, 15, reason)] }).State;
        var decision = StageMachine.Decide(ALead.Input(given) with { NewVerdicts = [ALead.Empties(16, "hub:2")] });
        Assert.Equal($"{given.Stage.Word()}>mql@16 verdict", decision.Rows());
        Assert.Equal(mql with { StageSince = Agreement.Day(16) }, decision.State);
    }

    [Fact]
    public void An_emptied_verdict_without_a_hand_over_leaves_a_lead()
    {
        var given = StageMachine.Decide(ALead.Input(ALead.In(Stage.Lead)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15)] }).State;
        Assert.Equal("sql>lead@16 verdict", StageMachine.Decide(ALead.Input(given) with { NewVerdicts = [ALead.Empties(16)] }).Rows());
    }

    [Theory]
    [InlineData(Stage.Opportunity)]
    [InlineData(Stage.Customer)]
    [InlineData(Stage.Sql)]
    public void An_emptied_verdict_takes_back_no_stage_that_something_else_gave(Stage stage)
    {
        var state = ALead.In(stage) with { Verdict = ALead.Says(VerdictValue.Qualified, 10) };
        var decision = StageMachine.Decide(ALead.Input(state) with { NewVerdicts = [ALead.Empties(16)] });
        Assert.Empty(decision.Transitions);
        Assert.Null(decision.State.Verdict);
    }

    [Fact]
    public void An_emptied_rejection_takes_back_no_rest_that_a_lost_deal_began()
    {
        var state = ALead.In(Stage.Recycled) with { StageSince = Agreement.Day(12), Verdict = ALead.Says(VerdictValue.Rejected, 10) };
        Assert.Empty(StageMachine.Decide(ALead.Input(state) with { NewVerdicts = [ALead.Empties(16)] }).Transitions);
    }

    [Fact]
    public void A_late_verdict_that_is_emptied_asks_again()
    {
        var late = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 3)] }).State;
        Assert.Equal(Agreement.Day(5), late.StageSince);
        Assert.Equal("sql>mql@16 verdict", StageMachine.Decide(ALead.Input(late) with { NewVerdicts = [ALead.Empties(16)] }).Rows());
    }

    [Fact]
    public void A_verdict_given_after_it_was_emptied_stands() =>
        Assert.Equal(
            "mql>recycled@14 verdict, recycled>mql@15 verdict, mql>sql@16 verdict",
            StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with
            {
                NewVerdicts = [ALead.Says(VerdictValue.Qualified, 16), ALead.Says(VerdictValue.Rejected, 14), ALead.Empties(15)],
            }).Rows());

    [Fact]
    public void Missing_evidence_is_noted_where_the_known_attributes_are_told()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15)] };
        Assert.Empty(StageMachine.Decide(input).Notes);
        Assert.Empty(StageMachine.Decide(input with { KnownAttributes = new HashSet<string> { "need", "budget" } }).Notes);
        Assert.Equal([DecisionNote.EvidenceMissing], StageMachine.Decide(input with { KnownAttributes = new HashSet<string> { "need", "email" } }).Notes);
    }
}
