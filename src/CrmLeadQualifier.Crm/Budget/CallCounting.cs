using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Budget;

/// <summary>The one way in which calls are taken, wherever they are counted. Whoever calls it is alone with the counts until it is done.</summary>
public static class CallCounting
{
    /// <summary>
    /// A call is counted in the window, a grain long, in which it was taken. A window counts as long as any of it may lie in the span: no span of that length ever sees more than the limit.
    /// </summary>
    public static async Task<CallGrant> TakeAsync(ICallCounts counts, int wanted, IReadOnlyList<CallLimit> limits, Instant now)
    {
        var grant = new CallGrant(wanted);
        foreach (var limit in limits)
        {
            var (used, oldest) = await counts.SinceAsync(limit.Policy, WindowOf(now - limit.Span, limit.Grain)).ConfigureAwait(false);
            if (limit.Told > used)
            {
                await counts.AddAsync(limit.Policy, WindowOf(now, limit.Grain), limit.Told - used).ConfigureAwait(false);
                used = limit.Told;
            }

            var left = (int)Math.Clamp(limit.Calls - used, 0, wanted);
            if (left == 0 && wanted > 0)
            {
                // Less than a grain behind the oldest window's end there may be room again.
                var frees = (oldest ?? WindowOf(now, limit.Grain)) + limit.Grain + limit.Span - now;
                grant = grant.Granted > 0 || frees > grant.RetryIn ? new CallGrant(0, frees > TimeSpan.Zero ? frees : limit.Grain, limit.Policy) : grant;
            }
            else if (left < grant.Granted)
            {
                grant = grant with { Granted = left };
            }
        }

        if (grant.Granted > 0)
        {
            foreach (var limit in limits)
            {
                await counts.AddAsync(limit.Policy, WindowOf(now, limit.Grain), grant.Granted).ConfigureAwait(false);
            }
        }

        return grant;
    }

    private static Instant WindowOf(Instant at, TimeSpan grain)
    {
        var length = (long)grain.TotalMilliseconds;
        return new Instant(at.UnixMilliseconds - (at.UnixMilliseconds % length + length) % length);
    }
}
