using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresRunRows(PostgresSession session) : IRunRows
{
    public async Task<string> StartAsync(Instant at)
    {
        // Runs are never deleted, so those at one instant are numbered without gaps.
        var number = await session.NumberAsync("SELECT count(*) FROM run WHERE at = $1", at).ConfigureAwait(false) + 1;
        var id = string.Create(CultureInfo.InvariantCulture, $"{at}-{number}");
        await session.ExecuteAsync("INSERT INTO run (id, at, state) VALUES ($1, $2, 'running')", id, at).ConfigureAwait(false);
        return id;
    }

    public Task EndAsync(string id, string state, string? counts, string? message) =>
        session.ExecuteAsync("UPDATE run SET state = $2, counts = $3::text, message = $4::text WHERE id = $1", id, state, counts, message);

    /// <summary>Newest by when they were started, not by T: a run may be asked for any instant.</summary>
    public async Task<IReadOnlyList<RunRow>> ListAsync(int limit) => await session.QueryAsync(
        "SELECT id, at, state, counts, message FROM run ORDER BY number DESC LIMIT $1",
        row => new RunRow(row.Text(0), row.Instant(1), row.Text(2), row.TextOrNull(3), row.TextOrNull(4)),
        limit).ConfigureAwait(false);
}
