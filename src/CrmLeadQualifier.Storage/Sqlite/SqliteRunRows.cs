using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteRunRows(SqliteSession session) : IRunRows
{
    public Task<string> StartAsync(Instant at)
    {
        // Runs are never deleted, so those at one instant are numbered without gaps.
        var number = session.Number("SELECT count(*) FROM run WHERE at = ?1", at) + 1;
        var id = string.Create(CultureInfo.InvariantCulture, $"{at}-{number}");
        session.Execute("INSERT INTO run (id, at, state) VALUES (?1, ?2, 'running')", id, at);
        return Task.FromResult(id);
    }

    public Task EndAsync(string id, string state, string? counts, string? message)
    {
        session.Execute("UPDATE run SET state = ?2, counts = ?3, message = ?4 WHERE id = ?1", id, state, counts, message);
        return Task.CompletedTask;
    }

    /// <summary>Newest by when they were started, not by T: a run may be asked for any instant.</summary>
    public Task<IReadOnlyList<RunRow>> ListAsync(int limit) => Task.FromResult<IReadOnlyList<RunRow>>(session.Query(
        "SELECT id, at, state, counts, message FROM run ORDER BY number DESC LIMIT ?1",
        row => new RunRow(row.GetString(0), row.Instant(1), row.GetString(2), row.Text(3), row.Text(4)),
        limit));
}
