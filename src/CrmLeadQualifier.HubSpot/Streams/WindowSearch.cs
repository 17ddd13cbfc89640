using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// Goes through a window by search, ascending by modification time, a few pages in one reading.
/// <para>
/// A search shows at most 10,000 rows: after so many, what is left is asked for from the last row's time on. Pages are asked for by offset, and rows move meanwhile: one that is changed again
/// leaves its place, and those behind it move up. So each page begins with the row that the page before ended with. If it is still where it was, or further behind, nothing was jumped over;
/// if not, the window is asked for again from that row's time on, which no row before it can matter to: a row's time only grows.
/// </para>
/// </summary>
/// <param name="ask">Sends one search.</param>
/// <param name="show">What a row of an answer says; the instant is its time where it shows none.</param>
/// <param name="subject">In words, for messages.</param>
internal sealed class WindowSearch(
    Func<PagePosition, CancellationToken, Task<(ObjectPage Body, Instant Date)>> ask, Func<HubSpotObject, Instant, ChangedRow> show, string subject)
{
    public const int Page = 200;
    public const int Shows = 10_000;

    /// <summary>Searches in one reading: what they found is fetched together, in full batches.</summary>
    private const int AtOnce = 10;

    /// <summary>How often rows of one millisecond may move under us.</summary>
    private const int MostRepeats = 5;

    public async Task<WindowPage> ReadAsync(PagePosition from, CancellationToken cancellation)
    {
        var found = new Dictionary<string, ChangedRow>();
        var unreadable = new RowCollector();
        var (rows, repeats) = (0, 0);
        var date = default(Instant);
        PagePosition? next = from;
        for (var i = 0; next is { Kind: PageKind.Search } at && i < AtOnce; i++)
        {
            (var body, date) = await ask(at, cancellation).ConfigureAwait(false);
            var answered = body.Results ?? [];
            rows += answered.Count;
            var shown = Show(answered, at.From, unreadable);
            foreach (var row in shown)
            {
                found[row.Id] = row;
            }

            var isRepeat = at.Last is { } last && shown.Count > 0 && !Continues(shown, last);
            repeats += isRepeat && at.Last!.Stamp <= at.From ? 1 : 0;
            if (repeats > MostRepeats)
            {
                throw new RetriableCrmException($"The rows of {subject} move faster than they can be read.", TimeSpan.FromMinutes(1));
            }

            next = isRepeat ? at with { From = at.Last!.Stamp, After = null, Last = null } : After(at, body, shown);
        }

        return new WindowPage(date, next, [.. found.Values], unreadable.ToRows(), rows);
    }

    /// <summary>Whether the page shows the row that the page before ended with, or lies before it altogether: rows that came in only push what is to come further behind.</summary>
    private static bool Continues(List<ChangedRow> shown, ShownRow last) => shown.Exists(row => row.Id == last.Id && row.Stamp == last.Stamp) || shown[^1].Stamp < last.Stamp;

    private PagePosition? After(PagePosition at, ObjectPage page, List<ChangedRow> shown)
    {
        if (Cursor.Next(page.Paging) is not { } next)
        {
            return null;
        }

        var offset = Offset(next);
        if (offset <= Offset(at.After))
        {
            throw new RetriableCrmException($"HubSpot's pages of {subject} do not go forward.", TimeSpan.FromMinutes(1));
        }

        if (shown.Count == 0)
        {
            return at with { After = next, Last = null };
        }

        var last = new ShownRow(shown[^1].Id, shown[^1].Stamp);
        if (offset + Page > Shows)
        {
            // What lies beyond is asked for from this page's end on. Where all these rows share one millisecond, no search shows the rest.
            return last.Stamp > at.From ? at with { From = last.Stamp, After = null, Last = null } : new PagePosition(PageKind.Scan, null, at.From, at.To);
        }

        // A page of one row would show the last one for ever.
        return shown.Count == 1 ? at with { After = next, Last = null } : at with { After = (offset - 1).ToString(CultureInfo.InvariantCulture), Last = last };
    }

    private List<ChangedRow> Show(IReadOnlyList<HubSpotObject?> answered, Instant from, RowCollector unreadable)
    {
        var shown = new List<ChangedRow>(answered.Count);
        foreach (var (place, row) in answered.Index())
        {
            if (row?.Id is { Length: > 0 })
            {
                shown.Add(show(row, from));
            }
            else
            {
                unreadable.Unreadable(null, place, "no id");
            }
        }

        return shown;
    }

    private static long Offset(string? after) => long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
}

/// <param name="Next">Null: the window is read; a scan: by the list.</param>
internal sealed record WindowPage(Instant Date, PagePosition? Next, IReadOnlyList<ChangedRow> Changed, StreamRows Unreadable, int RowsRead);
