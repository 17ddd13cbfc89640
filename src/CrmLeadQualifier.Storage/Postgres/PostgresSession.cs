using System.Globalization;
using CrmLeadQualifier.Core.Time;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal enum SessionKind
{
    /// <summary>Sees one state and writes nothing.</summary>
    Reading,

    /// <summary>Waits for its turn before its first statement.</summary>
    Writing,

    /// <summary>Neither waits nor is waited for: leases.</summary>
    Apart,
}

/// <summary>
/// One transaction on one connection. Statements have the parameters $1, $2, … and are prepared by the driver when they come again.
/// </summary>
/// <remarks>
/// Writers go one after the other, as on SQLite: a row that one has read is not another's to change meanwhile, and two that touch the same rows in another order cannot block each
/// other for ever. Only those that begin by taking due leads (<see cref="TakeLeadsAsync"/>) go beside them and beside each other, as they take nothing that is taken.
/// </remarks>
internal sealed class PostgresSession(
    NpgsqlConnection connection, NpgsqlTransaction transaction, SessionKind kind, Func<string, CancellationToken, Task<PostgresSession>> beginBeside, CancellationToken cancellation) : IAsyncDisposable
{
    private bool hasTurn = kind != SessionKind.Writing;

    /// <summary>Rows that a writer reads are its own until it ends: what it saves whole was not changed meanwhile.</summary>
    public string Lock { get; } = kind == SessionKind.Writing ? " FOR NO KEY UPDATE" : "";

    /// <summary>How many activities were added or changed.</summary>
    public int SavedActivities { get; set; }

    /// <summary>As a query, for a transaction that scores: it waits for no other writer.</summary>
    public Task<List<T>> TakeLeadsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        hasTurn = true;
        return QueryAsync(sql, read, values);
    }

    /// <summary>Answers how many rows were changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await TakeTurnAsync().ConfigureAwait(false);
        await using var command = Command(sql, values);
        return await GuardAsync(command.ExecuteNonQueryAsync(cancellation)).ConfigureAwait(false);
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        var rows = new List<T>();
        await ReadAsync(sql, row => rows.Add(read(row)), values).ConfigureAwait(false);
        return rows;
    }

    public async Task ReadAsync(string sql, Action<NpgsqlDataReader> read, params object?[] values)
    {
        await TakeTurnAsync().ConfigureAwait(false);
        await using var command = Command(sql, values);
        await using var reader = await GuardAsync(command.ExecuteReaderAsync(cancellation)).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            read(reader);
        }
    }

    /// <summary>The first row, or the default where there is none.</summary>
    public async Task<T?> FirstAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values) =>
        (await QueryAsync(sql, read, values).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>The first column of the first row; null where there is none.</summary>
    public Task<long?> NumberAsync(string sql, params object?[] values) => FirstAsync(sql, row => row.IsDBNull(0) ? null : (long?)row.GetInt64(0), values);

    /// <summary>Lets other transactions see the state that this one sees, for as long as it lives; answers its name.</summary>
    public async Task<string> ShareSnapshotAsync() => (await FirstAsync("SELECT pg_export_snapshot()", row => row.GetString(0)).ConfigureAwait(false))!;

    /// <summary>Begins reading on a connection of its own.</summary>
    /// <param name="snapshot">The name of the state that it sees.</param>
    public Task<PostgresSession> BeginBesideAsync(string snapshot) => beginBeside(snapshot, cancellation);

    public Task CommitAsync() => transaction.CommitAsync(CancellationToken.None);

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task TakeTurnAsync()
    {
        if (!hasTurn)
        {
            hasTurn = true;
            await ExecuteAsync("SELECT pg_advisory_xact_lock($1, $2)", AdvisoryLocks.Ledger, AdvisoryLocks.Writing).ConfigureAwait(false);
        }
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                Value = value switch
                {
                    null => DBNull.Value,
                    Instant instant => instant.UnixMilliseconds,
                    string text => PostgresText.Write(text),
                    string?[] texts => Array.ConvertAll(texts, text => text is null ? null : PostgresText.Write(text)),
                    _ => value,
                },
            });
        }

        return command;
    }

    private static async Task<T> GuardAsync<T>(Task<T> running)
    {
        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            var seconds = PostgresLedger.Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            throw new TimeoutException($"Another process has been writing to the ledger for more than {seconds} seconds. Wait until it is done, or end it, and try again.", problem);
        }
    }
}
