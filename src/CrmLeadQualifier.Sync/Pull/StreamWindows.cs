using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// When a stream is due, which window of it is read, and how far its cursors go with a page: the fast one, which follows the CRM's clock, and the slow one behind it, which meets what was indexed late.
/// </summary>
public static class StreamWindows
{
    /// <summary>How late the CRM's search may index a change; the slow cursor stays that far behind the CRM's clock.</summary>
    public static readonly TimeSpan IndexingLag = TimeSpan.FromMinutes(10);

    /// <summary>How far a fast window reaches back over the one before.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    /// <summary>A turn a minute begins now a little earlier, now a little later in its minute: a stream that is read once a minute is not left to the next one for that.</summary>
    public static readonly TimeSpan Punctuality = TimeSpan.FromSeconds(10);

    /// <summary>A few turns that were missed.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(5);

    /// <summary>A refused stream is tried again after that.</summary>
    public static readonly TimeSpan RefusalLasts = TimeSpan.FromDays(1);

    public static bool IsDue(StreamDescription stream, CursorRow cursor, Instant at)
    {
        if (cursor.Refusal is not null && cursor.RefusedAt is { } refusedAt && at >= refusedAt && at - refusedAt < RefusalLasts)
        {
            return false;
        }

        // A clock that was set back makes a stream due rather than silent.
        return cursor.Position is not null || cursor.ReadAt is not { } readAt || at < readAt || at - readAt >= stream.Cadence - Punctuality;
    }

    /// <summary>
    /// Whether the ledger stands where a poll of some minutes ago left it, so that somebody may be decided about before the next one is at its end. Not after a longer absence: what was said meanwhile may be
    /// what a deadline waits for. Not after a run that died in the middle: of the streams that are read alike one is ahead of another, and nobody is decided about with a part of the facts. Nor where a
    /// stream is read for the first time.
    /// </summary>
    public static bool AreRecent(IReadOnlyList<StreamDescription> streams, IReadOnlyDictionary<string, CursorRow> cursors, Instant at)
    {
        var given = streams.Where(stream => cursors[stream.Name].Refusal is null || IsDue(stream, cursors[stream.Name], at)).ToList();
        var oftenRead = given.Where(stream => stream.Cadence <= TimeSpan.FromMinutes(1)).ToList();
        return given.All(stream => cursors[stream.Name].IsFirstReadDone)
            && oftenRead.All(stream => cursors[stream.Name] is { Position: null, ReadAt: { } readAt } && at - readAt <= Recently)
            && oftenRead.GroupBy(stream => stream.Cadence).All(alike => alike.DistinctBy(stream => cursors[stream.Name].ReadAt).Count() == 1);
    }

    /// <summary>The window to read, or null for a first read and for streams that are read whole. A read in progress keeps its window.</summary>
    /// <param name="now">By the CRM's clock.</param>
    public static ChangeWindow? Of(StreamDescription stream, CursorRow cursor, Instant now)
    {
        if (stream.Tracking == ChangeTracking.FullRead || !cursor.IsFirstReadDone)
        {
            return null;
        }

        if (cursor is { Position: not null, WindowFrom: { } from, WindowTo: { } to })
        {
            return new ChangeWindow(from, to);
        }

        var start = IsSlowWindowDue(cursor, now) ? cursor.Slow!.Value : Instant.Latest(cursor.Slow!.Value, cursor.Fast!.Value - Overlap);
        return new ChangeWindow(Instant.Earliest(start, now), now);
    }

    private static bool IsSlowWindowDue(CursorRow cursor, Instant now) => now - IndexingLag - cursor.Slow!.Value >= IndexingLag;

    /// <summary>The cursor as it is to be committed with the page: in progress, or at the end of what was read.</summary>
    public static CursorRow Advance(StreamDescription stream, CursorRow cursor, ChangeWindow? window, StreamPage page, Instant at)
    {
        if (window is null && cursor.Fast is null)
        {
            // What changes while the first read walks the account is found by the windows that follow.
            cursor = cursor with { Fast = page.Date - IndexingLag, Slow = page.Date - IndexingLag };
        }

        if (page.Next is not null)
        {
            return cursor with { Position = page.Next };
        }

        cursor = cursor with { Position = null, IsFirstReadDone = true, ReadAt = at, WindowFrom = null, WindowTo = null };
        if (window is not { } read || stream.Tracking == ChangeTracking.FullRead)
        {
            return cursor;
        }

        var truth = read.From <= cursor.Slow ? read.To - IndexingLag : cursor.Slow!.Value;
        return cursor with { Fast = Instant.Latest(cursor.Fast!.Value, read.To), Slow = Instant.Latest(cursor.Slow!.Value, truth) };
    }
}
