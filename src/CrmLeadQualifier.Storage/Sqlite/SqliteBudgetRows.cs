using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteBudgetRows(SqliteSession session, long connectionId) : IBudgetRows
{
    public Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from)
    {
        session.Execute("DELETE FROM budget WHERE connection_id = ?1 AND policy = ?2 AND since < ?3", connectionId, policy, from);
        return Task.FromResult(session.First(
            "SELECT coalesce(sum(used), 0), min(since) FROM budget WHERE connection_id = ?1 AND policy = ?2", row => (row.GetInt64(0), row.InstantOrNull(1)), connectionId, policy));
    }

    public Task AddAsync(string policy, Instant window, long calls)
    {
        session.Execute(
            """
            INSERT INTO budget (connection_id, policy, since, used) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (connection_id, policy, since) DO UPDATE SET used = used + excluded.used
            """,
            connectionId, policy, window, calls);
        return Task.CompletedTask;
    }
}
