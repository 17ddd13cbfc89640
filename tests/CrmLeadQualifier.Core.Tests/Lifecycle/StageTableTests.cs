using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

/// <summary>Section 3's table, row by row and for every stage it does not name.</summary>
public sealed class StageTableTests
{
    [Theory]
    [InlineData(Stage.Lead, "lead>sql@15 sales_direct")]
    [InlineData(Stage.Recycled, "recycled>sql@15 sales_direct")]
    [InlineData(Stage.Mql, "mql>sql@15 verdict")]
    [InlineData(Stage.Sal, "sal>sql@15 verdict")]
    [InlineData(Stage.Sql, "")]
    [InlineData(Stage.Opportunity, "")]
    [InlineData(Stage.Customer, "")]
    [InlineData(Stage.Disqualified, "")]
    public void A_verdict_qualified_makes_an_sql(Stage from, string rows)
    {
        Assert.Equal(rows, With(from, ALead.Says(VerdictValue.Qualified, 15)).Rows());
        Assert.Equal(rows, With(from, ALead.Says(VerdictValue.Accepted, 15)).Rows());
        Assert.Equal(rows, With(from, ALead.Says(VerdictValue.Qualified, 15), twoStep: true).Rows());
    }

    [Theory]
    [InlineData(Stage.Mql, "mql>sal@15 verdict")]
    [InlineData(Stage.Lead, "")]
    [InlineData(Stage.Recycled, "")]
    [InlineData(Stage.Sal, "")]
    [InlineData(Stage.Sql, "")]
    [InlineData(Stage.Opportunity, "")]
    [InlineData(Stage.Customer, "")]
    [InlineData(Stage.Disqualified, "")]
    public void With_two_steps_accepted_makes_an_sal_of_an_mql_only(Stage from, string rows) =>
        Assert.Equal(rows, With(from, ALead.Says(VerdictValue.Accepted, 15), twoStep: true).Rows());

    [Theory]
    [InlineData(Stage.Lead, true)]
    [InlineData(Stage.Recycled, true)]
    [InlineData(Stage.Mql, true)]
    [InlineData(Stage.Sal, true)]
    [InlineData(Stage.Sql, true)]
    [InlineData(Stage.Opportunity, false)]
    [InlineData(Stage.Customer, false)]
    [InlineData(Stage.Disqualified, false)]
    public void A_rejection_does_what_its_reason_says(Stage from, bool applies)
    {
        var name = from.Word();
        Assert.Equal(applies ? $"{name}>disqualified@15 verdict" : "", With(from, ALead.Says(VerdictValue.Rejected, 15, "not_target")).Rows());
        Assert.Equal(applies ? $"{name}>recycled@15 verdict" : "", With(from, ALead.Says(VerdictValue.Rejected, 15, "no_need")).Rows());
        Assert.Equal(applies ? $"{name}>recycled@15 verdict" : "", With(from, ALead.Says(VerdictValue.Rejected, 15)).Rows());
    }

    [Theory]
    [InlineData("no_need", 180, false, false)]
    [InlineData("bad_timing", 20, false, false)]
    [InlineData("someday", 90, false, false)]
    [InlineData("never_heard_of", 90, true, false)]
    [InlineData(null, 90, false, true)]
    [InlineData(" ", 90, false, true)]
    public void A_cool_down_is_the_reasons_or_90_days(string? reason, int days, bool isUnknown, bool isMissing)
    {
        var decision = With(Stage.Mql, ALead.Says(VerdictValue.Rejected, 15, reason));
        Assert.Equal(Agreement.Day(15 + days), decision.State.CoolDownUntil);
        Assert.Equal(isUnknown, decision.Notes.Contains(DecisionNote.UnknownReason));
        Assert.Equal(isMissing, decision.Notes.Contains(DecisionNote.ReasonMissing));
        Assert.Equal(isMissing ? Answer.ReasonMissing : Answer.Answered, decision.State.Answer);
        Assert.Equal(reason, decision.State.Verdict!.Reason);
    }

