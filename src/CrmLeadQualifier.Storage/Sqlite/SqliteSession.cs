using CrmLeadQualifier.Core.Time;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>One open connection to the file with the statements prepared on it; used by one transaction at a time and handed on to the next.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> statements = [];

    public SqliteSession(string connectionString)
    {
        connection = new SqliteConnection(connectionString);
        connection.Open();
    }

    public SqliteConnection Connection => connection;

    /// <summary>It is this process's writer.</summary>
    public bool HasTurn { get; set; }

    /// <summary>Runs a statement with its parameters ?1, ?2, … and answers how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        Read(sql, row => rows.Add(read(row)), values);
        return rows;
    }

    public void Read(string sql, Action<SqliteDataReader> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read())
        {
            read(reader);
        }
    }

    /// <summary>The first row, or the default where there is none.</summary>
    public T? First<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar() as long?;

    /// <summary>Rolls back what is open and allows writing again; false if the connection is no longer usable.</summary>
    public bool TryReset()
    {
        try
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute("ROLLBACK");
            }

            Execute("PRAGMA query_only = 0");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statement = connection.CreateCommand();
            statement.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                statement.Parameters.Add(new SqliteParameter(Sql.Parameter(i), DBNull.Value));
            }

            statements.Add(sql, statement);
        }

        for (var i = 0; i < values.Length; i++)
        {
            statement.Parameters[i].Value = values[i] switch
            {
                null => DBNull.Value,
                Instant instant => instant.UnixMilliseconds,
                bool flag => flag ? 1L : 0L,
                var value => value,
            };
        }

        return statement;
    }
}
