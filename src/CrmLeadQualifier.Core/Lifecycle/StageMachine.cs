using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// Decides stages (lifecycle and sync, sections 3, 6, 7 and 8): facts in, decisions out. Pure; deciding again with the resulting state, the same T
/// and no new facts changes nothing.
/// <para>
/// Facts and deadlines apply in the order of their instants; at one instant verdict, deal, score. Facts after T wait. A verdict or deal that arrives
/// late is applied with its own instant to the stage as it is now, unless a verdict that was applied before lies after it: then it is kept
/// (<see cref="DecisionNote.LateFact"/>) and changes nothing.
/// </para>
/// <para>
/// A lead's first baseline sets the stage from verdicts, deals and customers, each row with cause <c>baseline</c> and the instant of its fact (T for
/// a customer); it ends without an answer, and a lead that stays <c>lead</c> writes no row: <see cref="LeadState.StageSince"/> is then T. A baseline
/// under another scoring fingerprint keeps stage and answer; verdicts, deals and deadlines that no decision has seen apply as ever, with their own
/// causes. Either way nobody becomes MQL: who would, is held from T on.
/// </para>
/// <para>
/// A verdict <c>rejected</c> on a recycled lead writes a row from <c>recycled</c> to <c>recycled</c>: the rest starts anew. Such a row moves no
/// lifecycle.
/// </para>
/// </summary>
public static class StageMachine
{
    public static Decision Decide(DecisionInput input)
    {
        var run = new StageRun(input);
        if (input.NewVerdicts.Count > 0 || input.Deals.Count > 0)
        {
            ApplyFacts(run);
        }

        ApplyDeadlinesUntil(run, Instant.MaxValue);
        DealRules.ApplyCustomer(run);
        if (input.IsBaseline)
        {
            MqlRules.Hold(run);
        }

        FollowHandOver(run);
        Answer(run);
        run.State = run.State with { StageSince = run.State.StageSince ?? input.At, ScoringFingerprint = input.Definition.ScoringFingerprint };
        if (run.State.NeedsRelease)
        {
            run.Note(DecisionNote.ThirdReturn);
        }

        return new Decision(run.State, run.Transitions)
        {
            LifecycleMove = run.Transitions.LastOrDefault(IsLifecycleMove)?.To,
            NextDueAt = NextDueAt(run),
            Seen = [.. input.NewVerdicts.Where(verdict => verdict.At <= input.At)],
            Notes = run.Notes,
        };
    }

    private static void ApplyFacts(StageRun run)
    {
        foreach (var fact in Facts(run.Input, VerdictRules.Unapplied(run.Input).ToList()))
        {
            ApplyDeadlinesUntil(run, fact.At);
            if (fact.Verdict is { } verdict)
            {
                VerdictRules.Apply(run, verdict);
            }
            else
            {
                DealRules.Apply(run, fact.Deal!);
            }
        }
    }

    /// <summary>Sorting keeps the order of equals: at one instant verdicts, then creations, then wins.</summary>
    private static IEnumerable<Fact> Facts(DecisionInput input, IEnumerable<Verdict> verdicts) => verdicts
        .Select(verdict => new Fact(verdict.At, verdict, null))
        .Concat(DealRules.Events(input)
            .OrderBy(deal => deal.IsWin)
            .ThenBy(deal => deal.Deal.Id, StringComparer.Ordinal)
            .Select(deal => new Fact(deal.At, null, deal)))
        .OrderBy(fact => fact.At);