    [Fact]
    public void A_reason_of_an_earlier_agreement_is_kept_and_noted_as_retired_not_as_unknown()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 15, "no_budget")], RetiredReasons = ["no_budget"] };

        var decision = StageMachine.Decide(input);

        Assert.Equal([DecisionNote.RetiredReason], decision.Notes);
        Assert.Equal((Answer.Answered, "no_budget", Agreement.Day(15 + 90)), (decision.State.Answer, decision.State.Verdict!.Reason, decision.State.CoolDownUntil));
    }

    [Fact]
    public void Without_reasons_in_the_agreement_any_reason_is_text_and_nothing_to_note()
    {
        var definition = Agreement.OneStep with { Sales = Agreement.OneStep.Sales with { RejectionReasons = [] } };
        var decision = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql), definition) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 15, "went bankrupt")] });
        Assert.Empty(decision.Notes);
        Assert.Equal(Agreement.Day(105), decision.State.CoolDownUntil);
    }

    [Theory]
    [InlineData(Stage.Disqualified, "disqualified>lead@15 reopened")]
    [InlineData(Stage.Lead, "")]
    [InlineData(Stage.Mql, "")]
    [InlineData(Stage.Sal, "")]
    [InlineData(Stage.Sql, "")]
    [InlineData(Stage.Opportunity, "")]
    [InlineData(Stage.Customer, "")]
    [InlineData(Stage.Recycled, "")]
    public void Only_a_disqualified_lead_is_reopened(Stage from, string rows) => Assert.Equal(rows, With(from, ALead.Says(VerdictValue.Reopened, 15)).Rows());

    [Fact]
    public void Reopened_is_no_answer_to_a_hand_over() => Assert.Equal(Answer.ToAnswer, With(Stage.Mql, ALead.Says(VerdictValue.Reopened, 15)).State.Answer);

    [Theory]
    [InlineData(Stage.Lead, "lead>opportunity@15 deal")]
    [InlineData(Stage.Mql, "mql>sql@15 deal, sql>opportunity@15 deal")]
    [InlineData(Stage.Sal, "sal>sql@15 deal, sql>opportunity@15 deal")]
    [InlineData(Stage.Sql, "sql>opportunity@15 deal")]
    [InlineData(Stage.Recycled, "recycled>opportunity@15 deal")]
    [InlineData(Stage.Disqualified, "disqualified>opportunity@15 deal")]
    [InlineData(Stage.Opportunity, "")]
    [InlineData(Stage.Customer, "")]
    public void A_deal_makes_an_opportunity(Stage from, string rows) =>
        Assert.Equal(rows, StageMachine.Decide(ALead.Input(ALead.In(from)) with { Deals = [ALead.Open(15)] }).Rows());

    [Theory]
    [InlineData(Stage.Lead, "lead>opportunity@15 deal, opportunity>customer@18 deal")]
    [InlineData(Stage.Mql, "mql>sql@15 deal, sql>opportunity@15 deal, opportunity>customer@18 deal")]
    [InlineData(Stage.Opportunity, "opportunity>customer@18 deal")]
    [InlineData(Stage.Customer, "")]
    public void A_won_deal_makes_a_customer(Stage from, string rows) =>
        Assert.Equal(rows, StageMachine.Decide(ALead.Input(ALead.In(from)) with { Deals = [ALead.Won(15, 18)] }).Rows());

    [Theory]
    [InlineData(Stage.Lead, "lead>customer@23 customer")]
    [InlineData(Stage.Mql, "mql>sql@23 deal, sql>customer@23 customer")]
    [InlineData(Stage.Sal, "sal>sql@23 deal, sql>customer@23 customer")]
    [InlineData(Stage.Sql, "sql>customer@23 customer")]
    [InlineData(Stage.Opportunity, "opportunity>customer@23 customer")]
    [InlineData(Stage.Recycled, "recycled>customer@23 customer")]
    [InlineData(Stage.Disqualified, "disqualified>customer@23 customer")]
    [InlineData(Stage.Customer, "")]
    public void A_company_that_is_a_customer_makes_a_customer(Stage from, string rows) =>
        Assert.Equal(rows, StageMachine.Decide(ALead.Input(ALead.In(from)) with { IsCustomer = true }).Rows());

    [Fact]
    public void An_opportunity_is_recycled_when_its_last_open_deal_is_lost()
    {
        var input = ALead.Input(ALead.In(Stage.Opportunity));
        Assert.Equal("", StageMachine.Decide(input with { Deals = [ALead.Lost(5, 15, "D1"), ALead.Open(10, "D2")] }).Rows());
        var decision = StageMachine.Decide(input with { Deals = [ALead.Lost(5, 15, "D1"), ALead.Lost(10, 18, "D2")] });
        Assert.Equal("opportunity>recycled@18 deal_lost", decision.Rows());
        Assert.Equal(Agreement.Day(18 + 60), decision.State.CoolDownUntil);
    }

    [Theory]
    [InlineData(Stage.Mql, true)]
    [InlineData(Stage.Lead, false)]
    [InlineData(Stage.Sal, false)]
    [InlineData(Stage.Sql, false)]
    [InlineData(Stage.Recycled, false)]
    public void An_mql_without_a_verdict_expires(Stage from, bool expires)
    {
        var decision = StageMachine.Decide(ALead.Input(ALead.In(from)) with { At = Agreement.Day(80) });
        Assert.Equal(expires ? "mql>recycled@65.042 expired" : "", decision.Rows());
        if (expires)
        {
            Assert.Equal(Answer.None, decision.State.Answer);
            Assert.Equal(decision.State.StageSince + TimeSpan.FromDays(30), decision.State.CoolDownUntil);
        }
    }

    private static Decision With(Stage from, Verdict verdict, bool twoStep = false) =>
        StageMachine.Decide(ALead.Input(ALead.In(from), twoStep ? Agreement.TwoStep : Agreement.OneStep) with { NewVerdicts = [verdict] });
}
