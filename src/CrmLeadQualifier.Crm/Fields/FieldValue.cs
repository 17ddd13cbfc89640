using System.Globalization;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Fields;

/// <summary>The normal form in which values of our fields are compared (lifecycle and sync, section 5, rule 3).</summary>
public static class FieldValue
{
    /// <summary>Integers without leading zeros or a fraction, instants to the second, days as days, texts with LF, trimmed and cut to the field's length; null and blank are empty.</summary>
    public static string Normalize(LeadField field, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        return field.Type switch
        {
            LeadFieldType.Integer => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? Math.Round(number, MidpointRounding.AwayFromZero).ToString("0", CultureInfo.InvariantCulture)
                : value.Trim(),
            LeadFieldType.Instant => TryInstant(value, out var instant) ? ToSecond(instant).ToString() : value.Trim(),
            LeadFieldType.Date => TryInstant(value, out var day) ? day.ToString()[..10] : value.Trim(),
            LeadFieldType.Text => Cut(value, LeadField.TextLength),
            LeadFieldType.LongText => Cut(value, LeadField.LongTextLength),
            _ => value,
        };
    }

    public static string Of(Instant instant) => ToSecond(instant).ToString();

    /// <summary>ISO 8601, or milliseconds since 1970 as HubSpot sometimes writes them.</summary>
    public static bool TryInstant(string value, out Instant instant)
    {
        if (Instant.TryRead(value, out instant))
        {
            return true;
        }

        if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds >= Instant.MinValue.UnixMilliseconds && milliseconds <= Instant.MaxValue.UnixMilliseconds)
        {
            instant = new Instant(milliseconds);
            return true;
        }

        return false;
    }

    private static Instant ToSecond(Instant instant)
    {
        var remainder = instant.UnixMilliseconds % 1000;
        return new Instant(instant.UnixMilliseconds - (remainder < 0 ? remainder + 1000 : remainder));
    }

    /// <summary>Normal form of a text that holds so many characters: lines end in LF, no spaces around it.</summary>
    public static string Cut(string value, int length)
    {
        var lines = value.ReplaceLineEndings("\n");
        var trimmed = Spaces.Trim(lines);
        var text = trimmed.Length == lines.Length ? lines : trimmed.ToString();
        if (text.Length <= length)
        {
            return text;
        }

        // A surrogate pair is not cut in half.
        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return Spaces.Trim(text.AsSpan(0, end)).ToString();
    }
}
