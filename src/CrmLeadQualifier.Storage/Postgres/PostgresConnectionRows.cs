using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresConnectionRows(PostgresSession session) : IConnectionRows
{
    private const string Columns = "name, crm, account_id, mode, resume_mode, state, settings, secrets, created_at, pushed_fingerprint, provisioned_fingerprint";
    private const string Values = "$1, $2, $3, $4, $5::text, $6::text, $7, $8, $9, $10::text, $11::text";
    private const string Select = $"SELECT {Columns}, id, epoch FROM connection";

    public async Task<IReadOnlyList<ConnectionRow>> ListAsync() => await session.QueryAsync($"{Select} ORDER BY id", Read).ConfigureAwait(false);

    public Task<ConnectionRow?> FindAsync(string name) => session.FirstAsync($"{Select} WHERE name = $1", Read, name);

    public async Task<long> SaveAsync(ConnectionRow row)
    {
        object?[] values =
        [
            row.Name, row.Crm, row.AccountId, Words.Of(row.Mode), row.ResumeMode is { } resume ? Words.Of(resume) : null, row.State, row.Settings, row.Secrets, row.CreatedAt,
            row.PushedFingerprint, row.ProvisionedFingerprint,
        ];
        var id = row.Id == 0
            ? await session.NumberAsync($"INSERT INTO connection ({Columns}) VALUES ({Values}) RETURNING id", values).ConfigureAwait(false)
            : await session.NumberAsync($"UPDATE connection SET ({Columns}) = ROW ({Values}) WHERE id = $12 RETURNING id", [.. values, row.Id]).ConfigureAwait(false);
        return id ?? throw new InvalidOperationException($"The ledger has no connection {row.Name} to update.");
    }

    private static ConnectionRow Read(NpgsqlDataReader row) => new(row.GetInt64(11), row.Text(0), row.Text(1), row.Text(2))
    {
        Mode = Words.Read<ConnectionMode>(row.GetString(3)),
        ResumeMode = row.TextOrNull(4) is { } resume ? Words.Read<ConnectionMode>(resume) : null,
        State = row.TextOrNull(5),
        Settings = row.Text(6),
        Secrets = row.GetFieldValue<byte[]>(7),
        CreatedAt = row.Instant(8),
        PushedFingerprint = row.TextOrNull(9),
        ProvisionedFingerprint = row.TextOrNull(10),
        Epoch = row.GetInt64(12),
    };
}
