using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresConnectionRows(PostgresSession session) : IConnectionRows
{
    private const string Columns = "name, crm, account_id, mode, resume_mode, state, settings, secrets, created_at, pushed_fingerprint, provisioned_fingerprint";
    private const string Values = "$1, $2, $3, $4, $5::text, $6::text, $7, $8, $9, $10::text, $11::text";
    private const string Select = $"SELECT {Columns}, id, epoch FROM connection";

    public async Task<IReadOnlyList<ConnectionRow>> ListAsync() => await session.QueryAsync($"{Select} WHERE disconnected_at IS NULL ORDER BY id", Read).ConfigureAwait(false);

    public Task<ConnectionRow?> FindAsync(string name) => session.FirstAsync($"{Select} WHERE name = $1 AND disconnected_at IS NULL", Read, name);

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

    public async Task DisconnectAsync(long id, Instant at)
    {
        await session.ExecuteAsync(
            "UPDATE connection SET name = name || ' until ' || $2, secrets = '', mode = 'paused', resume_mode = NULL, state = NULL, disconnected_at = $3, epoch = epoch + 1 WHERE id = $1",
            id, at.ToString(), at).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE lead SET is_due = true WHERE id IN (SELECT lead_id FROM record WHERE connection_id = $1 AND NOT is_gone)", id).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE record SET is_gone = true, push_due = false, history_due = false WHERE connection_id = $1", id).ConfigureAwait(false);
        await ForgetAsync(id).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM quarantine WHERE connection_id = $1", id).ConfigureAwait(false);
    }

    public Task<ConnectionRow?> FindDisconnectedAsync(string crm, string accountId) => session.FirstAsync(
        $"{Select} WHERE crm = $1 AND account_id = $2 AND disconnected_at IS NOT NULL ORDER BY disconnected_at DESC LIMIT 1", Read, crm, accountId);

    public async Task ReconnectAsync(ConnectionRow row)
    {
        await SaveAsync(row).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE connection SET disconnected_at = NULL WHERE id = $1", row.Id).ConfigureAwait(false);
        await ForgetAsync(row.Id).ConfigureAwait(false);
    }

    public async Task<bool> TryLockTokenAsync(long id, string owner, Instant now, Instant expiresAt) => await session.ExecuteAsync(
        """
        INSERT INTO token_lock (connection_id, owner, expires_at) VALUES ($1, $2, $4)
        ON CONFLICT (connection_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE token_lock.owner = excluded.owner OR token_lock.expires_at <= $3
        """,
        id, owner, now, expiresAt).ConfigureAwait(false) > 0;

    public Task UnlockTokenAsync(long id, string owner) => session.ExecuteAsync("DELETE FROM token_lock WHERE connection_id = $1 AND owner = $2", id, owner);

    private async Task ForgetAsync(long id)
    {
        await session.ExecuteAsync("DELETE FROM cursor WHERE connection_id = $1", id).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM stamp WHERE connection_id = $1", id).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM touched WHERE connection_id = $1", id).ConfigureAwait(false);
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
