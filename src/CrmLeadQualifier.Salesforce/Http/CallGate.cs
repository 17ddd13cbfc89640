using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>
/// Lets requests out: at most so many at a time, since Salesforce counts those that last, and of the org's calls of the last 24 hours no more than our share, which all processes on the org have
/// together. Where others used the org up, what matters less waits.
/// </summary>
internal sealed class CallGate(ICallBudget budget, TimeProvider clock, int inFlight, double shareOfDay) : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    // The day rolls: part of it comes back every hour, and only an answer tells how much.
    private static readonly TimeSpan ObservedFor = TimeSpan.FromMinutes(15);

    // A long request takes seconds to minutes.
    private static readonly TimeSpan NarrowFor = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _slots = new(inFlight);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private DayOfCalls _day = new() { Share = shareOfDay };
    private long _observedAt;
    private int _held;

    /// <summary>Waits until a request may leave; <see cref="Leave"/> follows once its answer is there.</summary>
    /// <exception cref="BudgetSpentException">None of this importance may for now.</exception>
    public async Task EnterAsync(CallContext call, CancellationToken cancellation)
    {
        await TakeAsync(call, cancellation).ConfigureAwait(false);
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public void Leave() => _slots.Release();

    /// <summary>What an answer told of the org's last 24 hours.</summary>
    public void Observe(long used, long allowed)
    {
        lock (_lock)
        {
            _day = _day with { Allowed = allowed, Left = Math.Max(0, allowed - used) };
            _observedAt = clock.GetTimestamp();
        }
    }

    /// <summary>Too many long requests were at work: for a while there is one fewer of ours, as long as one is left.</summary>
    public void Narrow()
    {
        lock (_lock)
        {
            if (_held >= inFlight - 1)
            {
                return;
            }

            _held++;
        }

        _ = HoldAsync();
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
        _slots.Dispose();
    }

    private async Task TakeAsync(CallContext call, CancellationToken cancellation)
    {
        DayOfCalls day;
        bool isRecent;
        lock (_lock)
        {
            day = _day;
            isRecent = clock.GetElapsedTime(_observedAt) < ObservedFor;
        }

        if (isRecent && day.IsBelowFloor(call.Importance))
        {
            throw new BudgetSpentException($"Salesforce was not asked for {call.Subject}: of the org's calls of the day too few are left.", ObservedFor);
        }

        if (day.LimitOf(call.Importance, Day) is { } limit && await budget.TakeAsync(1, [limit], cancellation).ConfigureAwait(false) is { Granted: 0 } refused)
        {
            throw new BudgetSpentException($"Salesforce was not asked for {call.Subject}: our share of the org's calls of the day is used up.", refused.RetryIn);
        }
    }

    private async Task HoldAsync()
    {
        try
        {
            await _slots.WaitAsync(_ending.Token).ConfigureAwait(false);
            await Task.Delay(NarrowFor, clock, _ending.Token).ConfigureAwait(false);
            lock (_lock)
            {
                _held--;
            }

            _slots.Release();
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            // The client is being disposed of.
        }
    }
}
