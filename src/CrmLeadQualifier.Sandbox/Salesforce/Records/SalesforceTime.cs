using System.Globalization;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Instants as the org keeps and writes them: whole seconds, told with milliseconds and an offset without a colon.</summary>
internal static class SalesforceTime
{
    private static readonly string[] Offsets = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mmzzz"];

    public static long Second(long milliseconds) => milliseconds - (((milliseconds % 1000) + 1000) % 1000);

    public static string Write(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss'.000+0000'", CultureInfo.InvariantCulture);

    public static string Write(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly Day(long milliseconds) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);

    public static long Start(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static bool TryReadDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>ISO 8601 with Z or an offset, with or without its colon.</summary>
    public static bool TryRead(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 17)
            return false;
        if (text[^1] is 'Z' or 'z')
            text = text[..^1] + "+00:00";
        else if (text[^5] is '+' or '-')
            text = text[..^2] + ":" + text[^2..];
        if (!DateTimeOffset.TryParseExact(text, Offsets, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
            return false;
        milliseconds = Second(instant.ToUnixTimeMilliseconds());
        return true;
    }
}
