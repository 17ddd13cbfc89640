using System.Globalization;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Where a stream goes on.</summary>
/// <param name="Next">The locator's path; it lasts two days.</param>
/// <param name="Stamp">Of the last row that was read; with its id the place from which the reading goes on where the locator is gone.</param>
internal sealed record PagePosition(string Next, Instant? Stamp, string? LastId)
{
    public static PagePosition Parse(string text)
    {
        if (text.Split('|') is not [{ Length: > 0 } next, var stamp, var id])
        {
            throw new ArgumentException("Not a position of this stream.", nameof(text));
        }

        var isKnown = long.TryParse(stamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at);
        return new PagePosition(next, isKnown ? new Instant(at) : null, id.Length > 0 ? id : null);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Next}|{Stamp?.UnixMilliseconds}|{LastId}");
}
