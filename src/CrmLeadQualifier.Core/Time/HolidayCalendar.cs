using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace CrmLeadQualifier.Core.Time;

/// <summary>A calendar cannot be read, or says something that is not understood; the message names the line.</summary>
public sealed class HolidayCalendarException(string message) : Exception(message);

/// <summary>
/// Reads the whole days of an iCalendar file (RFC 5545), as states and companies publish their holidays. An event of a time of day is no holiday and is left out, and so is one that was
/// cancelled. A day that comes again every year is understood; any other recurrence is refused rather than half read.
/// </summary>
public static class HolidayCalendar
{
    /// <summary>How far a yearly day is followed, and the longest that one event may last.</summary>
    private const int LastYear = 2100;
    private const int MostDays = 366;

    private static readonly LocalDatePattern Day = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    /// <exception cref="HolidayCalendarException">It is no calendar, or one that is not understood.</exception>
    public static IReadOnlySet<LocalDate> Read(string text)
    {
        var days = new HashSet<LocalDate>();
        Event? open = null;
        var isCalendar = false;
        foreach (var (line, content) in Unfolded(text))
        {
            var colon = ValueStart(content);
            var (name, value) = colon < 0 ? (content, "") : (content[..colon], content[(colon + 1)..].Trim());
            var property = name.Split(';')[0].ToUpperInvariant();
            isCalendar |= property == "BEGIN" && value.Equals("VCALENDAR", StringComparison.OrdinalIgnoreCase);
            if (property == "BEGIN" && value.Equals("VEVENT", StringComparison.OrdinalIgnoreCase))
            {
                open = new Event(line);
            }
            else if (property == "END" && value.Equals("VEVENT", StringComparison.OrdinalIgnoreCase) && open is not null)
            {
                days.UnionWith(open.Days());
                open = null;
            }
            else
            {
                open?.Take(property, value, line);
            }
        }

        return !isCalendar ? throw new HolidayCalendarException("line 1: this is no iCalendar file: there is no BEGIN:VCALENDAR")
            : open is not null ? throw new HolidayCalendarException(At(open.Line, "the event does not end: the file is cut"))
            : days;
    }

    private static string At(int line, string what) => string.Create(CultureInfo.InvariantCulture, $"line {line}: {what}");

    /// <summary>A colon within quotes belongs to a parameter.</summary>
    private static int ValueStart(string content)
    {
        var isQuoted = false;
        for (var i = 0; i < content.Length; i++)
        {
            isQuoted ^= content[i] == '"';
            if (content[i] == ':' && !isQuoted)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A line that begins with a space or a tab goes on with the one before.</summary>
    private static IEnumerable<(int Line, string Content)> Unfolded(string text)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length;)
        {
            var (start, content) = (i, lines[i]);
            for (i++; i < lines.Length && lines[i].Length > 0 && lines[i][0] is ' ' or '\t'; i++)
            {
                content += lines[i][1..];
            }

            yield return (start + 1, content);
        }
    }

    private sealed class Event(int line)
    {
        private LocalDate? _start;
        private LocalDate? _end;
        private bool _isCancelled;
        private bool _isTimed;
        private (int Line, string Rule)? _recurrence;

        public int Line => line;

        public void Take(string property, string value, int at)
        {
            switch (property)
            {
                case "DTSTART" when value.Contains('T', StringComparison.OrdinalIgnoreCase):
                    _isTimed = true;
                    break;
                case "DTSTART":
                    _start = ReadDay(value, at);
                    break;
                case "DTEND" when !value.Contains('T', StringComparison.OrdinalIgnoreCase):
                    _end = ReadDay(value, at);
                    break;
                case "STATUS":
                    _isCancelled = value.Equals("CANCELLED", StringComparison.OrdinalIgnoreCase);
                    break;
                case "RRULE" or "RDATE" or "EXDATE" or "DURATION":
                    _recurrence ??= (at, $"{property}:{value}");
                    break;
            }
        }

        public IEnumerable<LocalDate> Days()
        {
            if (_isTimed || _isCancelled)
            {
                return [];
            }

            if (_start is not { } start)
            {
                throw new HolidayCalendarException(At(line, "the event has no DTSTART"));
            }

            // The end is the first day after it.
            var length = _end is { } end ? Period.DaysBetween(start, end) : 1;
            if (length is < 0 or > MostDays)
            {
                throw new HolidayCalendarException(At(line, $"an event of {length.ToString(CultureInfo.InvariantCulture)} days is no holiday: look at its DTEND"));
            }

            var first = Enumerable.Range(0, Math.Max(1, length)).Select(start.PlusDays).ToList();
            if (_recurrence is not { } recurrence)
            {
                return first;
            }

            // FREQ=YEARLY alone, or with what says the same again: the month and the day of its start.
            var parts = recurrence.Rule.StartsWith("RRULE:", StringComparison.Ordinal) ? recurrence.Rule["RRULE:".Length..].ToUpperInvariant().Split(';') : [recurrence.Rule];
            string[] understood =
            [
                "FREQ=YEARLY", "INTERVAL=1", "", string.Create(CultureInfo.InvariantCulture, $"BYMONTH={start.Month}"), string.Create(CultureInfo.InvariantCulture, $"BYMONTHDAY={start.Day}"),
            ];
            return parts.Contains("FREQ=YEARLY") && parts.All(understood.Contains)
                ? first.SelectMany(day => Enumerable.Range(0, Math.Max(1, LastYear - day.Year)).Where(years => IsThere(day, years)).Select(day.PlusYears))
                : throw new HolidayCalendarException(At(recurrence.Line, $"{recurrence.Rule} is not understood: only days that come every year are; export the calendar with each day by itself"));
        }

        /// <summary>The 29th of February comes in leap years only.</summary>
        private static bool IsThere(LocalDate day, int years) => day.PlusYears(years).Day == day.Day;

        private static LocalDate ReadDay(string value, int at) =>
            Day.Parse(value) is { Success: true } day ? day.Value : throw new HolidayCalendarException(At(at, $"'{value}' is no day such as 20261225"));
    }
}
