using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteConnectionRows(SqliteSession session) : IConnectionRows
{
    private const string Columns = "name, crm, account_id, mode, resume_mode, state, settings, secrets, created_at, pushed_fingerprint, provisioned_fingerprint";
    private const string Select = $"SELECT {Columns}, id, epoch FROM connection";

    private static readonly string Insert = Sql.Insert("connection", Columns) + " RETURNING id";
    private static readonly string Update = Sql.Update("connection", Columns) + " RETURNING id";

    public Task<IReadOnlyList<ConnectionRow>> ListAsync() => Task.FromResult<IReadOnlyList<ConnectionRow>>(session.Query($"{Select} ORDER BY id", Read));

    public Task<ConnectionRow?> FindAsync(string name) => Task.FromResult(session.First($"{Select} WHERE name = ?1", Read, name));

    public Task<long> SaveAsync(ConnectionRow row)
    {
        object?[] values =
        [
            row.Name, row.Crm, row.AccountId, Words.Of(row.Mode), row.ResumeMode is { } resume ? Words.Of(resume) : null, row.State, row.Settings, row.Secrets, row.CreatedAt,
            row.PushedFingerprint, row.ProvisionedFingerprint,
        ];
        var id = row.Id == 0 ? session.Number(Insert, values) : session.Number(Update, [.. values, row.Id]);
        return Task.FromResult(id ?? throw new InvalidOperationException($"The ledger has no connection {row.Name} to update."));
    }

    private static ConnectionRow Read(SqliteDataReader row) => new(row.GetInt64(11), row.GetString(0), row.GetString(1), row.GetString(2))
    {
        Mode = Words.Read<ConnectionMode>(row.GetString(3)),
        ResumeMode = row.Text(4) is { } resume ? Words.Read<ConnectionMode>(resume) : null,
        State = row.Text(5),
        Settings = row.GetString(6),
        Secrets = row.GetFieldValue<byte[]>(7),
        CreatedAt = row.Instant(8),
        PushedFingerprint = row.Text(9),
        ProvisionedFingerprint = row.Text(10),
        Epoch = row.GetInt64(12),
    };
}
