using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresShadowRows(PostgresSession session) : IShadowRows
{
    private const string Columns = "version, day, at, active_version, leads, qualified, active_qualified, gained, lost, gained_leads, lost_leads";

    public Task<ShadowRow?> FindAsync() => session.FirstAsync("SELECT version, since FROM shadow", row => new ShadowRow(row.GetInt32(0), row.Instant(1)));

    public async Task SetAsync(ShadowRow? row)
    {
        await session.ExecuteAsync("DELETE FROM shadow").ConfigureAwait(false);
        if (row is not null)
        {
            await session.ExecuteAsync("INSERT INTO shadow (version, since) VALUES ($1, $2)", row.Version, row.Since).ConfigureAwait(false);
        }
    }

    public Task SaveDayAsync(ShadowDayRow row) => session.ExecuteAsync(
        $"""
        INSERT INTO shadow_day ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (version, day) DO UPDATE SET (at, active_version, leads, qualified, active_qualified, gained, lost, gained_leads, lost_leads)
            = (excluded.at, excluded.active_version, excluded.leads, excluded.qualified, excluded.active_qualified, excluded.gained, excluded.lost, excluded.gained_leads, excluded.lost_leads)
        """,
        row.Version, row.Day, row.At, row.ActiveVersion, row.Leads, row.Qualified, row.ActiveQualified, row.Gained, row.Lost, IdList.Write(row.GainedLeads), IdList.Write(row.LostLeads));

    public async Task<IReadOnlyList<ShadowDayRow>> DaysAsync(int version, int limit) => await session.QueryAsync(
        $"SELECT {Columns} FROM shadow_day WHERE version = $1 ORDER BY day DESC LIMIT $2",
        row => new ShadowDayRow(row.GetInt32(0), row.Text(1), row.Instant(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8))
        {
            GainedLeads = IdList.Read(row.Text(9)),
            LostLeads = IdList.Read(row.Text(10)),
        },
        version,
        limit).ConfigureAwait(false);
}
