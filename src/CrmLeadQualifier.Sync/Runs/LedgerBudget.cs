using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>The calls that all processes take of one connection's account, counted in the ledger.</summary>
public sealed class LedgerBudget(ILedger ledger, long connectionId) : ICallBudget
{
    public Task<CallGrant> TakeAsync(int wanted, IReadOnlyList<CallLimit> limits, CancellationToken cancellation) =>
        ledger.UseBudgetAsync(connectionId, (rows, now) => CallCounting.TakeAsync(new Counts(rows), wanted, limits, now), cancellation);

    private sealed class Counts(IBudgetRows rows) : ICallCounts
    {
        public Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from) => rows.SinceAsync(policy, from);

        public Task AddAsync(string policy, Instant window, long calls) => rows.AddAsync(policy, window, calls);
    }
}
