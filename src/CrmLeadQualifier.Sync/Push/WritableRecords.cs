using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Which records of a connection may be written: those of the pilot's list, and of the scope's (lifecycle and sync, section 8).</summary>
internal static class WritableRecords
{
    /// <summary>Null: all. The lists are asked for only where something is to be written.</summary>
    public static async Task<IReadOnlySet<string>?> ReadAsync(ConnectionSession session, Instant at, CancellationToken cancellation)
    {
        var settings = session.Settings;
        List<string> lists = [.. new[] { session.Connection.Mode == ConnectionMode.Pilot ? settings.PilotList : null, settings.Scope }.OfType<string>().Distinct()];
        if (lists.Count == 0)
        {
            return null;
        }

        await using (var transaction = await session.BeginAsync(cancellation))
        {
            if ((await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).PushDue == 0)
            {
                return new HashSet<string>();
            }
        }

        return await ReadAsync(session, lists, cancellation);
    }

    /// <summary>The records of the scope; null: there is none, all may be written.</summary>
    public static async Task<IReadOnlySet<string>?> OfScopeAsync(ConnectionSession session, CancellationToken cancellation) =>
        session.Settings.Scope is { } scope ? await ReadAsync(session, [scope], cancellation) : null;

    private static async Task<IReadOnlySet<string>> ReadAsync(ConnectionSession session, List<string> lists, CancellationToken cancellation)
    {
        var records = (await session.Crm.ReadListAsync(lists[0], cancellation)).ToHashSet();
        foreach (var other in lists.Skip(1))
        {
            records.IntersectWith(await session.Crm.ReadListAsync(other, cancellation));
        }

        return records;
    }
}
