using System.Globalization;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.HubSpot.Streams;

internal enum PageKind
{
    /// <summary>The list of everything.</summary>
    List,

    /// <summary>A search for what changed in a part of the window.</summary>
    Search,

    /// <summary>The list of everything, of which only what changed in a part of the window is taken: more rows share one millisecond than a search shows.</summary>
    Scan,

    /// <summary>The list of what is in the recycle bin, which the search never shows.</summary>
    Archived,
}

/// <summary>
/// Where a stream of objects goes on. The kind of endpoint is part of it: a cursor of the list means nothing to the search and is refused by it.
/// </summary>
/// <param name="From">Of the part of the window being read; meaningless for the list.</param>
/// <param name="Total">Rows in that part as the page before saw them.</param>
internal sealed record PagePosition(PageKind Kind, string? After, Instant From = default, Instant To = default, long? Total = null)
{
    /// <summary>Where the reading of the recycle bin begins.</summary>
    public static readonly string Archived = new PagePosition(PageKind.Archived, null, Instant.MinValue, Instant.MaxValue).ToString();

    public static PagePosition Parse(string text)
    {
        var parts = text.Split('|');
        if (parts is [var kind, var from, var to, var total, var after]
            && Enum.TryParse<PageKind>(kind, out var known)
            && Milliseconds(from) is { } start && Milliseconds(to) is { } end)
        {
            return new PagePosition(known, after.Length > 0 ? after : null, new Instant(start), new Instant(end), Milliseconds(total));
        }

        throw new ArgumentException("Not a position of this stream.", nameof(text));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind}|{From.UnixMilliseconds}|{To.UnixMilliseconds}|{Total}|{After}");

    private static long? Milliseconds(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
