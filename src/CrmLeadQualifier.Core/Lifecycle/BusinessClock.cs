using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// Counts time in the agreement's business hours. A business day is a day of <see cref="BusinessHours.Days"/> that is no holiday, open from
/// <c>from</c> (inclusive) to <c>to</c> (exclusive; 00:00 reads as the day's end) by the clocks on the wall of the agreement's zone. What passes is
/// real time: a day on which the clocks move within the hours is an hour longer or shorter. A <c>from</c> or <c>to</c> that the clocks skip is moved
/// on by the gap's length; of one that comes twice the first counts.
/// </summary>
public static class BusinessClock
{
    /// <summary>
    /// The instant at which so much business time has passed since <paramref name="start"/>. A start outside the hours counts from the next opening;
    /// time that is used up at closing ends there, not at the next opening. <see cref="Instant.MaxValue"/> for hours that never open again.
    /// </summary>
    public static Instant Add(BusinessHours hours, Instant start, TimeSpan businessTime)
    {
        foreach (var (open, close) in OpenTimes(hours, start))
        {
            var from = Instant.Latest(open, start);
            if (close - from >= businessTime)
            {
                return from + businessTime;
            }

            businessTime -= close - from;
        }

        return Instant.MaxValue;
    }

    /// <summary>The business time that passes from one instant to a later one; zero if it is not later.</summary>
    public static TimeSpan Between(BusinessHours hours, Instant from, Instant to) => to <= from ? TimeSpan.Zero : OpenTimes(hours, from)
        .TakeWhile(time => time.Open < to)
        .Aggregate(TimeSpan.Zero, (sum, time) => sum + (Instant.Earliest(time.Close, to) - Instant.Latest(time.Open, from)));

    /// <summary>The spans of business time that end after an instant, in order.</summary>
    internal static IEnumerable<(Instant Open, Instant Close)> OpenTimes(BusinessHours hours, Instant after)
    {
        if (hours.Days.Count == 0)
        {
            yield break;
        }

        var first = NodaTime.Instant.FromUnixTimeMilliseconds(after.UnixMilliseconds).InZone(hours.Zone).Date;
        var last = new LocalDate(9999, 12, 30);
        for (var day = first; day < last; day = day.PlusDays(1))
        {
            if (!hours.Days.Contains(day.DayOfWeek) || hours.Holidays.Contains(day))
            {
                continue;
            }

            var open = At(hours.Zone, day + hours.From);
            var close = At(hours.Zone, hours.To == LocalTime.Midnight ? day.PlusDays(1).AtMidnight() : day + hours.To);
            if (close > open && close > after)
            {
                yield return (open, close);
            }
        }
    }

    private static Instant At(DateTimeZone zone, LocalDateTime time) => new(zone.AtLeniently(time).ToInstant().ToUnixTimeMilliseconds());
}
