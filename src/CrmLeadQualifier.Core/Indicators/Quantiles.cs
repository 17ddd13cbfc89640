using MathNet.Numerics.Statistics;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// Quantiles of a sample by linear interpolation (type 7 of Hyndman and Fan, 1996). Some of the sample may not have come to its end: those count as later than all others, and a
/// quantile that needs one of them is "not reached", which is null.
/// </summary>
public sealed class Quantiles
{
    public static readonly Quantiles None = new([]);

    private readonly double[] _sorted;

    /// <param name="values">In any order, in the unit that the caller says.</param>
    /// <param name="notReached">How many more there are, later than all of these.</param>
    public Quantiles(IEnumerable<double> values, int notReached = 0)
    {
        _sorted = [.. values.Order()];
        NotReached = notReached;
    }

    /// <summary>The whole sample, those that did not come to an end among them.</summary>
    public int Count => _sorted.Length + NotReached;

    public int NotReached { get; }

    public double? Median => At(0.5);

    /// <summary>The quantile of a share from 0 to 1; null where it is not reached, or there is no sample.</summary>
    public double? At(double share)
    {
        if (NotReached == 0)
        {
            return _sorted.Length == 0 ? null : SortedArrayStatistics.QuantileCustom(_sorted, share, QuantileDefinition.R7);
        }

        var place = (Count - 1) * share;
        var below = (int)Math.Floor(place);
        var above = (int)Math.Ceiling(place);
        return above < _sorted.Length ? _sorted[below] + (place - below) * (_sorted[above] - _sorted[below]) : null;
    }
}
