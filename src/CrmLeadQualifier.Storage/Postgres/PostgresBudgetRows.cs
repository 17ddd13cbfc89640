using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresBudgetRows(PostgresSession session, long connectionId) : IBudgetRows
{
    public async Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from)
    {
        await session.ExecuteAsync("DELETE FROM budget WHERE connection_id = $1 AND policy = $2 AND since < $3", connectionId, policy, from).ConfigureAwait(false);
        return await session.FirstAsync(
            "SELECT coalesce(sum(used), 0)::bigint, min(since) FROM budget WHERE connection_id = $1 AND policy = $2",
            row => (row.GetInt64(0), row.InstantOrNull(1)), connectionId, policy).ConfigureAwait(false);
    }

    public Task AddAsync(string policy, Instant window, long calls) => session.ExecuteAsync(
        """
        INSERT INTO budget (connection_id, policy, since, used) VALUES ($1, $2, $3, $4)
        ON CONFLICT (connection_id, policy, since) DO UPDATE SET used = budget.used + excluded.used
        """,
        connectionId, policy, window, calls);
}
