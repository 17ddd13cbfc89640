using System.Globalization;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.HubSpot.Streams;

internal enum PageKind
{
    /// <summary>The list of everything.</summary>
    List,

    /// <summary>A search for what changed in the window, or what is left of it.</summary>
    Search,

    /// <summary>The list of everything, of which only what changed in what is left of the window is taken: more rows share one millisecond than a search shows.</summary>
    Scan,

    /// <summary>The list of what is in the recycle bin, which the search never shows.</summary>
    Archived,
}

/// <summary>
/// Where a stream of objects goes on. The kind of endpoint is part of it: a cursor of the list means nothing to the search and is refused by it.
/// </summary>
/// <param name="From">Of what is left of the window; meaningless for the list.</param>
/// <param name="Last">The last row that the search showed of it; null: none, or it proves nothing.</param>
internal sealed record PagePosition(PageKind Kind, string? After, Instant From = default, Instant To = default, ShownRow? Last = null)
{
    /// <summary>Where the reading of the recycle bin begins.</summary>
    public static readonly string Archived = new PagePosition(PageKind.Archived, null, Instant.MinValue, Instant.MaxValue).ToString();

    public static PagePosition Parse(string text)
    {
        var parts = text.Split('|', 5);
        if (parts is [var kind, var from, var to, var last, var after]
            && Enum.TryParse<PageKind>(kind, out var known)
            && Milliseconds(from) is { } start && Milliseconds(to) is { } end)
        {
            return new PagePosition(known, after.Length > 0 ? after : null, new Instant(start), new Instant(end), ShownRow.Parse(last));
        }

        throw new ArgumentException("Not a position of this stream.", nameof(text));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind}|{From.UnixMilliseconds}|{To.UnixMilliseconds}|{Last}|{After}");

    private static long? Milliseconds(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A row as a search showed it.</summary>
internal sealed record ShownRow(string Id, Instant Stamp)
{
    public static ShownRow? Parse(string text) =>
        text.Split(':', 2) is [var stamp, var id] && long.TryParse(stamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            ? new ShownRow(id, new Instant(milliseconds)) : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stamp.UnixMilliseconds}:{Id}");
}
