using CrmLeadQualifier.Sandbox.Clock;

namespace CrmLeadQualifier.Sandbox.Limits;

/// <summary>
/// Counts calls as HubSpot does: a rolling window of ten seconds, a limit of searches a second that is apart from it, and a daily limit.
/// Windows are of real time; the day is the sandbox clock's, in UTC (the portal's time zone).
/// </summary>
internal sealed class RateLimiter(LimitTier tier, TimeProvider time, SandboxClock clock)
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _calls = new();
    private readonly Queue<long> _lastSecond = new();
    private readonly Queue<long> _searches = new();
    private long _day;
    private long _today;

    public LimitTier Tier => tier;

    public long Today
    {
        get
        {
            StartDay();
            return _today;
        }
    }

    /// <summary>Takes one call, or tells the policy that refuses it. A refused call takes nothing.</summary>
    public LimitPolicy? Take(bool search)
    {
        StartDay();
        if (tier.Enforced)
        {
            Forget();
            if (tier.PerDay is { } perDay && _today >= perDay)
                return LimitPolicy.Daily;
            if (search && _searches.Count >= LimitTier.SearchesPerSecond)
                return LimitPolicy.Secondly;
            if (!search && _calls.Count >= tier.PerTenSeconds)
                return LimitPolicy.TenSecondlyRolling;
            var now = time.GetTimestamp();
            if (search)
            {
                _searches.Enqueue(now);
            }
            else
            {
                _calls.Enqueue(now);
                _lastSecond.Enqueue(now);
            }
        }
        _today++;
        return null;
    }

    /// <summary>The headers of the next answer. Search answers carry no burst headers, an OAuth app's no daily ones.</summary>
    public IEnumerable<(string Name, long Value)> Headers(bool search)
    {
        if (!tier.Enforced)
            yield break;
        Forget();
        if (tier.PerDay is { } perDay)
        {
            yield return ("X-HubSpot-RateLimit-Daily", perDay);
            yield return ("X-HubSpot-RateLimit-Daily-Remaining", Math.Max(0, perDay - _today));
        }
        if (search)
            yield break;
        yield return ("X-HubSpot-RateLimit-Interval-Milliseconds", 10_000);
        yield return ("X-HubSpot-RateLimit-Max", tier.PerTenSeconds);
        yield return ("X-HubSpot-RateLimit-Remaining", Math.Max(0, tier.PerTenSeconds - _calls.Count));
        yield return ("X-HubSpot-RateLimit-Secondly", tier.PerTenSeconds / 10);
        yield return ("X-HubSpot-RateLimit-Secondly-Remaining", Math.Max(0, (tier.PerTenSeconds / 10) - _lastSecond.Count));
    }

    private void StartDay()
    {
        var day = Math.DivRem(clock.Now, 86_400_000, out _);
        if (day == _day)
            return;
        _day = day;
        _today = 0;
    }

    private void Forget()
    {
        Forget(_calls, TenSeconds);
        Forget(_lastSecond, OneSecond);
        Forget(_searches, OneSecond);
    }

    private void Forget(Queue<long> stamps, TimeSpan window)
    {
        while (stamps.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= window)
            stamps.Dequeue();
    }
}

internal enum LimitPolicy
{
    TenSecondlyRolling,
    Secondly,
    Daily,
}
