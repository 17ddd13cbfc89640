using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresCursorRows(PostgresSession session) : ICursorRows
{
    private static readonly Columns<CursorRow> Columns = new(
        "cursor",
        Column<CursorRow>.Number("connection_id", row => row.ConnectionId),
        Column<CursorRow>.Text("stream", row => row.Stream),
        Column<CursorRow>.Instant("fast", row => row.Fast),
        Column<CursorRow>.Instant("slow", row => row.Slow),
        Column<CursorRow>.Flag("is_first_read_done", row => row.IsFirstReadDone),
        Column<CursorRow>.Text("position", row => row.Position),
        Column<CursorRow>.Instant("window_from", row => row.WindowFrom),
        Column<CursorRow>.Instant("window_to", row => row.WindowTo),
        Column<CursorRow>.Instant("read_at", row => row.ReadAt),
        Column<CursorRow>.Text("refusal", row => row.Refusal),
        Column<CursorRow>.Instant("refused_at", row => row.RefusedAt));

    private static readonly Columns<CountedSpan> Spans = new(
        "counted_span",
        Column<CountedSpan>.Number("connection_id", span => span.ConnectionId),
        Column<CountedSpan>.Text("stream", span => span.Stream),
        Column<CountedSpan>.Instant("since", span => span.Since),
        Column<CountedSpan>.Instant("until", span => span.Until),
        Column<CountedSpan>.Flag("is_whole", span => span.IsWhole));

    private static readonly string Upsert = Columns.Upsert("connection_id, stream");
    private static readonly string UpsertSpan = Spans.Upsert("connection_id, stream, since");

    public async Task<IReadOnlyList<CursorRow>> ListAsync(long connectionId) =>
        await session.QueryAsync($"SELECT {Columns.Names} FROM cursor WHERE connection_id = $1 ORDER BY stream", Read, connectionId).ConfigureAwait(false);

    public Task SaveAsync(CursorRow row) => session.ExecuteAsync(Upsert, Columns.Values([row]));

    public async Task<IReadOnlyDictionary<string, Instant>> StampsAsync(long connectionId, string stream, IReadOnlyCollection<string> rowIds)
    {
        string[] ids = [.. rowIds];
        var stamps = new Dictionary<string, Instant>(ids.Length);
        await session.ReadAsync(
            """
            SELECT given.number, s.stamp
            FROM unnest($3::text[]) WITH ORDINALITY AS given (row_id, number) JOIN stamp s ON s.connection_id = $1 AND s.stream = $2 AND s.row_id = given.row_id
            """,
            row => stamps[ids[row.GetInt64(0) - 1]] = row.Instant(1),
            connectionId, stream, ids).ConfigureAwait(false);
        return stamps;
    }

    public Task RememberStampsAsync(long connectionId, string stream, IReadOnlyCollection<KeyValuePair<string, Instant>> stamps) => session.ExecuteAsync(
        """
        INSERT INTO stamp (connection_id, stream, row_id, stamp)
        SELECT $1, $2, given.row_id, max(given.stamp) FROM unnest($3::text[], $4::bigint[]) AS given (row_id, stamp) GROUP BY given.row_id ORDER BY given.row_id
        ON CONFLICT (connection_id, stream, row_id) DO UPDATE SET stamp = excluded.stamp WHERE excluded.stamp > stamp.stamp
        """,
        connectionId, stream, stamps.Select(stamp => stamp.Key).ToArray(), stamps.Select(stamp => stamp.Value.UnixMilliseconds).ToArray());

    public Task ForgetStampsAsync(long connectionId, string stream, Instant before) =>
        session.ExecuteAsync("DELETE FROM stamp WHERE connection_id = $1 AND stream = $2 AND stamp < $3", connectionId, stream, before);

    public Task TouchAsync(long connectionId, IReadOnlyCollection<(string Stream, string RowId)> rows)
    {
        var distinct = rows.Distinct().ToList();
        return session.ExecuteAsync(
            """
            INSERT INTO touched (connection_id, stream, row_id) SELECT $1, stream, row_id FROM unnest($2::text[], $3::text[]) AS given (stream, row_id)
            ON CONFLICT (connection_id, stream, row_id) DO UPDATE SET number = DEFAULT
            """,
            connectionId, distinct.Select(row => row.Stream).ToArray(), distinct.Select(row => row.RowId).ToArray());
    }

    public async Task<IReadOnlyList<TouchedRow>> TouchedAsync(long connectionId, int limit) => await session.QueryAsync(
        "SELECT number, stream, row_id FROM touched WHERE connection_id = $1 ORDER BY number LIMIT $2", row => new TouchedRow(row.GetInt64(0), row.Text(1), row.Text(2)), connectionId, limit)
        .ConfigureAwait(false);

    public Task ForgetTouchedAsync(long connectionId, IReadOnlyCollection<long> numbers) =>
        session.ExecuteAsync("DELETE FROM touched WHERE connection_id = $1 AND number = ANY ($2)", connectionId, numbers.ToArray());

    public async Task<IReadOnlyList<CountedSpan>> CountedSpansAsync(long connectionId) => await session.QueryAsync(
        $"SELECT {Spans.Names} FROM counted_span WHERE connection_id = $1 ORDER BY stream, since",
        row => new CountedSpan(row.GetInt64(0), row.Text(1), row.Instant(2), row.InstantOrNull(3), row.GetBoolean(4)),
        connectionId).ConfigureAwait(false);

    public Task SaveCountedSpanAsync(CountedSpan span) => session.ExecuteAsync(UpsertSpan, Spans.Values([span]));

    public Task AddLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant dueAt) => session.ExecuteAsync(
        "INSERT INTO late_read (connection_id, record_id, due_at) SELECT $1, given.id, $3 FROM unnest($2::text[]) AS given (id) ON CONFLICT DO NOTHING",
        connectionId, recordIds.ToArray(), dueAt);

    public async Task<IReadOnlyList<string>> LateReadsAsync(long connectionId, Instant at, int limit) => await session.QueryAsync(
        "SELECT DISTINCT record_id FROM late_read WHERE connection_id = $1 AND due_at <= $2 ORDER BY record_id LIMIT $3", row => row.Text(0), connectionId, at, limit).ConfigureAwait(false);

    public Task RemoveLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant at) => session.ExecuteAsync(
        "DELETE FROM late_read WHERE connection_id = $1 AND record_id = ANY($2::text[]) AND due_at <= $3", connectionId, recordIds.ToArray(), at);

    private static CursorRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.Text(1))
    {
        Fast = row.InstantOrNull(2),
        Slow = row.InstantOrNull(3),
        IsFirstReadDone = row.GetBoolean(4),
        Position = row.TextOrNull(5),
        WindowFrom = row.InstantOrNull(6),
        WindowTo = row.InstantOrNull(7),
        ReadAt = row.InstantOrNull(8),
        Refusal = row.TextOrNull(9),
        RefusedAt = row.InstantOrNull(10),
    };
}
