using System.Globalization;
using CrmLeadQualifier.Core.Time;
using NodaTime;
using NodaTime.Calendars;
using NodaTime.Text;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>Days, ISO weeks and months in the agreement's time zone: the only calendar that indicators know.</summary>
public sealed class AgreementCalendar(DateTimeZone zone)
{
    public LocalDate DayOf(Instant at) => NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone).Date;

    /// <summary>The first instant of a day; of one that begins with a gap, the instant after it.</summary>
    public Instant StartOf(LocalDate day) => new(zone.AtStartOfDay(day).ToInstant().ToUnixTimeMilliseconds());

    /// <summary>The Monday of a day's ISO week.</summary>
    public static LocalDate MondayOf(LocalDate day) => day.PlusDays(1 - (int)day.DayOfWeek);

    /// <summary><c>2026-06-01</c>.</summary>
    public static string Day(LocalDate day) => LocalDatePattern.Iso.Format(day);

    /// <summary>The ISO week of a day: <c>2026-W23</c>.</summary>
    public static string Week(LocalDate day) => string.Create(
        CultureInfo.InvariantCulture, $"{WeekYearRules.Iso.GetWeekYear(day):0000}-W{WeekYearRules.Iso.GetWeekOfWeekYear(day):00}");

    /// <summary><c>2026-06</c>.</summary>
    public static string Month(LocalDate day) => string.Create(CultureInfo.InvariantCulture, $"{day.Year:0000}-{day.Month:00}");

    /// <summary>Reads an instant as a person writes one: a day alone is its beginning in the agreement's time zone, anything else has its offset.</summary>
    public bool TryRead(string text, out Instant instant)
    {
        if (LocalDatePattern.Iso.Parse(text.Trim()) is { Success: true, Value: var day } && day.Year is > 1 and < 9999)
        {
            instant = StartOf(day);
            return true;
        }

        return Instant.TryRead(text, out instant);
    }
}
