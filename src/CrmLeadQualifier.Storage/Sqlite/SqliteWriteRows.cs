using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteWriteRows(SqliteSession session) : IWriteRows
{
    private const string Columns = "run, connection_id, record_id, field, before, value, state, sent_at, reason";
    private const string Select = $"SELECT {Columns}, id FROM write";

    private const string JobColumns = "connection_id, job, object, created_at, first_write, last_write, records, taken_ms";
    private const string OpenOfJob = "connection_id = ?1 AND state IN ('sent', 'unknown') AND id BETWEEN ?2 AND ?3";

    private static readonly string Insert = Sql.Insert("write", Columns) + " RETURNING id";

    public Task<IReadOnlyList<long>> AddAsync(IReadOnlyList<WriteRow> rows) => Task.FromResult<IReadOnlyList<long>>([.. rows.Select(row => session.Number(
        Insert, row.Run, row.ConnectionId, row.RecordId, row.Field, row.Before, row.Value, Words.Of(row.State), row.SentAt, row.Reason)!.Value)]);

    public Task SetStateAsync(IReadOnlyCollection<long> ids, WriteState state, string? reason)
    {
        session.Execute("UPDATE write SET state = ?2, reason = ?3 WHERE id IN (SELECT value FROM json_each(?1))", Sql.List(ids), Words.Of(state), reason);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<WriteRow>> OpenAsync(long connectionId) => Many($"{Select} WHERE connection_id = ?1 AND state IN ('sent', 'unknown') ORDER BY id", connectionId);

    public Task<IReadOnlyList<WriteRow>> OpenOfJobAsync(WriteJobRow job, IReadOnlyCollection<long> recordIds) => Many(
        $"{Select} WHERE {OpenOfJob} AND record_id IN (SELECT value FROM json_each(?4)) ORDER BY id", job.ConnectionId, job.FirstWrite, job.LastWrite, Sql.List(recordIds));

    public Task FailOpenOfJobAsync(WriteJobRow job, string reason)
    {
        session.Execute($"UPDATE write SET state = ?4, reason = ?5 WHERE {OpenOfJob}", job.ConnectionId, job.FirstWrite, job.LastWrite, Words.Of(WriteState.Failed), reason);
        return Task.CompletedTask;
    }

    public Task SaveJobAsync(WriteJobRow row)
    {
        session.Execute(
            $"INSERT OR REPLACE INTO write_job ({JobColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            row.ConnectionId, row.Job, row.Object, row.CreatedAt, row.FirstWrite, row.LastWrite, row.Records, (long?)row.Taken?.TotalMilliseconds);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<WriteJobRow>> OpenJobsAsync(long connectionId) => Task.FromResult<IReadOnlyList<WriteJobRow>>(session.Query(
        $"SELECT {JobColumns} FROM write_job WHERE connection_id = ?1 AND records IS NULL ORDER BY first_write", ReadJob, connectionId));

    public Task<WriteJobRow?> LastJobAsync(long connectionId, string personObject) => Task.FromResult(session.First(
        $"SELECT {JobColumns} FROM write_job WHERE connection_id = ?1 AND object = ?2 AND records > 0 ORDER BY first_write DESC LIMIT 1", ReadJob, connectionId, personObject));

    public Task<IReadOnlyList<WriteRow>> OfRunAsync(string run) => Many($"{Select} WHERE run = ?1 ORDER BY id", run);

    public Task<IReadOnlyList<WriteRow>> OfRecordsAsync(IReadOnlyCollection<long> recordIds, Instant since) =>
        Many($"{Select} WHERE record_id IN (SELECT value FROM json_each(?1)) AND sent_at >= ?2 ORDER BY sent_at, id", Sql.List(recordIds), since);

    public Task<IReadOnlyList<AuditedWrite>> BetweenAsync(Instant from, Instant to, string? externalId, (Instant At, long Id) after, int limit) =>
        Task.FromResult<IReadOnlyList<AuditedWrite>>(session.Query(
            """
            SELECT w.run, w.connection_id, w.record_id, w.field, w.before, w.value, w.state, w.sent_at, w.reason, w.id, c.name, r.object, r.external_id
            FROM write w JOIN record r ON r.id = w.record_id JOIN connection c ON c.id = w.connection_id
            WHERE w.sent_at >= ?1 AND w.sent_at < ?2 AND (w.sent_at, w.id) > (?4, ?5) AND (?3 IS NULL OR r.external_id = ?3) ORDER BY w.sent_at, w.id LIMIT ?6
            """,
            row => new AuditedWrite(Read(row), row.GetString(10), row.GetString(11), row.GetString(12)),
            from, to, externalId, after.At, after.Id, limit));

    public Task QuarantineAsync(IReadOnlyList<QuarantineRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                """
                INSERT INTO quarantine (connection_id, stream, external_id, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (connection_id, stream, external_id) DO UPDATE SET reason = excluded.reason, at = excluded.at
                """,
                row.ConnectionId, row.Stream, row.ExternalId, row.Reason, row.At);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<QuarantineRow>> QuarantinedAsync(long? connectionId) => Task.FromResult<IReadOnlyList<QuarantineRow>>(session.Query(
        "SELECT id, connection_id, stream, external_id, reason, at FROM quarantine WHERE ?1 IS NULL OR connection_id = ?1 ORDER BY id",
        row => new QuarantineRow(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Instant(5)),
        connectionId));

    public Task NoteParkedAsync(long connectionId, IReadOnlyCollection<long> recordIds, Instant at)
    {
        session.Execute("INSERT OR REPLACE INTO parking (connection_id, record_id, at) SELECT ?1, value, ?3 FROM json_each(?2)", connectionId, Sql.List(recordIds), at);
        return Task.CompletedTask;
    }

    public Task<int> CountParkedAsync(long connectionId, Instant after) =>
        Task.FromResult((int)session.Number("SELECT count(*) FROM parking WHERE connection_id = ?1 AND at > ?2", connectionId, after)!.Value);

    public Task ForgetParkedAsync(long connectionId)
    {
        session.Execute("DELETE FROM parking WHERE connection_id = ?1", connectionId);
        return Task.CompletedTask;
    }

    public Task LiftQuarantineAsync(IReadOnlyCollection<long> ids)
    {
        session.Execute("DELETE FROM quarantine WHERE id IN (SELECT value FROM json_each(?1))", Sql.List(ids));
        return Task.CompletedTask;
    }

    public Task<int> PruneAsync(Instant before, int limit) => Task.FromResult(session.Execute(
        "DELETE FROM write WHERE id IN (SELECT id FROM write WHERE sent_at < ?1 AND state IN ('confirmed', 'failed') ORDER BY sent_at LIMIT ?2)", before, limit));

    private Task<IReadOnlyList<WriteRow>> Many(string sql, params ReadOnlySpan<object?> values) => Task.FromResult<IReadOnlyList<WriteRow>>(session.Query(sql, Read, values));

    private static WriteJobRow ReadJob(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.Instant(3), row.GetInt64(4), row.GetInt64(5))
    {
        Records = row.IsDBNull(6) ? null : (int)row.GetInt64(6),
        Taken = row.IsDBNull(7) ? null : TimeSpan.FromMilliseconds(row.GetInt64(7)),
    };

    private static WriteRow Read(SqliteDataReader row) => new(
        row.GetInt64(9), row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), Words.Read<WriteState>(row.GetString(6)), row.Instant(7))
    {
        Reason = row.Text(8),
    };
}
