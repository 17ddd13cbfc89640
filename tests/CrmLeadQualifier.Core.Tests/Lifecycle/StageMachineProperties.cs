using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

/// <summary>What holds of any life of a lead: several decisions, each with facts of its own, the state handed from one to the next.</summary>
[Properties(Arbitrary = [typeof(StageMachineProperties)], MaxTest = 2000)]
public sealed class StageMachineProperties
{
    public static Arbitrary<Life> Lives() => Arb.From(
        from steps in Gen.Choose(1, 6)
        from inputs in Gen.ListOf(Step(), steps)
        from deals in Gen.ListOf(Deals(), 3)
        from count in Gen.Choose(0, 3)
        from twoStep in Gen.Elements(false, true)
        select new Life([.. inputs], [.. deals.Take(count).Select((deal, index) => deal with { Id = $"D{index}" })], twoStep));

    [Property]
    public void Deciding_again_changes_nothing(Life life) => Assert.All(life.Decisions(), made =>
    {
        var again = StageMachine.Decide(made.Input with { State = made.Decision.State, NewVerdicts = [], IsBaseline = false, IsReleased = false });
        Assert.Empty(again.Transitions);
        Assert.Equal(made.Decision.State, again.State);
        if (made.Input.NewVerdicts.All(verdict => verdict.At <= made.Input.At))
        {
            Assert.Equal(made.Decision.NextDueAt, again.NextDueAt);
        }
    });

    [Property]
    public void Being_told_of_seen_verdicts_again_by_a_baseline_changes_no_stage(Life life) => Assert.All(life.Decisions(), made =>
        Assert.Empty(StageMachine.Decide(made.Input with
        {
            State = made.Decision.State,
            NewVerdicts = made.Decision.Seen,
            IsBaseline = true,
        }).Transitions));

    [Property]
    public void An_sql_takes_a_person(Life life) => Assert.All(life.Decisions(), made =>
        Assert.All(made.Decision.Transitions.Where(row => row.To == Stage.Sql), row => Assert.True(
            made.Input.NewVerdicts.Any(verdict => verdict is { IsWithdrawal: false, Value: VerdictValue.Accepted or VerdictValue.Qualified } && verdict.At == row.At)
            || (row.Cause == TransitionCause.Deal && made.Input.Deals.Any(deal => deal.CreatedAt == row.At || IsWonAt(made.Input, deal, row.At)))
            || (row.Cause == TransitionCause.Deal && made.Input.IsCustomer && row.At == made.Input.At))));

    [Property]
    public void Nobody_becomes_mql_while_not_qualified_blind_or_by_a_baseline(Life life) => Assert.All(life.Decisions(), made =>
    {
        var isPossible = made.Input is { IsBlind: false, IsBaseline: false, Score.Status: LeadStatus.Qualified };
        Assert.All(made.Decision.Transitions.Where(row => row.To == Stage.Mql), row => Assert.True(isPossible || IsWithdrawnAt(made.Input, row.At)));
    });

    [Property]
    public void The_order_in_which_facts_are_given_does_not_matter(Life life) => Assert.All(life.Decisions(), made =>
    {
        var turned = StageMachine.Decide(made.Input with { NewVerdicts = [.. made.Input.NewVerdicts.Reverse()], Deals = [.. made.Input.Deals.Reverse()] });
        Assert.Equal(made.Decision.Transitions, turned.Transitions);
        Assert.Equal(made.Decision.State, turned.State);
        Assert.Equal(made.Decision.NextDueAt, turned.NextDueAt);
        Assert.Equal(made.Decision.Notes, turned.Notes);
    });

    [Property]
    public void Rows_chain_in_order_and_lie_not_after_now(Life life) => Assert.All(life.Decisions(), made =>
    {
        var (stage, at) = (made.Input.State.Stage, Instant.MinValue);
        Assert.All(made.Decision.Transitions, row =>
        {
            Assert.Equal(stage, row.From);
            Assert.True(row.At >= at && row.At <= made.Input.At);
            (stage, at) = (row.To, row.At);
        });
        Assert.Equal(stage, made.Decision.State.Stage);
    });

    [Property]
    public void The_first_decision_has_no_cause_but_baseline_and_no_hand_over(Life life)
    {
        var first = life.Decisions().First().Decision;
        Assert.All(first.Transitions, row => Assert.Equal(TransitionCause.Baseline, row.Cause));
        Assert.Equal((null, 0, Answer.None), (first.LifecycleMove, first.State.HandOver, first.State.Answer));
    }

    [Property]
    public void A_state_is_whole(Life life) => Assert.All(life.Decisions(), made =>
    {
        var state = made.Decision.State;
        Assert.Equal(state.IsHeld, state.HeldSince is not null);
        Assert.Equal(state.CoolDownUntil is not null, state.Stage == Stage.Recycled);
        Assert.True(!state.IsHeld || state.Stage is Stage.Lead or Stage.Recycled);
        Assert.Equal(state.Stage == Stage.Mql, state.Answer is Answer.Waiting or Answer.ToAnswer or Answer.Overdue or Answer.Contacted or Answer.Withdrawn);
        Assert.True(state.FirstContact is null || state.HandedOverAt is not null);
        Assert.True(state.Stage != Stage.Mql || state.HandOver > 0);
        Assert.True(state.StageSince <= made.Input.At);
        Assert.True(made.Decision.NextDueAt is null || made.Decision.NextDueAt > made.Input.At);
    });

    [Property]
    public void A_customer_stays_one_and_an_opportunity_is_only_won_or_lost(Life life) => Assert.All(life.Decisions(), made =>
        Assert.All(made.Decision.Transitions, row =>
        {
            Assert.NotEqual(Stage.Customer, row.From);
            Assert.True(row.From != Stage.Opportunity || row.To is Stage.Customer or Stage.Recycled);
        }));

