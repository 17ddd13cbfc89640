using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresJobRows(PostgresSession session) : IJobRows
{
    private static readonly Columns<JobRow> Jobs = new(
        "job",
        Column<JobRow>.Text("name", row => row.Name),
        Column<JobRow>.Number("turn", row => row.Turn),
        Column<JobRow>.Text("state", row => Words.Of(row.State)),
        Column<JobRow>.Text("owner", row => row.Owner),
        Column<JobRow>.Integer("attempts", row => row.Attempts),
        Column<JobRow>.Integer("failures", row => row.Failures),
        Column<JobRow>.Instant("started_at", row => row.StartedAt),
        Column<JobRow>.Instant("heartbeat_at", row => row.HeartbeatAt),
        Column<JobRow>.Instant("ended_at", row => row.EndedAt),
        Column<JobRow>.Instant("succeeded_at", row => row.SucceededAt),
        Column<JobRow>.Instant("not_before", row => row.NotBefore),
        Column<JobRow>.Text("message", row => row.Message),
        Column<JobRow>.Text("stage", row => row.Progress?.Stage),
        Column<JobRow>.Instant("stage_since", row => row.Progress?.Since),
        Column<JobRow>.Number("done", row => row.Progress?.Done),
        Column<JobRow>.Number("total", row => row.Progress?.Total),
        Column<JobRow>.Flag("brings_history", row => row.BringsHistory),
        Column<JobRow>.Flag("is_refused", row => row.IsRefused));

    private static readonly string Select = $"SELECT {Jobs.Names} FROM job";
    private static readonly string Upsert = Jobs.Upsert("name");

    public async Task<IReadOnlyList<JobRow>> ListAsync() => await session.QueryAsync($"{Select} ORDER BY name", Read).ConfigureAwait(false);

    /// <summary>Writers go one after the other: a job that has no row yet is locked by that.</summary>
    public async Task<JobRow> LockAsync(string name) => await session.FirstAsync($"{Select} WHERE name = $1{session.Lock}", Read, name).ConfigureAwait(false) ?? new JobRow(name);

    public Task SaveAsync(JobRow row) => session.ExecuteAsync(Upsert, Jobs.Values([row]));

    public Task DeleteAsync(string name) => session.ExecuteAsync("DELETE FROM job WHERE name = $1", name);

    private static JobRow Read(NpgsqlDataReader row) => new(row.Text(0))
    {
        Turn = row.GetInt64(1),
        State = Words.Read<JobState>(row.GetString(2)),
        Owner = row.Text(3),
        Attempts = row.GetInt32(4),
        Failures = row.GetInt32(5),
        StartedAt = row.Instant(6),
        HeartbeatAt = row.Instant(7),
        EndedAt = row.InstantOrNull(8),
        SucceededAt = row.InstantOrNull(9),
        NotBefore = row.InstantOrNull(10),
        Message = row.TextOrNull(11),
        Progress = row.TextOrNull(12) is { } stage ? new JobProgress(stage, row.Instant(13), row.GetInt64(14), row.IsDBNull(15) ? null : row.GetInt64(15)) : null,
        BringsHistory = row.GetBoolean(16),
        IsRefused = row.GetBoolean(17),
    };
}
