using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Activities made of growing counters while the CRM refuses the stream itself. A stream and its counters hold disjoint spans of time: the stream up to where it was read when it was refused
/// and again from where it was given back, its counters in between. So nothing counts twice, whichever comes first and however often the stream comes and goes.
/// </summary>
internal static class CountedActivities
{
    /// <summary>Growth by more than this is an import or a correction, not what somebody did: it is the new base.</summary>
    private const long MostAtOnce = 50;

    /// <summary>The ids of all that stand for a stream begin so.</summary>
    private static string IdsOf(string stream) => $"counted:{stream}:";

    /// <summary>The CRM refuses the stream: from where it was read to, its counters stand for it.</summary>
    /// <param name="now">The CRM's clock.</param>
    public static async Task BeginAsync(ILedgerTransaction ledger, StreamDescription stream, CursorRow cursor, Instant now)
    {
        if (stream.Fallback?.Stream != stream.Name || (await ledger.Cursors.CountedSpansAsync(cursor.ConnectionId)).Any(span => span.Stream == stream.Name && span.Until is null))
        {
            return;
        }

        var isWhole = cursor is { IsFirstReadDone: false, Fast: null, Position: null };
        await ledger.Cursors.SaveCountedSpanAsync(new CountedSpan(cursor.ConnectionId, stream.Name, isWhole ? now : cursor.Fast ?? now, null, isWhole));
    }

    /// <summary>The stream is given again: what its rows say of before the refusal, which nobody had read, they say themselves from now on.</summary>
    public static async Task EndAsync(ILedgerTransaction ledger, StreamDescription stream, long connectionId, Instant now)
    {
        if (stream.Fallback?.Stream != stream.Name)
        {
            return;
        }

        foreach (var span in (await ledger.Cursors.CountedSpansAsync(connectionId)).Where(span => span.Stream == stream.Name && span.Until is null))
        {
            await ledger.Cursors.SaveCountedSpanAsync(span with { Until = Instant.Latest(now, span.Since) });
            if (span.IsWhole)
            {
                await ledger.Activities.WithdrawAsync(connectionId, IdsOf(stream.Name), span.Since);
            }
        }
    }

    /// <summary>Of a stream's rows those that are its own: none of a kind that its counters stood for at the time.</summary>
    public static IReadOnlyList<CrmActivity> Own(StreamDescription stream, IReadOnlyList<CountedSpan> spans, IReadOnlyList<CrmActivity> activities)
    {
        if (stream.Fallback is not { } fallback || spans.All(span => span.Stream != fallback.Stream))
        {
            return activities;
        }

        var counted = spans.Where(span => span.Stream == fallback.Stream).ToList();
        return [.. activities.Where(activity => !fallback.Kinds.Contains(activity.Kind) || !counted.Exists(span => activity.At >= span.Since && !(activity.At >= span.Until)))];
    }

    /// <summary>Counters as the ledger keeps them.</summary>
    public static IReadOnlyDictionary<string, string> Kept(CrmRecord record) => record.Counters.ToDictionary(counter => counter.Name, counter => counter.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>What the record's counters say happened since they were last read, of the streams that are refused now.</summary>
    /// <param name="before">The record as last read; null: it is new.</param>
    public static IEnumerable<CrmActivity> Of(IReadOnlyList<CountedSpan> spans, RecordRow? before, CrmRecord record, bool isMerged) =>
        isMerged ? [] : record.Counters.SelectMany(counter => spans.Where(span => span.Stream == counter.Stream && span.Until is null).SelectMany(span => Of(span, counter, before, record)));

    private static IEnumerable<CrmActivity> Of(CountedSpan span, CrmCounter counter, RecordRow? before, CrmRecord record)
    {
        var at = counter.LastAt ?? record.Stamp;
        // Of before the refusal the stream itself told; where it never did, the newest one is better than nothing.
        if (counter.Value <= 0 || (at < span.Since && !span.IsWhole))
        {
            return [];
        }

        var known = before?.Counters.TryGetValue(counter.Name, out var text) == true && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : (long?)null;
        // What was last read before the stream was refused may have grown since by what the stream told.
        var isBase = known is null || (!span.IsWhole && before!.Stamp < span.Since);
        var growth = counter.Value - (known ?? 0);
        if (growth <= 0 || ((isBase || (growth > MostAtOnce && !counter.IsDate)) && counter.LastAt is null))
        {
            return [];
        }

        var newest = Activity(counter, counter.Value, at, record) with { Kind = counter.LastKind ?? counter.Kind, Attributes = counter.LastAttributes, IsApproximate = false };
        return isBase || growth > MostAtOnce || counter.IsDate
            ? [newest]
            : [.. Enumerable.Range(1, (int)growth - 1).Select(i => Activity(counter, known!.Value + i, at, record)), newest];
    }

    private static CrmActivity Activity(CrmCounter counter, long value, Instant at, CrmRecord record) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{IdsOf(counter.Stream)}{counter.Name}:{value}"), counter.Kind, at, new Dictionary<string, string>())
        {
            RecordIds = [record.Id],
            IsApproximate = true,
        };
}
