using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Budget;

/// <summary>The budget of a process that shares it with no other: an account that is not connected yet has no rows to share.</summary>
public sealed class ProcessBudget(TimeProvider clock) : ICallBudget, ICallCounts, IDisposable
{
    private readonly SemaphoreSlim _alone = new(1);
    private readonly Dictionary<string, SortedDictionary<Instant, long>> _used = [];

    public async Task<CallGrant> TakeAsync(int wanted, IReadOnlyList<CallLimit> limits, CancellationToken cancellation)
    {
        await _alone.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await CallCounting.TakeAsync(this, wanted, limits, Instant.Now(clock)).ConfigureAwait(false);
        }
        finally
        {
            _alone.Release();
        }
    }

    public Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from)
    {
        var windows = Windows(policy);
        while (windows.Count > 0 && windows.First().Key < from)
        {
            windows.Remove(windows.First().Key);
        }

        return Task.FromResult((windows.Values.Sum(), windows.Count > 0 ? windows.First().Key : default(Instant?)));
    }

    public Task AddAsync(string policy, Instant window, long calls)
    {
        var windows = Windows(policy);
        windows[window] = windows.GetValueOrDefault(window) + calls;
        return Task.CompletedTask;
    }

    public void Dispose() => _alone.Dispose();

    private SortedDictionary<Instant, long> Windows(string policy) => _used.TryGetValue(policy, out var windows) ? windows : _used[policy] = [];
}
