using System.Globalization;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteLedgerTransaction(SqliteLedger ledger, SqliteSession session, Lease? lease) : ILedgerTransaction
{
    private bool isOver;

    public IConnectionRows Connections { get; } = new SqliteConnectionRows(session);

    public IDefinitionRows Definitions { get; } = new SqliteDefinitionRows(session);

    public ICursorRows Cursors { get; } = new SqliteCursorRows(session);

    public IRecordRows Records { get; } = new SqliteRecordRows(session);

    public IActivityRows Activities { get; } = new SqliteActivityRows(session, ledger.Attributes);

    public IFeedbackRows Feedback { get; } = new SqliteFeedbackRows(session);

    public ILeadRows Leads { get; } = new SqliteLeadRows(session);

    public IHandOverRows HandOvers { get; } = new SqliteHandOverRows(session);

    public IWriteRows Writes { get; } = new SqliteWriteRows(session);

    public IRunRows Runs { get; } = new SqliteRunRows(session);

    public IJobRows Jobs { get; } = new SqliteJobRows(session);

    public IAccountRows Accounts { get; } = new SqliteAccountRows(session);

    public IAlertRows Alerts { get; } = new SqliteAlertRows(session);

    public IAuthorizationRows Authorizations { get; } = new SqliteAuthorizationRows(session);

    public IShadowRows Shadows { get; } = new SqliteShadowRows(session);

    public IErasureRows Erasures { get; } = new SqliteErasureRows(session);

    public Task CommitAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isOver, this);
        cancellation.ThrowIfCancellationRequested();
        if (lease is not null && session.Number("SELECT epoch FROM connection WHERE id = ?1", lease.ConnectionId) != lease.Epoch)
        {
            End();
            throw new LeaseLostException(string.Create(
                CultureInfo.InvariantCulture, $"Another process took connection {lease.ConnectionId} from {lease.Owner}; what was not yet committed is dropped and will be done by the other."));
        }

        session.Execute("COMMIT");
        End();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Rolls back what was not committed.</summary>
    private void End()
    {
        if (!isOver)
        {
            isOver = true;
            ledger.Return(session);
        }
    }
}
