using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresHandOverRows(PostgresSession session) : IHandOverRows
{
    private static readonly Columns<HandOverRow> HandOvers = new(
        "hand_over",
        Column<HandOverRow>.Number("lead_id", row => row.LeadId),
        Column<HandOverRow>.Instant("mql_at", row => row.MqlAt),
        Column<HandOverRow>.Instant("handed_over_at", row => row.HandedOverAt),
        Column<HandOverRow>.Instant("due_at", row => row.DueAt),
        Column<HandOverRow>.Instant("first_contact_at", row => row.FirstContact?.At),
        Column<HandOverRow>.Text("first_contact_kind", row => row.FirstContact?.Kind),
        Column<HandOverRow>.Flag("is_day_only", row => row.FirstContact?.IsDayOnly ?? false),
        Column<HandOverRow>.Flag("was_in_contact", row => row.FirstContact?.WasInContact ?? false),
        Column<HandOverRow>.Text("owner_id", row => row.OwnerId),
        Column<HandOverRow>.Integer("owner_changes", row => row.OwnerChanges),
        Column<HandOverRow>.Instant("seen_at", row => row.SeenAt));

    private static readonly Columns<OverdueNoticeRow> Notices = new(
        "overdue_notice",
        Column<OverdueNoticeRow>.Number("record_id", row => row.RecordId),
        Column<OverdueNoticeRow>.Instant("mql_at", row => row.MqlAt),
        Column<OverdueNoticeRow>.Text("channel", row => row.Channel),
        Column<OverdueNoticeRow>.Number("connection_id", row => row.ConnectionId),
        Column<OverdueNoticeRow>.Text("state", row => Words.Of(row.State)),
        Column<OverdueNoticeRow>.Instant("changed_at", row => row.ChangedAt),
        Column<OverdueNoticeRow>.Text("reason", row => row.Reason));

    private static readonly string Insert = HandOvers.Insert;
    private static readonly string InsertNotices = $"{Notices.Insert} ON CONFLICT (record_id, mql_at, channel) DO NOTHING";
    private static readonly string UpsertNotice = Notices.Upsert("record_id, mql_at, channel");

    public Task AddAsync(IReadOnlyList<HandOverRow> rows) => rows.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(Insert, HandOvers.Values(rows));

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<HandOverRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds)
    {
        var rows = await session.QueryAsync(
            $"SELECT {HandOvers.Names} FROM hand_over WHERE lead_id = ANY ($1) ORDER BY id",
            row => new HandOverRow(row.GetInt64(0), row.Instant(1))
            {
                HandedOverAt = row.InstantOrNull(2),
                DueAt = row.InstantOrNull(3),
                FirstContact = row.InstantOrNull(4) is { } at ? new ContactMade(at, row.Text(5), row.GetBoolean(6), row.GetBoolean(7)) : null,
                OwnerId = row.TextOrNull(8),
                OwnerChanges = row.GetInt32(9),
                SeenAt = row.Instant(10),
            },
            leadIds.ToArray()).ConfigureAwait(false);
        return rows.GroupBy(row => row.LeadId).ToDictionary(group => group.Key, IReadOnlyList<HandOverRow> (group) => [.. group]);
    }

    public Task AddNoticesAsync(IReadOnlyList<OverdueNoticeRow> rows) => rows.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(InsertNotices, Notices.Values(rows));

    public async Task<IReadOnlyList<OverdueNoticeRow>> OpenNoticesAsync(long connectionId, int limit) => await session.QueryAsync(
        $"SELECT {Notices.Names} FROM overdue_notice WHERE connection_id = $1 AND state IN ('due', 'sending') ORDER BY record_id, mql_at, channel LIMIT $2",
        row => new OverdueNoticeRow(row.GetInt64(0), row.Instant(1), row.Text(2), row.GetInt64(3), Words.Read<NoticeState>(row.Text(4)), row.Instant(5)) { Reason = row.TextOrNull(6) },
        connectionId, limit).ConfigureAwait(false);

    public Task SaveNoticeAsync(OverdueNoticeRow row) => session.ExecuteAsync(UpsertNotice, Notices.Values([row]));
}
