using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresWriteRows(PostgresSession session) : IWriteRows
{
    private static readonly Columns<WriteRow> Writes = new(
        "write",
        Column<WriteRow>.Number("id", row => row.Id),
        Column<WriteRow>.Text("run", row => row.Run),
        Column<WriteRow>.Number("connection_id", row => row.ConnectionId),
        Column<WriteRow>.Number("record_id", row => row.RecordId),
        Column<WriteRow>.Text("field", row => row.Field),
        Column<WriteRow>.Text("before", row => row.Before),
        Column<WriteRow>.Text("value", row => row.Value),
        Column<WriteRow>.Text("state", row => Words.Of(row.State)),
        Column<WriteRow>.Instant("sent_at", row => row.SentAt),
        Column<WriteRow>.Text("reason", row => row.Reason));

    private static readonly Columns<QuarantineRow> Quarantine = new(
        "quarantine",
        Column<QuarantineRow>.Number("connection_id", row => row.ConnectionId),
        Column<QuarantineRow>.Text("stream", row => row.Stream),
        Column<QuarantineRow>.Text("external_id", row => row.ExternalId),
        Column<QuarantineRow>.Text("reason", row => row.Reason),
        Column<QuarantineRow>.Instant("at", row => row.At));

    private static readonly Columns<WriteJobRow> Jobs = new(
        "write_job",
        Column<WriteJobRow>.Number("connection_id", row => row.ConnectionId),
        Column<WriteJobRow>.Text("job", row => row.Job),
        Column<WriteJobRow>.Text("object", row => row.Object),
        Column<WriteJobRow>.Instant("created_at", row => row.CreatedAt),
        Column<WriteJobRow>.Number("first_write", row => row.FirstWrite),
        Column<WriteJobRow>.Number("last_write", row => row.LastWrite),
        Column<WriteJobRow>.Number("records", row => row.Records),
        Column<WriteJobRow>.Number("taken_ms", row => (long?)row.Taken?.TotalMilliseconds));

    private const string OpenOfJob = "connection_id = $1 AND state IN ('sent', 'unknown') AND id BETWEEN $2 AND $3";

    private static readonly string SelectJobs = $"SELECT {Jobs.Names} FROM write_job WHERE connection_id = $1";
    private static readonly string UpsertJob = Jobs.Upsert("connection_id, job");
    private static readonly string Select = $"SELECT {Writes.Names} FROM write";
    private static readonly string Insert = Writes.Insert;
    private static readonly string UpsertQuarantine = Quarantine.Upsert("connection_id, stream, external_id");

    public async Task<IReadOnlyList<long>> AddAsync(IReadOnlyList<WriteRow> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var ids = await NewIds.TakeAsync(session, "write", rows.Count).ConfigureAwait(false);
        await session.ExecuteAsync(Insert, Writes.Values([.. rows.Select((row, i) => row with { Id = ids[i] })])).ConfigureAwait(false);
        return ids;
    }

    public Task SetStateAsync(IReadOnlyCollection<long> ids, WriteState state, string? reason) =>
        session.ExecuteAsync("UPDATE write SET state = $2, reason = $3::text WHERE id = ANY ($1)", ids.ToArray(), Words.Of(state), reason);

    public Task<IReadOnlyList<WriteRow>> OpenAsync(long connectionId) => ManyAsync($"{Select} WHERE connection_id = $1 AND state IN ('sent', 'unknown') ORDER BY id", connectionId);

    public Task<IReadOnlyList<WriteRow>> OpenOfJobAsync(WriteJobRow job, IReadOnlyCollection<long> recordIds) => ManyAsync(
        $"{Select} WHERE {OpenOfJob} AND record_id = ANY ($4) ORDER BY id", job.ConnectionId, job.FirstWrite, job.LastWrite, recordIds.ToArray());

    public Task FailOpenOfJobAsync(WriteJobRow job, string reason) => session.ExecuteAsync(
        $"UPDATE write SET state = $4, reason = $5::text WHERE {OpenOfJob}", job.ConnectionId, job.FirstWrite, job.LastWrite, Words.Of(WriteState.Failed), reason);

    public Task SaveJobAsync(WriteJobRow row) => session.ExecuteAsync(UpsertJob, Jobs.Values([row]));

    public async Task<IReadOnlyList<WriteJobRow>> OpenJobsAsync(long connectionId) =>
        await session.QueryAsync($"{SelectJobs} AND records IS NULL ORDER BY first_write", ReadJob, connectionId).ConfigureAwait(false);

    public async Task<WriteJobRow?> LastJobAsync(long connectionId, string personObject) => (await session.QueryAsync(
        $"{SelectJobs} AND object = $2 AND records > 0 ORDER BY first_write DESC LIMIT 1", ReadJob, connectionId, personObject).ConfigureAwait(false)).FirstOrDefault();

    public Task<IReadOnlyList<WriteRow>> OfRunAsync(string run) => ManyAsync($"{Select} WHERE run = $1 ORDER BY id", run);

    public Task<IReadOnlyList<WriteRow>> OfRecordsAsync(IReadOnlyCollection<long> recordIds, Instant since) =>
        ManyAsync($"{Select} WHERE record_id = ANY ($1) AND sent_at >= $2 ORDER BY sent_at, id", recordIds.ToArray(), since);

    public async Task<IReadOnlyList<AuditedWrite>> BetweenAsync(Instant from, Instant to, string? externalId, (Instant At, long Id) after, int limit) =>
        await session.QueryAsync(
            """
            SELECT w.id, w.run, w.connection_id, w.record_id, w.field, w.before, w.value, w.state, w.sent_at, w.reason, c.name, r.object, r.external_id
            FROM write w JOIN record r ON r.id = w.record_id JOIN connection c ON c.id = w.connection_id
            WHERE w.sent_at >= $1 AND w.sent_at < $2 AND (w.sent_at, w.id) > ($4, $5) AND ($3::text IS NULL OR r.external_id = $3::text) ORDER BY w.sent_at, w.id LIMIT $6
            """,
            row => new AuditedWrite(Read(row), row.Text(10), row.Text(11), row.Text(12)),
            from, to, externalId, after.At, after.Id, limit).ConfigureAwait(false);

    public Task QuarantineAsync(IReadOnlyList<QuarantineRow> rows) => rows.Count == 0
        ? Task.CompletedTask
        : session.ExecuteAsync(UpsertQuarantine, Quarantine.Values([.. rows.GroupBy(row => (row.ConnectionId, row.Stream, row.ExternalId), (_, same) => same.Last())]));

    public async Task<IReadOnlyList<QuarantineRow>> QuarantinedAsync(long? connectionId) => await session.QueryAsync(
        "SELECT id, connection_id, stream, external_id, reason, at FROM quarantine WHERE $1::bigint IS NULL OR connection_id = $1 ORDER BY id",
        row => new QuarantineRow(row.GetInt64(0), row.GetInt64(1), row.Text(2), row.Text(3), row.Text(4), row.Instant(5)),
        connectionId).ConfigureAwait(false);

    public Task NoteParkedAsync(long connectionId, IReadOnlyCollection<long> recordIds, Instant at) => session.ExecuteAsync(
        """
        INSERT INTO parking (connection_id, record_id, at) SELECT DISTINCT $1::bigint, unnest($2::bigint[]), $3::bigint
        ON CONFLICT (connection_id, record_id) DO UPDATE SET at = excluded.at
        """,
        connectionId, recordIds.ToArray(), at);

    public async Task<int> CountParkedAsync(long connectionId, Instant after) =>
        (int)(await session.NumberAsync("SELECT count(*) FROM parking WHERE connection_id = $1 AND at > $2", connectionId, after).ConfigureAwait(false) ?? 0);

    public Task ForgetParkedAsync(long connectionId) => session.ExecuteAsync("DELETE FROM parking WHERE connection_id = $1", connectionId);

    public Task LiftQuarantineAsync(IReadOnlyCollection<long> ids) => session.ExecuteAsync("DELETE FROM quarantine WHERE id = ANY ($1)", ids.ToArray());

    public Task<int> PruneAsync(Instant before, int limit) => session.ExecuteAsync(
        "DELETE FROM write WHERE id IN (SELECT id FROM write WHERE sent_at < $1 AND state IN ('confirmed', 'failed') ORDER BY sent_at LIMIT $2)", before, limit);

    private async Task<IReadOnlyList<WriteRow>> ManyAsync(string sql, params object?[] values) => await session.QueryAsync(sql, Read, values).ConfigureAwait(false);

    private static WriteJobRow ReadJob(NpgsqlDataReader row) => new(row.GetInt64(0), row.Text(1), row.Text(2), row.Instant(3), row.GetInt64(4), row.GetInt64(5))
    {
        Records = row.IsDBNull(6) ? null : (int)row.GetInt64(6),
        Taken = row.IsDBNull(7) ? null : TimeSpan.FromMilliseconds(row.GetInt64(7)),
    };

    private static WriteRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.Text(1), row.GetInt64(2), row.GetInt64(3), row.Text(4), row.Text(5), row.Text(6), Words.Read<WriteState>(row.GetString(7)), row.Instant(8))
    {
        Reason = row.TextOrNull(9),
    };
}