    private static bool IsWonAt(DecisionInput input, Deal deal, Instant at) =>
        deal.Outcome == DealOutcome.Won && Instant.Earliest(deal.ClosedAt ?? deal.CreatedAt, input.At) == at;

    private static bool IsWithdrawnAt(DecisionInput input, Instant at) => input.NewVerdicts.Any(verdict => verdict.IsWithdrawal && verdict.At == at);

    private static Gen<Instant> Days(int from, int to) => Gen.Choose(from * 2, to * 2).Select(half => Agreement.Day(half / 2.0));

    private static Gen<Instant?> Perhaps(Gen<Instant> instants) => Gen.Frequency((1, Gen.Constant<Instant?>(null)), (3, instants.Select(instant => (Instant?)instant)));

    /// <summary>From 25 days before the decision to after it, in steps that other facts share.</summary>
    private static Gen<Func<Instant, Verdict>> Verdicts() =>
        from value in Gen.Elements(Enum.GetValues<VerdictValue>())
        from reason in Gen.Elements(null, "no_need", "bad_timing", "not_target", "unheard_of")
        from hours in Gen.Choose(-10, 1)
        from record in Gen.Elements("hub:1", "hub:2")
        from recontact in Gen.Frequency((5, Gen.Constant<Instant?>(null)), (1, Days(0, 120).Select(day => (Instant?)day)))
        from isWithdrawal in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select (Func<Instant, Verdict>)(now =>
            new Verdict(record, value, now + TimeSpan.FromHours(hours * 60)) { Reason = reason, RecontactOn = recontact, IsWithdrawal = isWithdrawal });

    private static Gen<Deal> Deals() =>
        from created in Days(-10, 130)
        from length in Gen.Choose(0, 60)
        from outcome in Gen.Elements(DealOutcome.Open, DealOutcome.Lost, DealOutcome.Lost, DealOutcome.Won)
        from hasDate in Gen.Elements(true, true, false)
        select new Deal("", created, outcome, outcome == DealOutcome.Open || !hasDate ? null : created + TimeSpan.FromDays(length));

    private static Gen<Func<int, DecisionInput>> Step() =>
        from count in Gen.Choose(0, 3)
        from verdicts in Gen.ListOf(Verdicts(), count)
        from score in Gen.Elements(Agreement.Qualified, Agreement.Qualified, Agreement.NotYet, Agreement.Excluded, Agreement.Unscorable)
        from qualifiedSince in Perhaps(Days(-10, 130))
        from activity in Perhaps(Days(-10, 130))
        from demo in Perhaps(Days(-10, 130))
        from contact in Perhaps(Days(-10, 130))
        from isBlind in Gen.Frequency((6, Gen.Constant(false)), (1, Gen.Constant(true)))
        from isCustomer in Gen.Frequency((12, Gen.Constant(false)), (1, Gen.Constant(true)))
        from isReleased in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        from canBeHandedOver in Gen.Elements(true, true, false)
        from isNext in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        select (Func<int, DecisionInput>)(step =>
        {
            var at = Agreement.Day(step * 20);
            return ALead.Input(LeadState.New) with
            {
                At = at,
                Score = score,
                IsBaseline = isNext,
                NewVerdicts = [.. verdicts.Select(verdict => verdict(at))],
                QualifiedSince = qualifiedSince,
                LastScoringActivityAt = activity <= at ? activity : null,
                LastCountedAt = demo is { } counted && counted <= at ? new Dictionary<string, Instant> { ["demo_request"] = counted } : [],
                SalesContacts = contact is { } call ? [new SalesContact(call, "call"), new SalesContact(call + TimeSpan.FromDays(9), "meeting")] : [],
                IsBlind = isBlind,
                IsCustomer = isCustomer,
                IsReleased = isReleased,
                CanBeHandedOver = canBeHandedOver,
            };
        });

    /// <summary>Decisions 20 days apart, the first a baseline; what an agreement's coming into force makes of a later one is <see cref="DecisionInput.IsBaseline"/>.</summary>
    public sealed record Life(IReadOnlyList<Func<int, DecisionInput>> Steps, IReadOnlyList<Deal> Deals, bool IsTwoStep)
    {
        public override string ToString() => $"{string.Join("\n", Decisions())}\n{string.Join("\n", Deals)}";

        public IEnumerable<Made> Decisions()
        {
            var state = LeadState.New;
            List<Instant> mqls = [];
            for (var step = 0; step < Steps.Count; step++)
            {
                var input = Steps[step](step) with
                {
                    State = state,
                    Definition = IsTwoStep ? Agreement.TwoStep : Agreement.OneStep,
                    Deals = Deals,
                    EarlierMqls = [.. mqls],
                };
                input = input with { IsBaseline = input.IsBaseline || step == 0 };
                var decision = StageMachine.Decide(input);
                yield return new Made(input, decision);
                mqls.AddRange(decision.Transitions.Where(row => row.To == Stage.Mql && row.Cause != TransitionCause.Verdict).Select(row => row.At));
                state = HandOver.Sent(decision.State, input.Definition, input.At);
            }
        }
    }

    public sealed record Made(DecisionInput Input, Decision Decision)
    {
        public override string ToString() =>
            $"{Input.At} {Input.Score.Status} baseline={Input.IsBaseline} released={Input.IsReleased} blind={Input.IsBlind} customer={Input.IsCustomer} "
            + $"since={Input.QualifiedSince} scored={Input.LastScoringActivityAt}\n  {string.Join("\n  ", Input.NewVerdicts)}\n  [{Decision.Rows()}]\n  {Decision.State}";
    }
}
