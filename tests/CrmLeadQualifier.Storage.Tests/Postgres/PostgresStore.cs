using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Tests.Compliance;
using Npgsql;

namespace CrmLeadQualifier.Storage.Tests.Postgres;

/// <summary>A database of its own on the server that the environment names; a test is skipped where there is none.</summary>
public sealed class PostgresStore : LedgerStore
{
    private const string Variable = "CLQ_TEST_POSTGRES";

    private readonly string server;
    private readonly string database = $"clq_test_{Guid.NewGuid():n}";

    public PostgresStore()
    {
        server = Environment.GetEnvironmentVariable(Variable) ?? "";
        Skip.If(server.Length == 0, $"There is no PostgreSQL server: {Variable} is not set. `tests/postgres.sh dotnet test` provides one.");
        Run(server, $"CREATE DATABASE {database}");
        Address = new NpgsqlConnectionStringBuilder(server) { Database = database, MaxPoolSize = 20 }.ConnectionString;
    }

    public override string Address { get; }

    public override ILedger Connect(TimeProvider clock) => new PostgresLedger(Address, clock);

    public override Task PretendScriptsAsync(string? add, bool removeNewest)
    {
        if (removeNewest)
        {
            Execute("DELETE FROM ledger.schema_version WHERE scriptname = (SELECT max(scriptname) FROM ledger.schema_version)");
        }

        if (add is not null)
        {
            Execute($"INSERT INTO ledger.schema_version (scriptname, applied) VALUES ('{add}', '2027-01-01')");
        }

        return Task.CompletedTask;
    }

    public object? Execute(string sql) => Run(Address, sql);

    public override ValueTask DisposeAsync()
    {
        Run(server, $"DROP DATABASE {database} WITH (FORCE)");
        return ValueTask.CompletedTask;
    }

    private static object? Run(string address, string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(address) { Pooling = false }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
