using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class MqlTests
{
    [Fact]
    public void A_qualified_lead_becomes_mql_at_the_instant_from_which_it_is_qualified()
    {
        var decision = StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { QualifiedSince = Agreement.Day(12) });
        Assert.Equal("lead>mql@12 qualified", decision.Rows());
        Assert.Equal((1, Answer.ToAnswer, Stage.Mql), (decision.State.HandOver, decision.State.Answer, decision.LifecycleMove));
        Assert.Null(decision.State.HandedOverAt);
    }

    [Theory]
    [InlineData(-100, 5)]
    [InlineData(12, 12)]
    [InlineData(40, 23)]
    [InlineData(null, 23)]
    public void An_mql_is_dated_between_the_stage_before_and_now(int? qualifiedSince, int day) =>
        Assert.Equal(
            $"lead>mql@{day} qualified",
            StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { QualifiedSince = qualifiedSince is { } since ? Agreement.Day(since) : null }).Rows());

    [Theory]
    [InlineData(LeadStatus.Excluded)]
    [InlineData(LeadStatus.Unscorable)]
    [InlineData(LeadStatus.NotYet)]
    public void Who_is_not_qualified_never_becomes_mql_even_released(LeadStatus status) =>
        Assert.Empty(StageMachine.Decide(Qualified(Held()) with { Score = new LeadScore { Status = status }, IsReleased = true, LastScoringActivityAt = ALead.T }).Transitions);

    [Fact]
    public void While_blind_nobody_becomes_mql_and_afterwards_they_do()
    {
        var input = Qualified(ALead.In(Stage.Lead)) with { QualifiedSince = Agreement.Day(12), IsBlind = true };
        Assert.Empty(StageMachine.Decide(input).Transitions);
        Assert.Equal("lead>mql@12 qualified", StageMachine.Decide(input with { IsBlind = false }).Rows());
    }

    [Fact]
    public void The_contact_of_a_customer_is_not_handed_over_on_the_way() =>
        Assert.Equal("lead>customer@23 customer", StageMachine.Decide(Qualified(ALead.In(Stage.Lead)) with { QualifiedSince = Agreement.Day(12), IsCustomer = true }).Rows());

    [Theory]
    [InlineData(19, 23, false)]
    [InlineData(23, null, false)]
    [InlineData(23, 5, false)]
    [InlineData(23, 12, true)]
    public void A_recycled_lead_comes_back_after_its_cool_down_and_with_a_new_activity(int t, int? activity, bool comesBack)
    {
        var input = Qualified(ALead.In(Stage.Recycled)) with
        {
            At = Agreement.Day(t),
            QualifiedSince = Agreement.Day(1),
            LastScoringActivityAt = activity is { } day ? Agreement.Day(day) : null,
        };
        Assert.Equal(comesBack ? "recycled>mql@20 qualified" : "", StageMachine.Decide(input).Rows());
    }

    [Fact]
    public void An_activity_after_the_cool_down_dates_the_return() =>
        Assert.Equal(
            "recycled>mql@22 qualified",
            StageMachine.Decide(Qualified(ALead.In(Stage.Recycled)) with { QualifiedSince = Agreement.Day(1), LastScoringActivityAt = Agreement.Day(22) }).Rows());

    [Theory]
    [InlineData("demo_request", 12, "recycled>mql@12 qualified")]
    [InlineData("demo_request", 4, "")]
    [InlineData("pricing_page", 12, "")]
    public void A_new_activity_of_an_always_criterion_ends_any_cool_down(string criterion, int day, string rows)
    {
        var input = Qualified(ALead.In(Stage.Recycled) with { CoolDownUntil = Agreement.Day(200) }) with
        {
            QualifiedSince = Agreement.Day(1),
            LastScoringActivityAt = Agreement.Day(12),
            LastCountedAt = new Dictionary<string, Instant> { [criterion] = Agreement.Day(day) },
        };
        Assert.Equal(rows, StageMachine.Decide(input).Rows());
    }

    [Fact]
    public void The_first_of_what_lets_a_lead_come_back_dates_it() =>
        Assert.Equal(
            "recycled>mql@12 qualified",
            StageMachine.Decide(Qualified(ALead.In(Stage.Recycled)) with
            {
                QualifiedSince = Agreement.Day(1),
                LastScoringActivityAt = Agreement.Day(12),
                LastCountedAt = new Dictionary<string, Instant> { ["demo_request"] = Agreement.Day(12) },
            }).Rows());

    [Fact]
    public void Recontact_on_replaces_the_cool_down_and_needs_no_new_activity()
    {
        var verdict = ALead.Says(VerdictValue.Rejected, 15, "no_need") with { RecontactOn = Agreement.At("2026-11-21") };
        var rejected = StageMachine.Decide(Qualified(ALead.In(Stage.Mql)) with { At = Agreement.Day(16), NewVerdicts = [verdict] });
        Assert.True(rejected.State.IsRecontact);
        Assert.Equal(verdict.RecontactOn, rejected.NextDueAt);

        var before = Qualified(rejected.State) with { At = Agreement.At("2026-11-20T23:59:59Z"), LastScoringActivityAt = Agreement.Day(18) };
        Assert.Empty(StageMachine.Decide(before).Transitions);
        var on = StageMachine.Decide(Qualified(rejected.State) with { At = Agreement.At("2026-11-21"), QualifiedSince = Agreement.Day(1) });
        Assert.Equal(Stage.Mql, on.State.Stage);
        Assert.Equal(verdict.RecontactOn, on.Transitions.Single().At);
        Assert.Equal(verdict, on.State.PreviousVerdict);
    }

    [Fact]
    public void A_recontact_date_added_to_the_verdict_that_stands_moves_the_cool_down_and_nothing_else()
    {
        var verdict = ALead.Says(VerdictValue.Rejected, 15, "no_need");
        var rejected = StageMachine.Decide(ALead.Input(ALead.In(Stage.Mql)) with { At = Agreement.Day(16), NewVerdicts = [verdict] });
        var amended = StageMachine.Decide(ALead.Input(rejected.State) with { NewVerdicts = [verdict with { RecontactOn = Agreement.Day(40) }] });
        Assert.Empty(amended.Transitions);
        Assert.Equal((Agreement.Day(40), true), (amended.State.CoolDownUntil, amended.State.IsRecontact));
    }

    [Fact]
    public void The_third_return_within_12_months_waits_for_a_release()
    {
        var input = Qualified(ALead.In(Stage.Recycled)) with
        {
            QualifiedSince = Agreement.Day(1),
            LastScoringActivityAt = Agreement.Day(22),
            LastCountedAt = new Dictionary<string, Instant> { ["demo_request"] = Agreement.Day(22) },
        };
        Assert.Single(StageMachine.Decide(input with { EarlierMqls = [Agreement.Day(-300), Agreement.Day(-200)] }).Transitions);
        Assert.Single(StageMachine.Decide(input with { EarlierMqls = [Agreement.Day(-500), Agreement.Day(-400), Agreement.Day(-200)] }).Transitions);

        IReadOnlyList<Instant> often = [Agreement.Day(-500), Agreement.Day(-200), Agreement.Day(-100)];
        var waiting = StageMachine.Decide(input with { EarlierMqls = often });
        Assert.Empty(waiting.Transitions);
        Assert.True(waiting.State.NeedsRelease);
        Assert.Contains(DecisionNote.ThirdReturn, waiting.Notes);

        var later = Qualified(waiting.State) with { At = Agreement.Day(600), EarlierMqls = often, LastScoringActivityAt = Agreement.Day(599) };
        Assert.Empty(StageMachine.Decide(later).Transitions);
        var released = StageMachine.Decide(Qualified(waiting.State) with { At = Agreement.Day(25), EarlierMqls = often, IsReleased = true });
        Assert.Equal("recycled>mql@25 released", released.Rows());
        Assert.False(released.State.NeedsRelease);
    }

    [Fact]
    public void A_falling_score_takes_no_stage_away()
    {
        foreach (var stage in Enum.GetValues<Stage>())
        {
            foreach (var score in new[] { Agreement.NotYet, Agreement.Excluded, Agreement.Unscorable })
            {
                Assert.Equal(stage, StageMachine.Decide(ALead.Input(ALead.In(stage)) with { Score = score }).State.Stage);
            }
        }
    }

    [Theory]
    [InlineData(9, "")]
    [InlineData(10, "")]
    [InlineData(11, "lead>mql@11 qualified")]
    public void A_held_lead_becomes_mql_when_an_activity_that_scores_happens_afterwards(int activity, string rows) =>
        Assert.Equal(rows, StageMachine.Decide(Qualified(Held()) with { QualifiedSince = Agreement.Day(-30), LastScoringActivityAt = Agreement.Day(activity) }).Rows());

    [Fact]
    public void A_held_lead_becomes_mql_when_it_is_released()
    {
        var decision = StageMachine.Decide(Qualified(Held()) with { QualifiedSince = Agreement.Day(-30), IsReleased = true });
        Assert.Equal("lead>mql@23 released", decision.Rows());
        Assert.False(decision.State.IsHeld);
    }

    [Fact]
    public void A_release_does_not_shorten_a_cool_down() =>
        Assert.Empty(StageMachine.Decide(Qualified(ALead.In(Stage.Recycled) with { CoolDownUntil = Agreement.Day(30) }) with { IsReleased = true }).Transitions);

    [Fact]
    public void A_hold_survives_a_time_of_not_being_qualified()
    {
        var away = StageMachine.Decide(ALead.Input(Held()) with { Score = Agreement.Unscorable });
        Assert.True(away.State.IsHeld);
        Assert.Empty(StageMachine.Decide(Qualified(away.State) with { At = Agreement.Day(24), QualifiedSince = Agreement.Day(24) }).Transitions);
    }

    [Fact]
    public void An_mql_does_not_expire_while_a_deal_that_was_kept_is_open()
    {
        var state = ALead.In(Stage.Mql) with { PreviousVerdict = ALead.Says(VerdictValue.Rejected, 1) };
        var decision = StageMachine.Decide(ALead.Input(state) with { At = Agreement.Day(80), Deals = [ALead.Open(0)] });
        Assert.Empty(decision.Transitions);
        Assert.Equal([DecisionNote.LateFact], decision.Notes);
    }

    [Fact]
    public void An_mql_does_not_expire_within_14_days_of_a_contact()
    {
        var input = ALead.Input(ALead.In(Stage.Mql)) with { SalesContacts = [new SalesContact(Agreement.Day(60), "call")] };
        var waiting = StageMachine.Decide(input with { At = Agreement.Day(73.9) });
        Assert.Empty(waiting.Transitions);
        Assert.Equal(Agreement.Day(74), waiting.NextDueAt);
        Assert.Equal("mql>recycled@74 expired", StageMachine.Decide(input with { At = Agreement.Day(74) }).Rows());
    }

    private static LeadState Held() => ALead.In(Stage.Lead) with { IsHeld = true, HeldSince = Agreement.Day(10) };

    private static DecisionInput Qualified(LeadState state) => ALead.Input(state) with { Score = Agreement.Qualified };
}
