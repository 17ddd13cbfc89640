using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteAuthorizationRows(SqliteSession session) : IAuthorizationRows
{
    private const string Columns = "ticket, name, crm, base_url, secrets, is_replacing, expires_at";

    public Task AddAsync(AuthorizationRow row, Instant now)
    {
        session.Execute("DELETE FROM pending_authorization WHERE expires_at <= ?1", now);
        session.Execute(Sql.Insert("pending_authorization", Columns), row.Ticket, row.Name, row.Crm, row.BaseUrl, row.Secrets, row.IsReplacing, row.ExpiresAt);
        return Task.CompletedTask;
    }

    public Task<AuthorizationRow?> FindAsync(string ticket, Instant now) =>
        Task.FromResult(session.First($"SELECT {Columns} FROM pending_authorization WHERE ticket = ?1 AND expires_at > ?2", Read, ticket, now));

    public Task<bool> DeleteAsync(string ticket) => Task.FromResult(session.Execute("DELETE FROM pending_authorization WHERE ticket = ?1", ticket) > 0);

    private static AuthorizationRow Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.Text(3), row.GetFieldValue<byte[]>(4), row.Flag(5), row.Instant(6));
}
