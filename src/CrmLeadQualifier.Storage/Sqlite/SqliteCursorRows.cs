using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteCursorRows(SqliteSession session) : ICursorRows
{
    private const string Columns = "connection_id, stream, fast, slow, is_first_read_done, position, window_from, window_to, read_at, refusal, refused_at";

    private static readonly string Upsert = Sql.Insert("cursor", Columns).Replace("INSERT", "INSERT OR REPLACE", StringComparison.Ordinal);

    public Task<IReadOnlyList<CursorRow>> ListAsync(long connectionId) =>
        Task.FromResult<IReadOnlyList<CursorRow>>(session.Query($"SELECT {Columns} FROM cursor WHERE connection_id = ?1 ORDER BY stream", Read, connectionId));

    public Task SaveAsync(CursorRow row)
    {
        session.Execute(
            Upsert, row.ConnectionId, row.Stream, row.Fast, row.Slow, row.IsFirstReadDone, row.Position, row.WindowFrom, row.WindowTo, row.ReadAt, row.Refusal, row.RefusedAt);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, Instant>> StampsAsync(long connectionId, string stream, IReadOnlyCollection<string> rowIds)
    {
        var stamps = new Dictionary<string, Instant>();
        foreach (var id in rowIds)
        {
            if (session.Number("SELECT stamp FROM stamp WHERE connection_id = ?1 AND stream = ?2 AND row_id = ?3", connectionId, stream, id) is { } stamp)
            {
                stamps[id] = new Instant(stamp);
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, Instant>>(stamps);
    }

    public Task RememberStampsAsync(long connectionId, string stream, IReadOnlyCollection<KeyValuePair<string, Instant>> stamps)
    {
        foreach (var (id, stamp) in stamps)
        {
            session.Execute(
                """
                INSERT INTO stamp (connection_id, stream, row_id, stamp) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (connection_id, stream, row_id) DO UPDATE SET stamp = excluded.stamp WHERE excluded.stamp > stamp.stamp
                """,
                connectionId, stream, id, stamp);
        }

        return Task.CompletedTask;
    }

    public Task ForgetStampsAsync(long connectionId, string stream, Instant before)
    {
        session.Execute("DELETE FROM stamp WHERE connection_id = ?1 AND stream = ?2 AND stamp < ?3", connectionId, stream, before);
        return Task.CompletedTask;
    }

    public Task TouchAsync(long connectionId, IReadOnlyCollection<(string Stream, string RowId)> rows)
    {
        foreach (var (stream, id) in rows)
        {
            session.Execute("INSERT OR REPLACE INTO touched (connection_id, stream, row_id) VALUES (?1, ?2, ?3)", connectionId, stream, id);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TouchedRow>> TouchedAsync(long connectionId, int limit) => Task.FromResult<IReadOnlyList<TouchedRow>>(session.Query(
        "SELECT number, stream, row_id FROM touched WHERE connection_id = ?1 ORDER BY number LIMIT ?2", row => new TouchedRow(row.GetInt64(0), row.GetString(1), row.GetString(2)), connectionId, limit));

    public Task ForgetTouchedAsync(long connectionId, IReadOnlyCollection<long> numbers)
    {
        session.Execute("DELETE FROM touched WHERE connection_id = ?1 AND number IN (SELECT value FROM json_each(?2))", connectionId, Sql.List(numbers));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CountedSpan>> CountedSpansAsync(long connectionId) => Task.FromResult<IReadOnlyList<CountedSpan>>(session.Query(
        "SELECT stream, since, until, is_whole FROM counted_span WHERE connection_id = ?1 ORDER BY stream, since",
        row => new CountedSpan(connectionId, row.GetString(0), row.Instant(1), row.InstantOrNull(2), row.Flag(3)),
        connectionId));

    public Task SaveCountedSpanAsync(CountedSpan span)
    {
        session.Execute(
            "INSERT OR REPLACE INTO counted_span (connection_id, stream, since, until, is_whole) VALUES (?1, ?2, ?3, ?4, ?5)", span.ConnectionId, span.Stream, span.Since, span.Until, span.IsWhole);
        return Task.CompletedTask;
    }

    public Task AddLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant dueAt)
    {
        foreach (var id in recordIds)
        {
            session.Execute("INSERT OR IGNORE INTO late_read (connection_id, record_id, due_at) VALUES (?1, ?2, ?3)", connectionId, id, dueAt);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> LateReadsAsync(long connectionId, Instant at, int limit) => Task.FromResult<IReadOnlyList<string>>(session.Query(
        "SELECT DISTINCT record_id FROM late_read WHERE connection_id = ?1 AND due_at <= ?2 ORDER BY record_id LIMIT ?3", row => row.GetString(0), connectionId, at, limit));

    public Task RemoveLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant at)
    {
        foreach (var id in recordIds)
        {
            session.Execute("DELETE FROM late_read WHERE connection_id = ?1 AND record_id = ?2 AND due_at <= ?3", connectionId, id, at);
        }

        return Task.CompletedTask;
    }

    private static CursorRow Read(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1))
    {
        Fast = row.InstantOrNull(2),
        Slow = row.InstantOrNull(3),
        IsFirstReadDone = row.Flag(4),
        Position = row.Text(5),
        WindowFrom = row.InstantOrNull(6),
        WindowTo = row.InstantOrNull(7),
        ReadAt = row.InstantOrNull(8),
        Refusal = row.Text(9),
        RefusedAt = row.InstantOrNull(10),
    };
}
