using CrmLeadQualifier.Storage.Rows;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresAccountRows(PostgresSession session) : IAccountRows
{
    private static readonly Columns<AccountRow> Accounts = new(
        "account",
        Column<AccountRow>.Text("name", row => row.Name),
        Column<AccountRow>.Text("role", row => row.Role),
        Column<AccountRow>.Text("password_hash", row => row.PasswordHash),
        Column<AccountRow>.Text("stamp", row => row.Stamp),
        Column<AccountRow>.Flag("is_disabled", row => row.IsDisabled),
        Column<AccountRow>.Instant("created_at", row => row.CreatedAt),
        Column<AccountRow>.Integer("failed_sign_ins", row => row.FailedSignIns),
        Column<AccountRow>.Instant("sign_in_failed_at", row => row.SignInFailedAt));

    private static readonly string Select = $"SELECT {Accounts.Names} FROM account";
    private static readonly string Upsert = Accounts.Upsert("name");

    public async Task<IReadOnlyList<AccountRow>> ListAsync() => await session.QueryAsync($"{Select} ORDER BY name", Read).ConfigureAwait(false);

    public Task<AccountRow?> FindAsync(string name) => session.FirstAsync($"{Select} WHERE name = $1", Read, name);

    public Task SaveAsync(AccountRow row) => session.ExecuteAsync(Upsert, Accounts.Values([row]));

    private static AccountRow Read(NpgsqlDataReader row) => new(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.GetBoolean(4), row.Instant(5))
    {
        FailedSignIns = row.GetInt32(6),
        SignInFailedAt = row.InstantOrNull(7),
    };
}
