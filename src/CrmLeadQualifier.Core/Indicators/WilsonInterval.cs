using MathNet.Numerics.Distributions;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The score interval of a proportion, 95 %, without continuity correction: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// Journal of the American Statistical Association 22 (1927). It stays within 0 and 1, and means something for small counts and for none.
/// </summary>
public static class WilsonInterval
{
    /// <summary>The 97.5th percentile of the normal distribution: 1.96 with all its digits.</summary>
    internal static readonly double Z = Normal.InvCDF(0, 1, 0.975);

    /// <param name="of">At least 1.</param>
    public static Interval Of(int count, int of)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(of, 1);
        var (share, squared) = ((double)count / of, Z * Z);
        var centre = share + squared / (2 * of);
        var half = Z * Math.Sqrt(share * (1 - share) / of + squared / (4.0 * of * of));
        var scale = 1 + squared / of;
        return new Interval(count == 0 ? 0 : (centre - half) / scale, count == of ? 1 : (centre + half) / scale);
    }
}
