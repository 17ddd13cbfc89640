using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>An act of a user towards the person: what counts as contact at all.</summary>
/// <param name="At">When it happened; of one known by its day only, the day's 00:00 UTC.</param>
/// <param name="Kind">A name of <see cref="Facts.ActivityKind"/>.</param>
public sealed record SalesContact(Instant At, string Kind, bool IsDayOnly = false);

/// <summary>The contact that stopped the clock of a hand-over.</summary>
/// <param name="At">
/// Where sales was in contact already: that contact, before the hand-over. Of a contact known by its day only the earliest instant that it can have been:
/// the day's beginning in the agreement's time zone, or the hand-over on that day.
/// </param>
/// <param name="Kind">A name of <see cref="Facts.ActivityKind"/>.</param>
/// <param name="IsDayOnly">The instant is known by its day only.</param>
/// <param name="WasInContact">Sales was in contact in the 14 days before the hand-over: no time passed.</param>
public sealed record ContactMade(Instant At, string Kind, bool IsDayOnly, bool WasInContact);

/// <summary>Tells contact from everything else that happens to a lead, and finds the first after a hand-over (lifecycle and sync, section 7).</summary>
public static class FirstContact
{
    /// <summary>A contact that recently before the hand-over is one already.</summary>
    public static readonly TimeSpan AlreadyWithin = TimeSpan.FromDays(14);

    /// <summary>
    /// Whether an activity is an act of a user towards the person: a call that is not incoming nor among colleagues, whatever came of it; a one-to-one e-mail that was sent; a meeting
    /// that a user created. One without a user was made by the person, a sequence, an integration or by us. A call of which the CRM knows no direction was logged by the user who made it.
    /// </summary>
    /// <param name="userId">The user behind it, as the CRM's client tells it: null for automation, integrations and what the person booked by a link.</param>
    public static bool IsContact(string kind, IReadOnlyDictionary<string, string> attributes, string? userId, bool isCopy, bool isApproximate) =>
        userId is not null && !isCopy && !isApproximate && kind switch
        {
            "call" => !(attributes.TryGetValue("direction", out var direction) && IsNotOutgoing(direction)),
            "email_sent" or "meeting" => true,
            _ => false,
        };

    /// <summary>The first contact of a hand-over as of T; null: none yet.</summary>
    /// <param name="contacts">In any order; what lies after T (a meeting that has not started) does not count yet.</param>
    public static ContactMade? Of(IEnumerable<SalesContact> contacts, Instant handedOverAt, BusinessHours hours, Instant asOf)
    {
        ContactMade? before = null;
        ContactMade? after = null;
        var handOverDay = DayOf(handedOverAt, hours.Zone);
        foreach (var contact in contacts)
        {
            var at = Begins(contact, hours);
            if (at > asOf)
            {
                continue;
            }

            if (contact.IsDayOnly ? UtcDay(contact.At) < handOverDay : contact.At < handedOverAt)
            {
                if (at >= handedOverAt - AlreadyWithin && !(before?.At >= at))
                {
                    before = new ContactMade(at, contact.Kind, contact.IsDayOnly, WasInContact: true);
                }
            }
            else
            {
                var made = Instant.Latest(at, handedOverAt);
                if (after is null || made < after.At || (made == after.At && after.IsDayOnly && !contact.IsDayOnly))
                {
                    after = new ContactMade(made, contact.Kind, contact.IsDayOnly, WasInContact: false);
                }
            }
        }

        return before ?? after;
    }

    /// <summary>The latest contact as of T; null: none.</summary>
    public static SalesContact? Latest(IEnumerable<SalesContact> contacts, BusinessHours hours, Instant asOf) =>
        contacts.Where(contact => Begins(contact, hours) <= asOf).MaxBy(contact => contact.At);

    /// <summary>The next instant after T at which a contact begins that lies ahead; null: none is known of.</summary>
    public static Instant? NextAfter(IEnumerable<SalesContact> contacts, BusinessHours hours, Instant asOf) =>
        contacts.Select(contact => (Instant?)Begins(contact, hours)).Where(at => at > asOf).Min();

    /// <summary>From when a contact may have been: its instant, or the beginning of its day by the agreement's clocks.</summary>
    private static Instant Begins(SalesContact contact, BusinessHours hours) =>
        contact.IsDayOnly ? new Instant(hours.Zone.AtStartOfDay(UtcDay(contact.At)).ToInstant().ToUnixTimeMilliseconds()) : contact.At;

    private static LocalDate DayOf(Instant at, DateTimeZone zone) => NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone).Date;

    private static LocalDate UtcDay(Instant at) => DayOf(at, DateTimeZone.Utc);

    private static bool IsNotOutgoing(string direction) =>
        direction.StartsWith("in", StringComparison.OrdinalIgnoreCase); // INBOUND, Inbound, incoming; Salesforce's Internal is among colleagues.
}
