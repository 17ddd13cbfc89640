using Hangfire.PostgreSql;
using Npgsql;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>Hangfire's tables on PostgreSQL: made once, under a lock. A server that finds them needs no right to make any.</summary>
internal static class JobSchema
{
    /// <summary>"hangfire" in ASCII: no other program's advisory lock by accident.</summary>
    private const long Lock = 0x68616E6766697265;

    /// <param name="upgrades">Also where the tables are there: brings them to this version.</param>
    public static async Task PrepareAsync(string connectionString, bool upgrades, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        if (!upgrades && await IsThereAsync(connection, cancellation))
        {
            return;
        }

        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({Lock})", cancellation);
        try
        {
            PostgreSqlObjectsInstaller.Install(connection, JobEngine.Schema);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({Lock})", CancellationToken.None);
        }
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT to_regclass('{JobEngine.Schema}.schema') IS NOT NULL", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
