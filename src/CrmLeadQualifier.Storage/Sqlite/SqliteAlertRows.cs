using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteAlertRows(SqliteSession session) : IAlertRows
{
    private const string Columns = "subject, cause, sentence, raised_at";

    public Task<IReadOnlyList<AlertRow>> ListAsync() => Task.FromResult<IReadOnlyList<AlertRow>>(session.Query(
        $"SELECT {Columns} FROM alert ORDER BY subject, cause", row => new AlertRow(row.GetString(0), row.GetString(1), row.GetString(2), row.Instant(3))));

    public Task SaveAsync(AlertRow row)
    {
        session.Execute($"INSERT OR REPLACE INTO alert ({Columns}) VALUES (?1, ?2, ?3, ?4)", row.Subject, row.Cause, row.Sentence, row.RaisedAt);
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string subject, string cause)
    {
        session.Execute("DELETE FROM alert WHERE subject = ?1 AND cause = ?2", subject, cause);
        return Task.CompletedTask;
    }
}
