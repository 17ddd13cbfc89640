using System.Globalization;
using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Time;

/// <summary>
/// A point in time in UTC, to the millisecond, within the years 1 to 9999: the only instant that facts, scores, transitions and the ledger know.
/// </summary>
/// <param name="UnixMilliseconds">Milliseconds since 1970-01-01T00:00:00Z; negative before.</param>
public readonly record struct Instant(long UnixMilliseconds) : IComparable<Instant>
{
    public static readonly Instant MinValue = new(DateTimeOffset.MinValue.ToUnixTimeMilliseconds());
    public static readonly Instant MaxValue = new(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    public static Instant From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    /// <summary>The clock's present instant, cut to the millisecond.</summary>
    public static Instant Now(TimeProvider clock) => From(clock.GetUtcNow());

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    public static Instant operator +(Instant instant, TimeSpan span) => new(instant.UnixMilliseconds + span.Ticks / TimeSpan.TicksPerMillisecond);

    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.UnixMilliseconds - span.Ticks / TimeSpan.TicksPerMillisecond);

    public static TimeSpan operator -(Instant later, Instant earlier) => TimeSpan.FromMilliseconds(later.UnixMilliseconds - earlier.UnixMilliseconds);

    public static bool operator <(Instant a, Instant b) => a.UnixMilliseconds < b.UnixMilliseconds;

    public static bool operator >(Instant a, Instant b) => a.UnixMilliseconds > b.UnixMilliseconds;

    public static bool operator <=(Instant a, Instant b) => a.UnixMilliseconds <= b.UnixMilliseconds;

    public static bool operator >=(Instant a, Instant b) => a.UnixMilliseconds >= b.UnixMilliseconds;

    public int CompareTo(Instant other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    public static Instant Earliest(Instant a, Instant b) => a <= b ? a : b;

    public static Instant Latest(Instant a, Instant b) => a >= b ? a : b;

    /// <summary>Ends in Z, with a fraction of three digits only if it is not zero: <c>2026-11-23T09:30:00Z</c>, <c>2026-11-23T09:30:00.250Z</c>.</summary>
    public override string ToString()
    {
        var time = ToDateTimeOffset();
        var format = UnixMilliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return time.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Reads what the definition language calls a date: <c>YYYY-MM-DD</c> (its 00:00 UTC) or RFC 3339 with an offset (<c>Z</c>, <c>z</c>, <c>+01:00</c>, <c>+0100</c>;
    /// <c>T</c>, <c>t</c> or one space between day and time; any number of fraction digits, cut to the millisecond). Spaces at both ends do not count.
    /// False for a date that does not exist, a leap second, or an instant outside the years 1 to 9999 in UTC.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<char> text, out Instant instant)
    {
        instant = default;
        text = Spaces.Trim(text);
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var midnight = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        if (text.Length == 10)
        {
            instant = new Instant(midnight);
            return true;
        }

        return TryReadTimeOfDay(text[10..], out var milliseconds) && TryBound(midnight + milliseconds, out instant);
    }

    private static bool TryReadTimeOfDay(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || text[0] is not ('T' or 't' or ' ') || text[3] != ':' || text[6] != ':'
            || !TryDigits(text[1..3], out var hour) || !TryDigits(text[4..6], out var minute) || !TryDigits(text[7..9], out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        milliseconds = ((hour * 60L + minute) * 60 + second) * 1000;
        text = text[9..];
        if (text[0] == '.')
        {
            var digits = 1;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            if (digits == 1)
            {
                return false;
            }

            for (int i = 1, scale = 100; i < digits && scale > 0; i++, scale /= 10)
            {
                milliseconds += (text[i] - '0') * scale;
            }

            text = text[digits..];
        }

        if (!TryReadOffset(text, out var offsetMinutes))
        {
            return false;
        }

        milliseconds -= offsetMinutes * 60_000L;
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
        {
            return true;
        }

        var minuteDigits = text.Length == 6 && text[3] == ':' ? text[4..] : text.Length == 5 ? text[3..] : default;
        if (minuteDigits.Length != 2 || text[0] is not ('+' or '-')
            || !TryDigits(text[1..3], out var hour) || !TryDigits(minuteDigits, out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        minutes = (hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryBound(long unixMilliseconds, out Instant instant)
    {
        instant = new Instant(unixMilliseconds);
        return instant >= MinValue && instant <= MaxValue;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = value * 10 + (c - '0');
        }

        return true;
    }
}
