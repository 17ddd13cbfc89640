namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>
/// Lets requests out no faster than the portal's limits, as its answers tell them: a burst per span of time, searches apart, so many in flight.
/// A portal whose answers carry no rate headers has no limits to keep.
/// </summary>
internal sealed class RequestGate(TimeProvider clock, int inFlight) : IDisposable
{
    /// <summary>HubSpot allows 5 searches a second for the whole account; one is left to others.</summary>
    public const int SearchesPerSecond = 4;

    // Requests arrive with varying delay: the spans as seen from here are a little longer than HubSpot's.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _slots = new(inFlight);
    private readonly Lock _lock = new();
    private readonly Queue<long> _sent = new();
    private readonly Queue<long> _searches = new();
    private int? _burst;
    private bool _isLimited;
    private TimeSpan _interval = TimeSpan.FromSeconds(10);
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _searchPausedUntil;

    /// <summary>What is left of the account's calls today, as the last answer told.</summary>
    public long? DailyRemaining { get; private set; }

    public long? Daily { get; private set; }

    /// <summary>Waits until a request may leave; what is returned is disposed once its answer is there.</summary>
    public async Task<Slot> EnterAsync(bool isSearch, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (Reserve(isSearch) is { } wait)
            {
                await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            _slots.Release();
            throw;
        }

        return new Slot(_slots);
    }

    /// <summary>Learns the limits from an answer's headers; absent ones leave what is known.</summary>
    public void Observe(int? burst, TimeSpan? interval, int? remaining, long? daily, long? dailyRemaining)
    {
        if (burst is null && daily is null)
        {
            return;
        }

        lock (_lock)
        {
            _isLimited = true;
            _burst = burst ?? _burst;
            _interval = interval ?? _interval;
            Daily = daily ?? Daily;
            DailyRemaining = dailyRemaining ?? DailyRemaining;
            if (remaining == 0 && _sent.TryPeek(out var oldest))
            {
                // Someone else uses the same limit: our own count does not show it.
                var frees = clock.GetUtcNow() + _interval + Margin - clock.GetElapsedTime(oldest);
                _pausedUntil = frees > _pausedUntil ? frees : _pausedUntil;
            }
        }
    }

    /// <summary>HubSpot said too many: nothing (or no search) leaves for a while.</summary>
    public void Pause(TimeSpan span, bool searchOnly)
    {
        lock (_lock)
        {
            var until = clock.GetUtcNow() + span;
            if (searchOnly)
            {
                _searchPausedUntil = until > _searchPausedUntil ? until : _searchPausedUntil;
            }
            else
            {
                _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            }
        }
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>Null: counted, it may leave. Else how long to wait before asking again.</summary>
    private TimeSpan? Reserve(bool isSearch)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (_pausedUntil > now)
            {
                return _pausedUntil - now;
            }

            if (isSearch && _searchPausedUntil > now)
            {
                return _searchPausedUntil - now;
            }

            var stamp = clock.GetTimestamp();
            var second = TimeSpan.FromSeconds(1) + Margin;
            Forget(_sent, stamp, _interval + Margin);
            Forget(_searches, stamp, second);
            if (_isLimited && isSearch && _searches.Count >= SearchesPerSecond)
            {
                return second - clock.GetElapsedTime(_searches.Peek(), stamp);
            }

            if (_burst is { } burst && _sent.Count >= Math.Max(1, burst - 1))
            {
                return _interval + Margin - clock.GetElapsedTime(_sent.Peek(), stamp);
            }

            _sent.Enqueue(stamp);
            if (isSearch)
            {
                _searches.Enqueue(stamp);
            }

            return null;
        }
    }

    private void Forget(Queue<long> sent, long now, TimeSpan span)
    {
        while (sent.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= span)
        {
            sent.Dequeue();
        }
    }

    internal readonly struct Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
