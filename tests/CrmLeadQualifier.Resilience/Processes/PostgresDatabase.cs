using Npgsql;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>A database of its own on the server that the environment names.</summary>
public sealed class PostgresDatabase : IDisposable
{
    public const string NoServer = "CLQ_TEST_POSTGRES is not set; tests/postgres.sh COMMAND sets it";

    private static readonly string? Server = Environment.GetEnvironmentVariable("CLQ_TEST_POSTGRES");

    private readonly string _name;

    private PostgresDatabase(string name) => _name = name;

    public static bool HasServer => Server is not null;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(Server) { Database = _name }.ConnectionString;

    /// <param name="template">The database of which it is to be a copy, and to which nobody is connected.</param>
    public static PostgresDatabase Create(PostgresDatabase? template = null)
    {
        var name = $"clq_run_{Guid.NewGuid():n}";
        OnServer($"CREATE DATABASE {name}" + (template is null ? "" : $" TEMPLATE {template._name}"));
        return new PostgresDatabase(name);
    }

    /// <summary>As if nobody had ever used it.</summary>
    public void Empty()
    {
        Dispose();
        OnServer($"CREATE DATABASE {_name}");
    }

    public void Dispose() => OnServer($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private static void OnServer(string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
