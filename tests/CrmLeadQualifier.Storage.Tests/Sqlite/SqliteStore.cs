using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Storage.Tests.Compliance;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Tests.Sqlite;

/// <summary>A ledger file in a folder of its own.</summary>
public sealed class SqliteStore : LedgerStore
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ledger-");

    public string File => Path.Combine(folder.FullName, "data", "ledger.db");

    public override string Address => File;

    public override ILedger Connect(TimeProvider clock) => new SqliteLedger(File, clock);

    public override async Task PretendScriptsAsync(string? add, bool removeNewest)
    {
        if (removeNewest)
        {
            await ExecuteAsync("DELETE FROM schema_version WHERE ScriptName = (SELECT max(ScriptName) FROM schema_version)");
        }

        if (add is not null)
        {
            await ExecuteAsync($"INSERT INTO schema_version (ScriptName, Applied) VALUES ('{add}', '2027-01-01')");
        }
    }

    public async Task ExecuteAsync(string sql)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public override ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
