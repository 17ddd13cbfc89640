using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresAuthorizationRows(PostgresSession session) : IAuthorizationRows
{
    private const string Columns = "ticket, name, crm, base_url, secrets, is_replacing, expires_at";

    public async Task AddAsync(AuthorizationRow row, Instant now)
    {
        await session.ExecuteAsync("DELETE FROM pending_authorization WHERE expires_at <= $1", now).ConfigureAwait(false);
        await session.ExecuteAsync(
            $"INSERT INTO pending_authorization ({Columns}) VALUES ($1, $2, $3, $4::text, $5, $6, $7)",
            row.Ticket, row.Name, row.Crm, row.BaseUrl, row.Secrets, row.IsReplacing, row.ExpiresAt).ConfigureAwait(false);
    }

    public Task<AuthorizationRow?> FindAsync(string ticket, Instant now) =>
        session.FirstAsync($"SELECT {Columns} FROM pending_authorization WHERE ticket = $1 AND expires_at > $2", Read, ticket, now);

    public async Task<bool> DeleteAsync(string ticket) =>
        await session.ExecuteAsync("DELETE FROM pending_authorization WHERE ticket = $1", ticket).ConfigureAwait(false) > 0;

    private static AuthorizationRow Read(NpgsqlDataReader row) =>
        new(row.Text(0), row.Text(1), row.Text(2), row.TextOrNull(3), row.GetFieldValue<byte[]>(4), row.GetBoolean(5), row.Instant(6));
}
