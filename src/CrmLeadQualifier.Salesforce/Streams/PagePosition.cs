using System.Globalization;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Where a stream goes on.</summary>
/// <param name="Next">The locator's path; it lasts two days.</param>
/// <param name="Stamp">Of the last row that was read; with its id the place from which the reading goes on where the locator is gone.</param>
internal sealed record PagePosition(string Next, Instant? Stamp, string? LastId)
{
    public static PagePosition Parse(string text) => text.Split('|') is [{ Length: > 0 } next, var stamp, var id]
        ? new PagePosition(next, long.TryParse(stamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at) ? new Instant(at) : null, id.Length > 0 ? id : null)
        : throw new ArgumentException("Not a position of this stream.", nameof(text));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Next}|{Stamp?.UnixMilliseconds}|{LastId}");
}
