using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>How long a hand-over took (lifecycle and sync, section 7): what the program, and what people are answerable for.</summary>
/// <param name="System">From the MQL transition to the hand-over; null: not handed over yet.</param>
/// <param name="Human">From the hand-over to the first contact, zero where sales was in contact already; null: no contact yet.</param>
/// <param name="IsWithinSla">First contact or a rejection until the answer was due; null: it is not due yet and neither has come.</param>
public sealed record HandOverDelays(Span? System, Span? Human, bool? IsWithinSla)
{
    /// <param name="mqlAt">The instant of the transition to <c>mql</c>.</param>
    /// <param name="rejectedAt">When sales rejected within this hand-over; null: it did not. <c>accepted</c> does not stop the clock.</param>
    public static HandOverDelays Of(
        BusinessHours hours, Instant mqlAt, Instant? handedOverAt, Instant? answerDueAt, ContactMade? firstContact, Instant? rejectedAt, Instant asOf)
    {
        if (handedOverAt is not { } handedOver)
        {
            return new HandOverDelays(null, null, null);
        }

        var human = firstContact is null ? null : Span.Between(hours, handedOver, firstContact.At);
        var stopped = firstContact is not null && rejectedAt is { } rejected ? Instant.Earliest(firstContact.At, rejected) : firstContact?.At ?? rejectedAt;
        return new HandOverDelays(
            Span.Between(hours, mqlAt, handedOver),
            human,
            stopped <= answerDueAt ? true : asOf > answerDueAt ? false : null);
    }
}

/// <summary>Time that passed, by the calendar and in the agreement's business hours; never negative.</summary>
public sealed record Span(TimeSpan Calendar, TimeSpan Business)
{
    public static Span Between(BusinessHours hours, Instant from, Instant to) => to <= from
        ? new Span(TimeSpan.Zero, TimeSpan.Zero)
        : new Span(to - from, BusinessClock.Between(hours, from, to));
}
