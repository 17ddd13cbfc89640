using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>The clock of a hand-over (lifecycle and sync, section 7).</summary>
public static class HandOver
{
    /// <summary>
    /// The state once the batch that carries the hand-over is committed as sent at an instant: handed over then, due after the agreed business time.
    /// Only an MQL that waits for an answer and was not handed over yet changes: a resend keeps the first instant, a lead without a record or an
    /// owner starts no clock. The batch's own values (<c>handed_over_at</c>, <c>answer_due_at</c>) are those of the state given back.
    /// </summary>
    public static LeadState Sent(LeadState state, Definition definition, Instant at) =>
        IsToBeSent(state) ? WithContact(state with { HandedOverAt = at, AnswerDueAt = Due(definition, at), LastContact = null }, definition, state.LastContact, at) : state;

    /// <summary>Sales that was in contact lately has nothing to catch up with.</summary>
    private static LeadState WithContact(LeadState state, Definition definition, SalesContact? last, Instant at) =>
        last is not null && FirstContact.Of([last], at, definition.Sales.BusinessHours, at) is { } made ? state with { FirstContact = made, Answer = Answer.Contacted } : state;

    /// <summary>Whether the next write of this lead's hand-over record is the one that hands it over.</summary>
    public static bool IsToBeSent(LeadState state) => state is { Stage: Stage.Mql, HandedOverAt: null, Answer: Answer.ToAnswer };

    /// <summary>
    /// When a state has to be decided again through time alone: cool-down or recontact date, expiry, answer due; the earliest that lies after an
    /// instant. Null: never. It may be early (a sales contact postpones an expiry), never late.
    /// </summary>
    public static Instant? NextDueAt(LeadState state, Definition definition, Instant at)
    {
        List<Instant> deadlines = [];
        if (state.Stage == Stage.Recycled && !state.NeedsRelease && state.CoolDownUntil is { } coolDown)
        {
            deadlines.Add(coolDown);
        }

        if (state.Stage == Stage.Mql && state.Answer != Answer.Withdrawn)
        {
            if (state.HandedOverAt is { } handedOver && definition.Mql.ExpiresAfter is { } expires)
            {
                deadlines.Add(handedOver + expires);
            }

            // Overdue begins after the due instant, not with it.
            if (state.AnswerDueAt is { } due && state.Answer == Answer.ToAnswer && due < Instant.MaxValue)
            {
                deadlines.Add(due + TimeSpan.FromMilliseconds(1));
            }
        }

        return deadlines.Where(deadline => deadline > at).Select(deadline => (Instant?)deadline).Min();
    }

    internal static Instant Due(Definition definition, Instant from) =>
        BusinessClock.Add(definition.Sales.BusinessHours, from, definition.Sales.FirstContactWithin);
}
