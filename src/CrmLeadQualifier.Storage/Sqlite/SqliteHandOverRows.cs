using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteHandOverRows(SqliteSession session) : IHandOverRows
{
    private const string Columns =
        "lead_id, mql_at, handed_over_at, due_at, first_contact_at, first_contact_kind, is_day_only, was_in_contact, owner_id, owner_changes, seen_at";

    private const string NoticeColumns = "record_id, mql_at, channel, connection_id, state, changed_at, reason";

    private static readonly string Insert = Sql.Insert("hand_over", Columns);

    public Task AddAsync(IReadOnlyList<HandOverRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                Insert,
                row.LeadId, row.MqlAt, row.HandedOverAt, row.DueAt, row.FirstContact?.At, row.FirstContact?.Kind, row.FirstContact?.IsDayOnly ?? false, row.FirstContact?.WasInContact ?? false,
                row.OwnerId, row.OwnerChanges, row.SeenAt);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<long, IReadOnlyList<HandOverRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds)
    {
        var rows = session.Query(
            $"SELECT {Columns} FROM hand_over WHERE lead_id IN (SELECT value FROM json_each(?1)) ORDER BY id",
            row => new HandOverRow(row.GetInt64(0), row.Instant(1))
            {
                HandedOverAt = row.InstantOrNull(2),
                DueAt = row.InstantOrNull(3),
                FirstContact = row.InstantOrNull(4) is { } at ? new ContactMade(at, row.GetString(5), row.Flag(6), row.Flag(7)) : null,
                OwnerId = row.Text(8),
                OwnerChanges = row.GetInt32(9),
                SeenAt = row.Instant(10),
            },
            Sql.List(leadIds));
        return Task.FromResult<IReadOnlyDictionary<long, IReadOnlyList<HandOverRow>>>(
            rows.GroupBy(row => row.LeadId).ToDictionary(group => group.Key, IReadOnlyList<HandOverRow> (group) => [.. group]));
    }

    public Task AddNoticesAsync(IReadOnlyList<OverdueNoticeRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                $"INSERT OR IGNORE INTO overdue_notice ({NoticeColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                row.RecordId, row.MqlAt, row.Channel, row.ConnectionId, Words.Of(row.State), row.ChangedAt, row.Reason);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OverdueNoticeRow>> OpenNoticesAsync(long connectionId, int limit) => Task.FromResult<IReadOnlyList<OverdueNoticeRow>>(session.Query(
        $"SELECT {NoticeColumns} FROM overdue_notice WHERE connection_id = ?1 AND state IN ('due', 'sending') ORDER BY record_id, mql_at, channel LIMIT ?2",
        row => new OverdueNoticeRow(row.GetInt64(0), row.Instant(1), row.GetString(2), row.GetInt64(3), Words.Read<NoticeState>(row.GetString(4)), row.Instant(5)) { Reason = row.Text(6) },
        connectionId, limit));

    public Task SaveNoticeAsync(OverdueNoticeRow row)
    {
        session.Execute(
            "UPDATE overdue_notice SET state = ?4, changed_at = ?5, reason = ?6 WHERE record_id = ?1 AND mql_at = ?2 AND channel = ?3",
            row.RecordId, row.MqlAt, row.Channel, Words.Of(row.State), row.ChangedAt, row.Reason);
        return Task.CompletedTask;
    }
}