    /// <summary>Loses an opportunity, expires or makes an MQL, where that comes before the next fact.</summary>
    private static void ApplyDeadlinesUntil(StageRun run, Instant next)
    {
        while (true)
        {
            var input = run.Input;
            if (DealRules.LossAt(input, run.State) is { } loss && loss < next)
            {
                run.Recycle(loss, TransitionCause.DealLost, loss + input.Definition.Sales.CoolDownFor(TransitionCause.DealLost));
            }
            else if (MqlRules.ExpiryAt(input, run.State) is { } expiry && expiry <= input.At && expiry < next)
            {
                run.Recycle(expiry, TransitionCause.Expired, expiry + input.Definition.Sales.CoolDownFor(TransitionCause.Expired));
                run.State = run.State with { Answer = Lifecycle.Answer.None };
            }
            else if (MqlRules.Next(run) is { } mql && mql.At < next)
            {
                MqlRules.Apply(run, mql);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>
    /// Who owns the hand-over, and whether sales was in contact. It goes on after the answer: <c>accepted</c> alone stops no clock.
    /// </summary>
    private static void FollowHandOver(StageRun run)
    {
        var (input, state) = (run.Input, run.State);
        if (state.HandOver == 0)
        {
            return;
        }

        var hours = input.Definition.Sales.BusinessHours;
        var hasOtherOwner = state is { HandedOverAt: not null, Owner: { } owner } && input.Owner is { } now && now != owner;
        run.State = state with
        {
            Owner = input.Owner ?? state.Owner,
            OwnerChanges = state.OwnerChanges + (hasOtherOwner ? 1 : 0),
            LastContact = state is { Stage: Stage.Mql, HandedOverAt: null } ? FirstContact.Latest(input.SalesContacts, hours, input.At) : null,
            FirstContact = state.HandedOverAt is { } handedOver ? FirstContact.Of(input.SalesContacts, handedOver, hours, input.At) : null,
        };
    }

    /// <summary>
    /// What an MQL's hand-over waits for. Excluded: withdrawn. When the exclusion lifts, it is to be answered again and the agreed time starts anew,
    /// with the same hand-over and its instant. Once handed over, a lost owner does not stop the clock.
    /// </summary>
    private static void Answer(StageRun run)
    {
        var (input, state) = (run.Input, run.State);
        if (state.Stage != Stage.Mql)
        {
            return;
        }

        if (input.Score.Status == LeadStatus.Excluded)
        {
            run.State = state with { Answer = Lifecycle.Answer.Withdrawn };
            return;
        }

        if (state.HandedOverAt is null)
        {
            run.State = state with { Answer = input.CanBeHandedOver ? Lifecycle.Answer.ToAnswer : Lifecycle.Answer.Waiting };
            return;
        }

        if (state.Answer == Lifecycle.Answer.Withdrawn)
        {
            state = state with { AnswerDueAt = HandOver.Due(input.Definition, input.At) };
        }

        var isOverdue = state.AnswerDueAt < input.At;
        run.State = state with { Answer = state.FirstContact is not null ? Lifecycle.Answer.Contacted : isOverdue ? Lifecycle.Answer.Overdue : Lifecycle.Answer.ToAnswer };
    }

    private static bool IsLifecycleMove(Transition transition) =>
        transition.Cause != TransitionCause.Baseline && transition.To is (Stage.Mql or Stage.Sql or Stage.Recycled) && transition.To != transition.From;

    private static Instant? NextDueAt(StageRun run)
    {
        var (input, state) = (run.Input, run.State);
        var next = Earliest(HandOver.NextDueAt(state, input.Definition, input.At), MqlRules.ExpiryAt(input, state) is { } end && end > input.At ? end : null);
        if (state is { HandOver: > 0, FirstContact: null } && input.SalesContacts.Count > 0)
        {
            // A meeting is contact once it has started.
            next = Earliest(next, FirstContact.NextAfter(input.SalesContacts, input.Definition.Sales.BusinessHours, input.At));
        }

        if (input.NewVerdicts.Count == 0 && input.Deals.Count == 0)
        {
            return next;
        }

        var toCome = input.NewVerdicts.Select(verdict => verdict.At).Concat(input.Deals.Select(deal => deal.CreatedAt)).Where(at => at > input.At);
        return toCome.Select(at => (Instant?)at).Append(next).Min();
    }

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null ? a : Instant.Earliest(a.Value, b.Value);

    /// <summary>A verdict or a deal's event.</summary>
    private sealed record Fact(Instant At, Verdict? Verdict, DealEvent? Deal);
}
