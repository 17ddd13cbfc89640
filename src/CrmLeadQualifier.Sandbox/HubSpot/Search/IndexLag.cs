namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>How long search takes to learn of a change: the same record and stamp always take the same time.</summary>
/// <param name="longest">The longest usual lag; the shortest is a fifth of it.</param>
/// <param name="seed">Decides drawn lags.</param>
internal sealed class IndexLag(TimeSpan longest, int seed)
{
    private const double Median = 1_000;
    private const long Laggard = 20 * 60_000;

    // The 99th percentile of a log-normal lies 2.326 deviations above its median: 30 times the median, here.
    private static readonly double Deviation = Math.Log(30) / 2.326;

    private readonly long _longest = (long)longest.TotalMilliseconds;

    /// <summary>
    /// Whether lags are drawn for each change instead: log-normal with a median of a second and a 99th percentile of 30 s, and one in a thousand takes twenty
    /// minutes.
    /// </summary>
    public bool IsDrawn { get; set; }

    /// <summary>Milliseconds.</summary>
    public long Of(long id, long stamp)
    {
        if (IsDrawn)
            return Drawn(id, stamp);
        var spread = (_longest * 4) / 5;
        return _longest - (spread == 0 ? 0 : (long)((ulong)((id * 2654435761) ^ stamp) % (ulong)spread));
    }

    private long Drawn(long id, long stamp)
    {
        var state = unchecked(((ulong)id * 0x9E3779B97F4A7C15) ^ ((ulong)stamp * 0xBF58476D1CE4E5B9) ^ ((ulong)seed * 0x94D049BB133111EB));
        if (Uniform(ref state) < 0.001)
            return Laggard;
        // Box and Muller's normal deviate.
        var normal = Math.Sqrt(-2 * Math.Log(1 - Uniform(ref state))) * Math.Cos(2 * Math.PI * Uniform(ref state));
        return Math.Min(Laggard, (long)(Median * Math.Exp(Deviation * normal)));
    }

    /// <summary>SplitMix64: from 0 to below 1.</summary>
    private static double Uniform(ref ulong state)
    {
        unchecked
        {
            var mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
