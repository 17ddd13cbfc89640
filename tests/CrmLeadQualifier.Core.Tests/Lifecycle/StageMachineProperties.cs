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
    public bool Deciding_again_changes_nothing(Life life) => life.Decisions().All(made =>
    {
        var again = StageMachine.Decide(made.Input with { State = made.Decision.State, NewVerdicts = [], IsBaseline = false, IsReleased = false });
        return again.Transitions.Count == 0 && again.State == made.Decision.State && again.NextDueAt == NextOf(made);
    });

    [Property]
    public bool An_sql_takes_a_person(Life life) => life.Decisions().All(made =>
        made.Decision.Transitions.Where(row => row.To == Stage.Sql).All(row =>
            made.Input.IsCustomer
            || made.Input.NewVerdicts.Any(verdict => !verdict.IsWithdrawal && verdict.At == row.At && verdict.Value is VerdictValue.Accepted or VerdictValue.Qualified)
            || made.Input.Deals.Any(deal => deal.CreatedAt == row.At || deal.ClosedAt == row.At || row.At == made.Input.At)));

    [Property]
    public bool Nobody_becomes_mql_while_not_qualified_blind_or_by_a_baseline(Life life) => life.Decisions().All(made =>
        (made.Input is { IsBlind: false, IsBaseline: false, Score.Status: LeadStatus.Qualified })
        || made.Decision.Transitions.All(row => row.To != Stage.Mql || row.Cause == TransitionCause.Verdict));

    [Property]
    public bool The_order_in_which_facts_are_given_does_not_matter(Life life) => life.Decisions().All(made =>
    {
        var turned = StageMachine.Decide(made.Input with { NewVerdicts = [.. made.Input.NewVerdicts.Reverse()], Deals = [.. made.Input.Deals.Reverse()] });
        return turned.State == made.Decision.State && turned.Transitions.SequenceEqual(made.Decision.Transitions) && turned.NextDueAt == made.Decision.NextDueAt;
    });

    [Property]
    public bool Rows_chain_in_order_and_lie_not_after_now(Life life) => life.Decisions().All(made =>
    {
        var stage = made.Input.State.Stage;
        Instant? at = null;
        foreach (var row in made.Decision.Transitions)
        {
            if (row.From != stage || row.At < at || row.At > made.Input.At)
            {
                return false;
            }

            (stage, at) = (row.To, row.At);
        }

        return stage == made.Decision.State.Stage;
    });

    [Property]
    public bool The_first_decision_has_no_cause_but_baseline_and_no_hand_over(Life life)
    {
        var first = life.Decisions().First().Decision;
        return first.Transitions.All(row => row.Cause == TransitionCause.Baseline)
            && first is { LifecycleMove: null, State: { HandOver: 0, Answer: Answer.None } };
    }

    [Property]
    public bool A_state_is_whole(Life life) => life.Decisions().All(made =>
    {
        var state = made.Decision.State;
        return state.IsHeld == state.HeldSince is not null
            && (state.CoolDownUntil is null || state.Stage == Stage.Recycled)
            && (!state.IsHeld || state.Stage is Stage.Lead or Stage.Recycled)
            && (state.Answer is not (Answer.Waiting or Answer.ToAnswer or Answer.Overdue or Answer.Withdrawn) || state.Stage == Stage.Mql)
            && (state.Stage != Stage.Mql || state is { HandOver: > 0, Answer: not Answer.None })
            && made.Decision.NextDueAt is not { } due || made.Decision.NextDueAt > made.Input.At;
    });

    /// <summary>The verdicts still to come are among the reasons to wake up, but not of a decision that is not told of them.</summary>
    private static Instant? NextOf(Made made) =>
        StageMachine.Decide(made.Input with { State = made.Decision.State, NewVerdicts = [], IsBaseline = false, IsReleased = false }).NextDueAt is { } next
            && (made.Decision.NextDueAt == next || made.Input.NewVerdicts.Any(verdict => verdict.At == made.Decision.NextDueAt))
            ? next
            : made.Input.NewVerdicts.Any(verdict => verdict.At == made.Decision.NextDueAt) ? null : made.Decision.NextDueAt;

    private static Gen<Instant> Days(int from, int to) => Gen.Choose(from * 2, to * 2).Select(half => Agreement.Day(half / 2.0));

    private static Gen<Instant?> Perhaps(Gen<Instant> instants) => Gen.Frequency((1, Gen.Constant<Instant?>(null)), (3, instants.Select(instant => (Instant?)instant)));

    private static Gen<Verdict> Verdicts(int step) =>
        from value in Gen.Elements(Enum.GetValues<VerdictValue>())
        from reason in Gen.Elements(null, "no_need", "bad_timing", "not_target", "unheard_of")
        from at in Days((step * 20) - 15, (step * 20) + 2)
        from record in Gen.Elements("hub:1", "hub:2")
        from recontact in Gen.Frequency((5, Gen.Constant<Instant?>(null)), (1, Days(0, 120).Select(day => (Instant?)day)))
        from isWithdrawal in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Verdict(record, value, at) { Reason = reason, RecontactOn = recontact, IsWithdrawal = isWithdrawal };

    private static Gen<Deal> Deals() =>
        from created in Days(-10, 130)
        from length in Gen.Choose(0, 60)
        from outcome in Gen.Elements(DealOutcome.Open, DealOutcome.Lost, DealOutcome.Lost, DealOutcome.Won)
        from hasDate in Gen.Elements(true, true, false)
        select new Deal("", created, outcome, outcome == DealOutcome.Open || !hasDate ? null : created + TimeSpan.FromDays(length));

    private static Gen<Func<int, DecisionInput>> Step() =>
        from seed in Gen.Choose(0, 2)
        from verdicts in Gen.ListOf(Gen.Choose(0, 6), seed).SelectMany(steps => Gen.CollectToList(steps, Verdicts))
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
                NewVerdicts = [.. verdicts],
                QualifiedSince = qualifiedSince,
                LastScoringActivityAt = activity <= at ? activity : null,
                LastCountedAt = demo is { } counted && counted <= at ? new Dictionary<string, Instant> { ["demo_request"] = counted } : [],
                LastSalesContactAt = contact <= at ? contact : null,
                IsBlind = isBlind,
                IsCustomer = isCustomer,
                IsReleased = isReleased,
                CanBeHandedOver = canBeHandedOver,
            };
        });

    /// <summary>Decisions 20 days apart, the first a baseline; what an agreement's coming into force makes of a later one is <see cref="DecisionInput.IsBaseline"/>.</summary>
    public sealed record Life(IReadOnlyList<Func<int, DecisionInput>> Steps, IReadOnlyList<Deal> Deals, bool IsTwoStep)
    {
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

    public sealed record Made(DecisionInput Input, Decision Decision);
}
