using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage;

/// <summary>
/// The ledger: what is known, decided and sent, on one of two engines with one behaviour. All reading and writing happens in transactions; what a transaction commits is on disk.
/// </summary>
public interface ILedger : IAsyncDisposable
{
    /// <summary>
    /// Creates an empty store's schema (under a lock: whichever process comes first), or refuses an older or newer schema.
    /// </summary>
    /// <exception cref="LedgerSchemaException">The schema is not this program's; the message says to run <c>migrate</c>.</exception>
    Task OpenAsync(CancellationToken cancellation);

    /// <summary>Creates or upgrades the schema. Answers the names of the scripts that ran; none if it was up to date.</summary>
    Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation);

    /// <summary>Reads one consistent state; writes nothing.</summary>
    Task<ILedgerTransaction> BeginReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Begins a writing transaction. With a lease, <see cref="ILedgerTransaction.CommitAsync"/> commits only while the connection's epoch is still the lease's: a worker that
    /// lost its lease can write nothing.
    /// </summary>
    Task<ILedgerTransaction> BeginAsync(Lease? lease, CancellationToken cancellation);

    /// <summary>Whether transactions that begin by taking due leads go beside each other; where not, one waits for the other.</summary>
    bool TakesLeadsSideBySide { get; }

    /// <summary>
    /// Takes the lease of a connection and raises its epoch; null while another live process holds it. A holder that died holds nothing: the lease of a process that is gone is taken
    /// at once where the engine can tell, else after <see cref="Lease.Life"/>.
    /// </summary>
    /// <param name="owner">Names the process for people: host and process id.</param>
    Task<Lease?> TakeLeaseAsync(long connectionId, string owner, CancellationToken cancellation);

    Task RenewLeaseAsync(Lease lease, CancellationToken cancellation);

    Task ReleaseLeaseAsync(Lease lease, CancellationToken cancellation);

    /// <summary>
    /// Uses the counts of a connection's API calls alone: others who want them wait until it is done, and nobody else does where the engine can help it. It is asked several times a second;
    /// a power failure may lose its last moments.
    /// </summary>
    /// <param name="use">Is given the ledger's present instant.</param>
    Task<T> UseBudgetAsync<T>(long connectionId, Func<IBudgetRows, Instant, Task<T>> use, CancellationToken cancellation);
}

/// <param name="Epoch">The connection's epoch that taking the lease made.</param>
public sealed record Lease(long ConnectionId, long Epoch, string Owner)
{
    /// <summary>How long a lease lasts without being renewed, in real time.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);
}

/// <summary>Another process took the connection in the meantime; nothing of the transaction was kept.</summary>
public sealed class LeaseLostException(string message) : Exception(message);

/// <summary>The store's schema is not this program's.</summary>
public sealed class LedgerSchemaException(string message) : Exception(message);

/// <summary>The store cannot be opened; the message says why and what to check, without secrets.</summary>
public sealed class LedgerUnreachableException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// One transaction, used by one caller at a time. Disposing without <see cref="CommitAsync"/> rolls back. Lists given to it may hold the same row once only;
/// ids and keys asked for may be many thousands. Answers come in no particular order unless said.
/// </summary>
public interface ILedgerTransaction : IAsyncDisposable
{
    IConnectionRows Connections { get; }

    IDefinitionRows Definitions { get; }

    ICursorRows Cursors { get; }

    IRecordRows Records { get; }

    IActivityRows Activities { get; }

    IFeedbackRows Feedback { get; }

    ILeadRows Leads { get; }

    IHandOverRows HandOvers { get; }

    IWriteRows Writes { get; }

    IRunRows Runs { get; }

    IJobRows Jobs { get; }

    IAccountRows Accounts { get; }

    IAlertRows Alerts { get; }

    IAuthorizationRows Authorizations { get; }

    IShadowRows Shadows { get; }

    IErasureRows Erasures { get; }

    /// <exception cref="LeaseLostException">The lease given to <see cref="ILedger.BeginAsync"/> is no longer the connection's.</exception>
    Task CommitAsync(CancellationToken cancellation);
}
