using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteShadowRows(SqliteSession session) : IShadowRows
{
    private const string Columns = "version, day, at, active_version, leads, qualified, active_qualified, gained, lost, gained_leads, lost_leads";

    public Task<ShadowRow?> FindAsync() => Task.FromResult(session.First("SELECT version, since FROM shadow", row => new ShadowRow(row.GetInt32(0), row.Instant(1))));

    public Task SetAsync(ShadowRow? row)
    {
        session.Execute("DELETE FROM shadow");
        if (row is not null)
        {
            session.Execute("INSERT INTO shadow (version, since) VALUES (?1, ?2)", row.Version, row.Since);
        }

        return Task.CompletedTask;
    }

    public Task SaveDayAsync(ShadowDayRow row)
    {
        session.Execute(
            $"INSERT OR REPLACE INTO shadow_day ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            row.Version, row.Day, row.At, row.ActiveVersion, row.Leads, row.Qualified, row.ActiveQualified, row.Gained, row.Lost, IdList.Write(row.GainedLeads), IdList.Write(row.LostLeads));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ShadowDayRow>> DaysAsync(int version, int limit) => Task.FromResult<IReadOnlyList<ShadowDayRow>>(session.Query(
        $"SELECT {Columns} FROM shadow_day WHERE version = ?1 ORDER BY day DESC LIMIT ?2",
        row => new ShadowDayRow(row.GetInt32(0), row.GetString(1), row.Instant(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8))
        {
            GainedLeads = IdList.Read(row.GetString(9)),
            LostLeads = IdList.Read(row.GetString(10)),
        },
        version,
        limit));
}
