using CrmLeadQualifier.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteAccountRows(SqliteSession session) : IAccountRows
{
    private const string Columns = "name, role, password_hash, stamp, is_disabled, created_at, failed_sign_ins, sign_in_failed_at";

    public Task<IReadOnlyList<AccountRow>> ListAsync() => Task.FromResult<IReadOnlyList<AccountRow>>(session.Query($"SELECT {Columns} FROM account ORDER BY name", Read));

    public Task<AccountRow?> FindAsync(string name) => Task.FromResult(session.First($"SELECT {Columns} FROM account WHERE name = ?1", Read, name));

    public Task SaveAsync(AccountRow row)
    {
        session.Execute(
            $"INSERT OR REPLACE INTO account ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            row.Name, row.Role, row.PasswordHash, row.Stamp, row.IsDisabled, row.CreatedAt, row.FailedSignIns, row.SignInFailedAt);
        return Task.CompletedTask;
    }

    private static AccountRow Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Flag(4), row.Instant(5)) { FailedSignIns = row.GetInt32(6), SignInFailedAt = row.InstantOrNull(7) };
}
