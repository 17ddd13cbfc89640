using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>What was read before, or written by ourselves, comes again in every window: it is told by its stamp, and costs no further read.</summary>
internal static class Echo
{
    /// <summary>
    /// The rows that are no echo: their stamp is later than the one we know, or it is our own write's and the preview shows something that we did not write.
    /// </summary>
    public static async Task<IReadOnlyList<string>> NewsAsync(ConnectionSession session, StreamDescription stream, StreamPage page, CancellationToken cancellation)
    {
        if (!page.NeedsFetch)
        {
            return [];
        }

        var changed = page.Changed;
        await using var transaction = await session.BeginAsync(cancellation);
        var known = await transaction.Cursors.StampsAsync(session.Connection.Id, stream.Name, [.. changed.Select(row => row.Id)]);
        var news = changed.Where(row => !known.TryGetValue(row.Id, out var stamp) || stamp < row.Stamp).Select(row => row.Id).ToHashSet();
        foreach (var previews in changed.Where(row => row.Preview is not null && known.GetValueOrDefault(row.Id) == row.Stamp).GroupBy(row => row.Preview!.Object))
        {
            var rows = await transaction.Records.GetAsync(session.Connection.Id, previews.Key, [.. previews.Select(row => row.Id)]);
            var byId = rows.ToDictionary(row => row.ExternalId);
            news.UnionWith(previews.Where(row => !byId.TryGetValue(row.Id, out var record) || !RecordIntake.Shows(record, row.Preview!)).Select(row => row.Id));
        }

        return [.. news];
    }

    /// <summary>
    /// Stamps of what was read, as read: a row that was news is known by the stamp of its content, which may be later than the one that announced it.
    /// Those before the slow cursor are not asked for again.
    /// </summary>
    public static List<KeyValuePair<string, Instant>> StampsOf(IReadOnlyList<ChangedRow> changed, StreamRows rows, CursorRow cursor)
    {
        var stamps = new Dictionary<string, Instant>();
        void Add(string id, Instant stamp)
        {
            if (cursor.Slow is { } slow && stamp >= slow)
            {
                stamps[id] = stamps.TryGetValue(id, out var other) ? Instant.Latest(stamp, other) : stamp;
            }
        }

        foreach (var row in changed)
        {
            Add(row.Id, row.Stamp);
        }

        foreach (var record in rows.Records)
        {
            Add(record.Id, record.Stamp);
        }

        foreach (var company in rows.Companies)
        {
            Add(company.Id, company.Stamp);
        }

        foreach (var deal in rows.Deals)
        {
            Add(deal.Id, deal.Stamp);
        }

        foreach (var activity in rows.Activities)
        {
            if (activity is { RowId: { } rowId, Stamp: { } stamp })
            {
                Add(rowId, stamp);
            }
        }

        return [.. stamps];
    }
}
