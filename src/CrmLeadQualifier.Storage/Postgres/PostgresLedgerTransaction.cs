using System.Globalization;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresLedgerTransaction(PostgresLedger ledger, PostgresSession session, Lease? lease) : ILedgerTransaction
{
    private bool isOver;

    public IConnectionRows Connections { get; } = new PostgresConnectionRows(session);

    public IDefinitionRows Definitions { get; } = new PostgresDefinitionRows(session);

    public ICursorRows Cursors { get; } = new PostgresCursorRows(session);

    public IRecordRows Records { get; } = new PostgresRecordRows(session);

    public IActivityRows Activities { get; } = new PostgresActivityRows(session, ledger.Texts);

    public IFeedbackRows Feedback { get; } = new PostgresFeedbackRows(session);

    public ILeadRows Leads { get; } = new PostgresLeadRows(session);

    public IHandOverRows HandOvers { get; } = new PostgresHandOverRows(session);

    public IWriteRows Writes { get; } = new PostgresWriteRows(session);

    public IRunRows Runs { get; } = new PostgresRunRows(session);

    public IAccountRows Accounts { get; } = new PostgresAccountRows(session);

    public IAuthorizationRows Authorizations { get; } = new PostgresAuthorizationRows(session);

    public IShadowRows Shadows { get; } = new PostgresShadowRows(session);

    public IErasureRows Erasures { get; } = new PostgresErasureRows(session);

    public IJobRows Jobs { get; } = new PostgresJobRows(session);

    public IAlertRows Alerts { get; } = new PostgresAlertRows(session);

    public async Task CommitAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isOver, this);
        cancellation.ThrowIfCancellationRequested();
        // The connection's row stays as it is until the commit is done: taking the lease waits for it.
        if (lease is not null
            && (ledger.IsLost(lease)
                || await session.NumberAsync("SELECT epoch FROM connection WHERE id = $1 FOR SHARE", lease.ConnectionId).ConfigureAwait(false) != lease.Epoch))
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new LeaseLostException(string.Create(
                CultureInfo.InvariantCulture, $"Another process took connection {lease.ConnectionId} from {lease.Owner}; what was not yet committed is dropped and will be done by the other."));
        }

        await session.CommitAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
        await ledger.ActivitiesSavedAsync(session.SavedActivities).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!isOver)
        {
            isOver = true;
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }
}
