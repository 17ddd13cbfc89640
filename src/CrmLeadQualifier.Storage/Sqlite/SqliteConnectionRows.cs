using CrmLeadQualifier.Core.Time;
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

    public Task<IReadOnlyList<ConnectionRow>> ListAsync() => Task.FromResult<IReadOnlyList<ConnectionRow>>(session.Query($"{Select} WHERE disconnected_at IS NULL ORDER BY id", Read));

    public Task<ConnectionRow?> FindAsync(string name) => Task.FromResult(session.First($"{Select} WHERE name = ?1 AND disconnected_at IS NULL", Read, name));

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

    public Task DisconnectAsync(long id, Instant at)
    {
        session.Execute("UPDATE connection SET name = name || ' until ' || ?2, secrets = x'', mode = 'paused', resume_mode = NULL, state = NULL, disconnected_at = ?3, epoch = epoch + 1 WHERE id = ?1", id, at.ToString(), at);
        session.Execute("UPDATE lead SET is_due = 1 WHERE id IN (SELECT lead_id FROM record WHERE connection_id = ?1 AND is_gone = 0)", id);
        session.Execute("UPDATE record SET is_gone = 1, push_due = 0, history_due = 0 WHERE connection_id = ?1", id);
        Forget(id);
        session.Execute("DELETE FROM quarantine WHERE connection_id = ?1", id);
        return Task.CompletedTask;
    }

    public Task<ConnectionRow?> FindDisconnectedAsync(string crm, string accountId) => Task.FromResult(session.First(
        $"{Select} WHERE crm = ?1 AND account_id = ?2 AND disconnected_at IS NOT NULL ORDER BY disconnected_at DESC LIMIT 1", Read, crm, accountId));

    public async Task ReconnectAsync(ConnectionRow row)
    {
        await SaveAsync(row).ConfigureAwait(false);
        session.Execute("UPDATE connection SET disconnected_at = NULL WHERE id = ?1", row.Id);
        Forget(row.Id);
    }

    public Task<bool> TryLockTokenAsync(long id, string owner, Instant now, Instant expiresAt) => Task.FromResult(session.Execute(
        """
        INSERT INTO token_lock (connection_id, owner, expires_at) VALUES (?1, ?2, ?4)
        ON CONFLICT (connection_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at WHERE token_lock.owner = excluded.owner OR token_lock.expires_at <= ?3
        """,
        id, owner, now, expiresAt) > 0);

    public Task UnlockTokenAsync(long id, string owner)
    {
        session.Execute("DELETE FROM token_lock WHERE connection_id = ?1 AND owner = ?2", id, owner);
        return Task.CompletedTask;
    }

    private void Forget(long id)
    {
        session.Execute("DELETE FROM cursor WHERE connection_id = ?1", id);
        session.Execute("DELETE FROM stamp WHERE connection_id = ?1", id);
        session.Execute("DELETE FROM touched WHERE connection_id = ?1", id);
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
