using CrmLeadQualifier.Storage;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

/// <summary>An empty store of one engine for one test, gone afterwards.</summary>
public abstract class LedgerStore : IAsyncDisposable
{
    /// <summary>Another program's view of the same store.</summary>
    public abstract ILedger Connect(TimeProvider clock);

    /// <summary>What another process needs to connect (<see cref="OtherProcess"/>).</summary>
    public abstract string Address { get; }

    /// <summary>Says to the store, behind the ledger's back, something that a later program would have done to its schema.</summary>
    public abstract Task PretendScriptsAsync(string? add, bool removeNewest);

    public abstract ValueTask DisposeAsync();
}
