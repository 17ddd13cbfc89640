using CrmLeadQualifier.Core.Time;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>An act of a user towards the person: an outgoing call, a one-to-one e-mail that was sent, a meeting that has started.</summary>
/// <param name="IsDayOnly">Only its day is known.</param>
public readonly record struct ContactAct(Instant At, bool IsDayOnly);

/// <summary>The first contact after a hand-over, told from the acts themselves (lifecycle and sync, section 7).</summary>
public static class ContactAfterHandOver
{
    /// <summary>Whoever was in contact this long before is in contact already.</summary>
    public static readonly TimeSpan AlreadyInContact = TimeSpan.FromDays(14);

    /// <summary>
    /// The instant of the first contact; one before the hand-over, within <see cref="AlreadyInContact"/>, counts as no time at all. Null: none yet. An act of which only the day is known
    /// counts from the hand-over's own day on, in the calendar's zone.
    /// </summary>
    /// <param name="acts">In the order of their instants.</param>
    /// <param name="next">The lead's next hand-over: what follows it is a contact of that one. Null: there is none.</param>
    public static Instant? First(Instant handedOverAt, Instant? next, IEnumerable<ContactAct> acts, AgreementCalendar calendar)
    {
        var day = calendar.DayOf(handedOverAt);
        foreach (var act in acts)
        {
            if (act.At >= next)
            {
                break;
            }

            if (act.IsDayOnly && DayOf(act) == day)
            {
                return handedOverAt;
            }

            if (act.At >= handedOverAt - AlreadyInContact)
            {
                return act.At;
            }
        }

        return null;

        // A day alone is written as its midnight in UTC.
        static LocalDate DayOf(ContactAct act) => NodaTime.Instant.FromUnixTimeMilliseconds(act.At.UnixMilliseconds).InUtc().Date;
    }
}
