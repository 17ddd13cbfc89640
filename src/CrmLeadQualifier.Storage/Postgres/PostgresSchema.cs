using DbUp;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>The numbered scripts of Migrations and which of them a database has seen. The ledger lives in a schema of its own, so that it can share a database.</summary>
internal sealed class PostgresSchema(NpgsqlDataSource source, string connectionString, string ledger)
{
    public const string Name = "ledger";

    private static readonly SchemaScripts Scripts = new("Postgres");

    /// <summary>Creates the schema if there is none; answers without a lock where it is there already.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        if (await IsReadyAsync(connection, cancellation).ConfigureAwait(false))
        {
            return;
        }

        await using var turn = await TakeTurnAsync(connection, cancellation).ConfigureAwait(false);
        // Whoever had the lock before may have created it meanwhile.
        if (!await IsReadyAsync(connection, cancellation).ConfigureAwait(false))
        {
            await UpgradeAsync(connection, cancellation).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var turn = await TakeTurnAsync(connection, cancellation).ConfigureAwait(false);
        return await UpgradeAsync(connection, cancellation).ConfigureAwait(false);
    }

    private async Task<bool> IsReadyAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await SeenScriptsAsync(connection, cancellation).ConfigureAwait(false) is not { } seen)
        {
            return false;
        }

        Scripts.RefuseOther(seen, ledger);
        return true;
    }

    private async Task<IReadOnlyList<string>> UpgradeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await SeenScriptsAsync(connection, cancellation).ConfigureAwait(false) is { } seen)
        {
            Scripts.RefuseNewer(seen, ledger);
        }

        await using (var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {Name}", connection))
        {
            await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        // On a connection of its own, beside the one that has the lock; all in one transaction.
        var result = DeployChanges.To
            .PostgresqlDatabase(connectionString, Name)
            .WithScripts(Scripts.All)
            .WithTransaction()
            .WithVariablesDisabled()
            .JournalToPostgresqlTable(Name, SchemaScripts.Journal)
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        return SchemaScripts.Answer(result, ledger);
    }

    /// <summary>Null where the schema is empty.</summary>
    private async Task<List<string>?> SeenScriptsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var tables = await ListAsync(connection, $"SELECT tablename::text FROM pg_tables WHERE schemaname = '{Name}'", cancellation).ConfigureAwait(false);
        if (tables.Count == 0)
        {
            return null;
        }

        return tables.Contains(SchemaScripts.Journal)
            ? await ListAsync(connection, $"SELECT scriptname::text FROM {Name}.{SchemaScripts.Journal}", cancellation).ConfigureAwait(false)
            : throw SchemaScripts.SomethingElse($"The schema {Name} of {ledger}");
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        var rows = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    private static async Task<Turn> TakeTurnAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1, $2)", connection)
        {
            Parameters = { new() { Value = AdvisoryLocks.Ledger }, new() { Value = AdvisoryLocks.Schema } },
        };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        return new Turn(connection);
    }

    private readonly struct Turn(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
