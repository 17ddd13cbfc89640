using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteJobRows(SqliteSession session) : IJobRows
{
    private const string Columns =
        "name, turn, state, owner, attempts, failures, started_at, heartbeat_at, ended_at, succeeded_at, not_before, message, stage, stage_since, done, total, brings_history, is_refused";

    private static readonly string Replace = Sql.Insert("job", Columns).Replace("INSERT", "INSERT OR REPLACE", StringComparison.Ordinal);

    public Task<IReadOnlyList<JobRow>> ListAsync() => Task.FromResult<IReadOnlyList<JobRow>>(session.Query($"SELECT {Columns} FROM job ORDER BY name", Read));

    /// <summary>The writing transaction is alone in the file: there is nothing more to lock.</summary>
    public Task<JobRow> LockAsync(string name) => Task.FromResult(session.First($"SELECT {Columns} FROM job WHERE name = ?1", Read, name) ?? new JobRow(name));

    public Task SaveAsync(JobRow row)
    {
        session.Execute(
            Replace,
            row.Name, row.Turn, Words.Of(row.State), row.Owner, row.Attempts, row.Failures, row.StartedAt, row.HeartbeatAt, row.EndedAt, row.SucceededAt, row.NotBefore, row.Message,
            row.Progress?.Stage, row.Progress?.Since, row.Progress?.Done, row.Progress?.Total, row.BringsHistory, row.IsRefused);
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string name)
    {
        session.Execute("DELETE FROM job WHERE name = ?1", name);
        return Task.CompletedTask;
    }

    private static JobRow Read(SqliteDataReader row) => new(row.GetString(0))
    {
        Turn = row.GetInt64(1),
        State = Words.Read<JobState>(row.GetString(2)),
        Owner = row.GetString(3),
        Attempts = row.GetInt32(4),
        Failures = row.GetInt32(5),
        StartedAt = row.Instant(6),
        HeartbeatAt = row.Instant(7),
        EndedAt = row.InstantOrNull(8),
        SucceededAt = row.InstantOrNull(9),
        NotBefore = row.InstantOrNull(10),
        Message = row.Text(11),
        Progress = row.Text(12) is { } stage ? new JobProgress(stage, row.Instant(13), row.GetInt64(14), row.IsDBNull(15) ? null : row.GetInt64(15)) : null,
        BringsHistory = row.Flag(16),
        IsRefused = row.Flag(17),
    };
}
