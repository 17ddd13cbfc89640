using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class HandOverTests
{
    [Fact]
    public void Without_a_record_or_an_owner_the_answer_is_waiting_and_the_clock_does_not_start()
    {
        var waiting = StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { CanBeHandedOver = false }).State;
        Assert.Equal(Answer.Waiting, waiting.Answer);
        Assert.Equal(waiting, HandOver.Sent(waiting, Agreement.OneStep, ALead.T));

        var ready = StageMachine.Decide(Qualified(waiting) with { At = Agreement.Day(24) });
        Assert.Equal((Answer.ToAnswer, 1), (ready.State.Answer, ready.State.HandOver));
        Assert.Empty(ready.Transitions);
    }

    [Fact]
    public void The_batch_that_is_sent_starts_the_clock_once()
    {
        var mql = StageMachine.Decide(Qualified(ALead.In(Stage.Lead))).State;
        Assert.True(HandOver.IsToBeSent(mql));
        var sent = HandOver.Sent(mql, Agreement.OneStep, Agreement.At("2026-11-23T16:00:00Z"));
        Assert.Equal("2026-11-23T16:00:00Z", sent.HandedOverAt.ToString());
        Assert.Equal("2026-11-24T15:00:00Z", sent.AnswerDueAt.ToString());
        Assert.Equal(sent, HandOver.Sent(sent, Agreement.OneStep, Agreement.Day(25)));
        Assert.False(HandOver.IsToBeSent(sent));
        Assert.Equal("2026-11-24T15:00:00.001Z", HandOver.NextDueAt(sent, Agreement.OneStep, ALead.T).ToString());
    }

    [Fact]
    public void A_hand_over_is_overdue_after_its_due_instant()
    {
        var due = Agreement.Day(30);
        var on = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = due });
        Assert.Equal((Answer.ToAnswer, due + TimeSpan.FromMilliseconds(1)), (on.State.Answer, on.NextDueAt));
        var after = StageMachine.Decide(ALead.Input(on.State) with { At = on.NextDueAt!.Value });
        Assert.Equal(Answer.Overdue, after.State.Answer);
        Assert.Equal(after.State.HandedOverAt + TimeSpan.FromDays(60), after.NextDueAt);
    }

    [Fact]
    public void A_contact_stops_the_clock_however_late_and_one_that_is_deleted_was_none()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(40), SalesContacts = [new SalesContact(Agreement.Day(39), "call")] };
        var contacted = StageMachine.Decide(input).State;
        Assert.Equal((Answer.Contacted, Agreement.Day(39)), (contacted.Answer, contacted.FirstContact!.At));
        var deleted = StageMachine.Decide(input with { State = contacted, SalesContacts = [] }).State;
        Assert.Equal((Answer.Overdue, null), (deleted.Answer, deleted.FirstContact));
    }

    [Fact]
    public void A_meeting_is_contact_once_it_has_started_and_the_lead_is_looked_at_again_then()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { SalesContacts = [new SalesContact(Agreement.Day(25), "meeting")] };
        var planned = StageMachine.Decide(input);
        Assert.Equal((Answer.ToAnswer, Agreement.Day(25)), (planned.State.Answer, planned.NextDueAt));
        Assert.Equal(Answer.Contacted, StageMachine.Decide(input with { State = planned.State, At = Agreement.Day(25) }).State.Answer);
    }

    [Fact]
    public void Acceptance_alone_is_no_contact_and_the_one_that_follows_is_still_found()
    {
        var accepted = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Accepted, 20)] }).State;
        Assert.Equal((Stage.Sql, Answer.Answered, null), (accepted.Stage, accepted.Answer, accepted.FirstContact));
        var called = StageMachine.Decide(ALead.Input(accepted) with { At = Agreement.Day(30), SalesContacts = [new SalesContact(Agreement.Day(29), "email_sent")] }).State;
        Assert.Equal((Answer.Answered, Agreement.Day(29)), (called.Answer, called.FirstContact!.At));
    }

    [Theory]
    [InlineData(-13.9, true)]
    [InlineData(-14.1, false)]
    public void Who_is_in_contact_already_is_handed_over_as_contacted(double days, bool isContacted)
    {
        var call = new SalesContact(ALead.T + TimeSpan.FromDays(days), "call");
        var mql = StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { SalesContacts = [call] }).State;
        Assert.True(HandOver.IsToBeSent(mql));
        var sent = HandOver.Sent(mql, Agreement.OneStep, ALead.T);
        Assert.Equal(isContacted ? new ContactMade(call.At, "call", IsDayOnly: false, WasInContact: true) : null, sent.FirstContact);
        Assert.Equal(isContacted ? Answer.Contacted : Answer.ToAnswer, sent.Answer);
        Assert.Equal(sent, StageMachine.Decide(ALead.Input(sent) with { Score = Agreement.Qualified, SalesContacts = [call] }).State);
    }

    [Fact]
    public void Owners_that_follow_one_another_are_counted_from_the_hand_over_on()
    {
        var waiting = StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { Owner = "ann" }).State;
        var passedOn = StageMachine.Decide(Qualified(waiting) with { Owner = "ben" }).State;
        Assert.Equal(("ben", 0), (passedOn.Owner, passedOn.OwnerChanges));
        var state = HandOver.Sent(passedOn, Agreement.OneStep, ALead.T);
        foreach (var owner in (string?[])["ben", "cleo", null, "cleo", "ann"])
        {
            state = StageMachine.Decide(Qualified(state) with { Owner = owner, CanBeHandedOver = owner is not null }).State;
        }

        Assert.Equal(("ann", 2), (state.Owner, state.OwnerChanges));
    }

    [Fact]
    public void An_owner_who_leaves_does_not_stop_a_clock_that_runs() =>
        Assert.Equal(Answer.ToAnswer, StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { CanBeHandedOver = false }).State.Answer);

    [Fact]
    public void A_second_hand_over_starts_empty_and_remembers_the_verdict_before()
    {
        var verdict = ALead.Says(VerdictValue.Rejected, 5, "bad_timing");
        var state = ALead.In(Stage.Recycled) with { Verdict = verdict };
        var mql = StageMachine.Decide(Qualified(state) with { LastScoringActivityAt = Agreement.Day(21) }).State;
        Assert.Equal((2, verdict, Answer.ToAnswer), (mql.HandOver, mql.PreviousVerdict, mql.Answer));
        Assert.Null(mql.Verdict);
        Assert.Null(mql.HandedOverAt);
        Assert.Null(mql.AnswerDueAt);
        Assert.Null(mql.CoolDownUntil);
        Assert.Empty(StageMachine.Decide(ALead.Input(mql) with { NewVerdicts = [verdict] }).Transitions);
    }

    [Fact]
    public void A_hand_over_that_expired_leaves_the_answer_before_it_to_be_read()
    {
        var verdict = ALead.Says(VerdictValue.Rejected, -50, "bad_timing");
        var state = ALead.In(Stage.Recycled) with { HandOver = 2, PreviousVerdict = verdict };
        Assert.Equal(verdict, StageMachine.Decide(Qualified(state) with { LastScoringActivityAt = Agreement.Day(21) }).State.PreviousVerdict);
    }

    [Fact]
    public void An_mql_that_becomes_excluded_is_withdrawn_and_its_clock_stops()
    {
        var excluded = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(200), Score = Agreement.Excluded });
        Assert.Equal((Stage.Mql, Answer.Withdrawn, null), (excluded.State.Stage, excluded.State.Answer, excluded.NextDueAt));
        Assert.Null(HandOver.NextDueAt(excluded.State, Agreement.OneStep, ALead.T));
    }

    [Fact]
    public void When_the_exclusion_lifts_the_agreed_time_starts_anew()
    {
        var excluded = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(40), Score = Agreement.Excluded }).State;
        var back = StageMachine.Decide(ALead.Input(excluded) with { At = Agreement.At("2026-12-14T09:00:00Z") }).State;
        Assert.Equal((Answer.ToAnswer, excluded.HandedOverAt, 1), (back.Answer, back.HandedOverAt, back.HandOver));
        Assert.Equal("2026-12-14T17:00:00Z", back.AnswerDueAt.ToString());
    }

    [Fact]
    public void An_mql_excluded_before_it_was_handed_over_waits_for_nobody()
    {
        var mql = StageMachine.Decide(Qualified(ALead.In(Stage.Lead))).State;
        var excluded = StageMachine.Decide(ALead.Input(mql) with { Score = Agreement.Excluded }).State;
        Assert.False(HandOver.IsToBeSent(excluded));
        Assert.Equal(Answer.ToAnswer, StageMachine.Decide(ALead.Input(excluded)).State.Answer);
    }

    [Fact]
    public void A_rejection_without_a_reason_asks_for_one_until_it_is_given()
    {
        var missing = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 15)] }).State;
        Assert.Equal(Answer.ReasonMissing, missing.Answer);
        var given = StageMachine.Decide(ALead.Input(missing) with { NewVerdicts = [ALead.Says(VerdictValue.Rejected, 16, "not_target")] });
        Assert.Equal("recycled>disqualified@16 verdict", given.Rows());
        Assert.Equal(Answer.Answered, given.State.Answer);
    }

    [Fact]
    public void What_sales_found_without_us_answers_no_hand_over() =>
        Assert.Equal(Answer.None, StageMachine.Decide(ALead.Input(ALead.In(Stage.Lead)) with { NewVerdicts = [ALead.Says(VerdictValue.Qualified, 15)] }).State.Answer);

    [Fact]
    public void A_deal_answers_the_hand_over() =>
        Assert.Equal(Answer.Answered, StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { Deals = [ALead.Open(15)] }).State.Answer);

    [Theory]
    [InlineData(Stage.Recycled, true)]
    [InlineData(Stage.Lead, false)]
    [InlineData(Stage.Sql, false)]
    public void A_cool_down_is_a_deadline_of_recycled_leads_only(Stage stage, bool isDue)
    {
        var state = ALead.In(stage) with { CoolDownUntil = Agreement.Day(40) };
        Assert.Equal(isDue ? Agreement.Day(40) : null, HandOver.NextDueAt(state, Agreement.OneStep, ALead.T));
        Assert.Null(HandOver.NextDueAt(state with { NeedsRelease = true }, Agreement.OneStep, ALead.T));
        Assert.Null(HandOver.NextDueAt(state, Agreement.OneStep, Agreement.Day(40)));
    }

    private static DecisionInput Qualified(LeadState state) => ALead.Input(state) with { Score = Agreement.Qualified, QualifiedSince = Agreement.Day(12) };
}
