using System.Globalization;

namespace CrmLeadQualifier.Sandbox.Clock;

/// <summary>Instants are milliseconds since 1970-01-01T00:00:00Z, the grain of every stamp that HubSpot gives.</summary>
internal static class Instant
{
    private const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign;

    /// <summary>ISO 8601 with Z; the fraction (three digits) only where it is not zero, as HubSpot writes its dates.</summary>
    public static string Iso(long milliseconds)
    {
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return instant.ToString(milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what HubSpot accepts for a date: milliseconds since 1970, a day (its 00:00 UTC), or ISO 8601 with an offset.</summary>
    public static bool TryRead(string text, out long milliseconds)
    {
        if (long.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out milliseconds))
            return milliseconds is > -62135596800000 and < 253402300800000;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            milliseconds = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();
            return true;
        }
        var hasOffset = text.Length > 10 && (text[^1] is 'Z' or 'z' || text.LastIndexOfAny(['+', '-']) > 10);
        if (hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var instant))
        {
            milliseconds = instant.ToUnixTimeMilliseconds();
            return true;
        }
        milliseconds = 0;
        return false;
    }
}
