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
