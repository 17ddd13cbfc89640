using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>When a lead becomes an MQL, waits held, or expires (lifecycle and sync, sections 3 and 8).</summary>
internal static class MqlRules
{
    /// <summary>Sales was in contact that recently: an MQL does not expire.</summary>
    private static readonly TimeSpan RecentContact = TimeSpan.FromDays(14);

    /// <summary>The MQL that the facts known now make of a state, not later than T; null: none.</summary>
    public static NextMql? Next(StageRun run)
    {
        var (input, state) = (run.Input, run.State);
        if (input.IsBaseline || input.IsBlind || input.IsCustomer || input.Score.Status != LeadStatus.Qualified)
        {
            return null;
        }

        if (input.IsReleased && state.Stage is (Stage.Lead or Stage.Recycled) && (state.IsHeld || state.NeedsRelease))
        {
            return new NextMql(input.At, TransitionCause.Released);
        }

        if (state.NeedsRelease || EnabledSince(input, state) is not { } enabled)
        {
            return null;
        }

        if (state.IsHeld)
        {
            if (input.LastScoringActivityAt is not { } activity || activity <= state.HeldSince)
            {
                return null;
            }

            enabled = Instant.Latest(enabled, activity);
        }

        return new NextMql(Instant.Earliest(input.At, Instant.Latest(input.QualifiedSince ?? input.At, enabled)), TransitionCause.Qualified);
    }

    /// <summary>Hands the lead over once more, or, at the third return within 12 months, leaves it until somebody releases it.</summary>
    public static void Apply(StageRun run, NextMql mql)
    {
        if (mql.Cause == TransitionCause.Qualified && run.State.Stage == Stage.Recycled && IsThirdReturn(run, mql.At))
        {
            if (!run.Input.IsReleased)
            {
                run.State = run.State with { NeedsRelease = true };
                return;
            }

            mql = new NextMql(run.Input.At, TransitionCause.Released);
        }

        var before = run.State;
        run.Move(Stage.Mql, mql.At, mql.Cause);
        run.State = run.State with
        {
            HandOver = before.HandOver + 1,
            HandedOverAt = null,
            AnswerDueAt = null,
            MqlAt = mql.At,
            LastContact = null,
            FirstContact = null,
            Owner = null,
            OwnerChanges = 0,
            Verdict = null,
            PreviousVerdict = before.Verdict ?? before.PreviousVerdict,
            Answer = run.Input.CanBeHandedOver ? Answer.ToAnswer : Answer.Waiting,
        };
    }

    /// <summary>A baseline hands nobody over: who would become MQL now waits for an activity after T, or a release.</summary>
    public static void Hold(StageRun run)
    {
        if (run.Input.Score.Status == LeadStatus.Qualified && !run.State.NeedsRelease && (run.State.IsHeld || EnabledSince(run.Input, run.State) is not null))
        {
            run.State = run.State with { IsHeld = true, HeldSince = run.Input.At };
        }
    }

    /// <summary>When an MQL without a verdict expires, even after T; null: never, or not while a deal is open, it is withdrawn or excluded.</summary>
    public static Instant? ExpiryAt(DecisionInput input, LeadState state)
    {
        if (state.Stage != Stage.Mql || input.Definition.Mql.ExpiresAfter is not { } expiresAfter || state.HandedOverAt is not { } handedOver
            || input.Score.Status == LeadStatus.Excluded || DealRules.HasOpenDeal(input))
        {
            return null;
        }

        var expiry = Instant.Latest(handedOver + expiresAfter, state.StageSince ?? handedOver);
        return FirstContact.Latest(input.SalesContacts, input.Definition.Sales.BusinessHours, input.At) is { } contact ? Instant.Latest(expiry, contact.At + RecentContact) : expiry;
    }

    /// <summary>From when a lead may become MQL once it is qualified; null: not yet, or not from its stage.</summary>
    private static Instant? EnabledSince(DecisionInput input, LeadState state)
    {
        var since = state.StageSince ?? Instant.MinValue;
        if (state.Stage == Stage.Lead)
        {
            return since;
        }

        if (state.Stage != Stage.Recycled)
        {
            return null;
        }

        List<Instant> enabled = [];
        var coolDownEnd = Instant.Latest(since, state.CoolDownUntil ?? since);
        if (coolDownEnd <= input.At && state.IsRecontact)
        {
            enabled.Add(coolDownEnd);
        }
        else if (coolDownEnd <= input.At && input.LastScoringActivityAt > since)
        {
            enabled.Add(Instant.Latest(coolDownEnd, input.LastScoringActivityAt.Value));
        }

        enabled.AddRange(input.Definition.Mql.Always
            .Where(input.LastCountedAt.ContainsKey)
            .Select(id => input.LastCountedAt[id])
            .Where(counted => counted > since));
        return enabled.Count == 0 ? null : enabled.Min();
    }

    /// <summary>A return is an MQL after an earlier one; the first MQL of all is none.</summary>
    private static bool IsThirdReturn(StageRun run, Instant at)
    {
        var yearAgo = Instant.From(at.ToDateTimeOffset().AddMonths(-12));
        var now = run.Transitions
            .Where(transition => transition.To == Stage.Mql && transition.Cause != TransitionCause.Verdict)
            .Select(transition => transition.At);
        return run.Input.EarlierMqls.Concat(now).Order().Skip(1).Count(earlier => earlier > yearAgo) >= 2;
    }
}

/// <summary>A lead becomes MQL at an instant, by a cause.</summary>
internal sealed record NextMql(Instant At, string Cause);
