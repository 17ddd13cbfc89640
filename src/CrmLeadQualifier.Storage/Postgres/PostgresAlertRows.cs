using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresAlertRows(PostgresSession session) : IAlertRows
{
    private static readonly Columns<AlertRow> Alerts = new(
        "alert",
        Column<AlertRow>.Text("subject", row => row.Subject),
        Column<AlertRow>.Text("cause", row => row.Cause),
        Column<AlertRow>.Text("sentence", row => row.Sentence),
        Column<AlertRow>.Instant("raised_at", row => row.RaisedAt));

    private static readonly string Upsert = Alerts.Upsert("subject, cause");

    public async Task<IReadOnlyList<AlertRow>> ListAsync() => await session.QueryAsync(
        $"SELECT {Alerts.Names} FROM alert ORDER BY subject, cause", row => new AlertRow(row.Text(0), row.Text(1), row.Text(2), row.Instant(3))).ConfigureAwait(false);

    public Task SaveAsync(AlertRow row) => session.ExecuteAsync(Upsert, Alerts.Values([row]));

    public Task DeleteAsync(string subject, string cause) => session.ExecuteAsync("DELETE FROM alert WHERE subject = $1 AND cause = $2", subject, cause);
}
