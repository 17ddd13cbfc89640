using MathNet.Numerics.Statistics;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The area under the ROC curve: how often somebody with a good outcome has the higher score than somebody with a bad one, a tie counting half. Its variance, and that of the
/// difference of two scores on the same people, by E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
/// characteristic curves", Biometrics 44 (1988), with the mid-ranks of X. Sun and W. Xu, IEEE Signal Processing Letters 21 (2014), which need a sort instead of all pairs.
/// MathNet.Numerics has neither.
/// </summary>
public static class RocAuc
{
    /// <summary>The area with its 95 % interval, cut to 0 and 1; null unless there are good and bad outcomes.</summary>
    /// <param name="scores">Any order; higher is better.</param>
    /// <param name="outcomes">True is good; in the order of the scores.</param>
    public static AreaUnderCurve? Of(IReadOnlyList<double> scores, IReadOnlyList<bool> outcomes) =>
        Placements.Of(scores, outcomes) is { } placements ? AreaUnderCurve.From(placements.Area, placements.Covariance(placements)) : null;

    /// <summary>The first scores' area minus the second ones' on the same people, with its 95 % interval; null unless there are good and bad outcomes.</summary>
    public static PairedDifference? Difference(IReadOnlyList<double> first, IReadOnlyList<double> second, IReadOnlyList<bool> outcomes)
    {
        if (Placements.Of(first, outcomes) is not { } a || Placements.Of(second, outcomes) is not { } b)
        {
            return null;
        }

        var variance = Math.Max(0, a.Covariance(a) + b.Covariance(b) - 2 * a.Covariance(b));
        var (difference, half) = (a.Area - b.Area, WilsonInterval.Z * Math.Sqrt(variance));
        return new PairedDifference(difference, new Interval(difference - half, difference + half));
    }

    /// <summary>For each good outcome the share of bad ones that it beats, and for each bad one the share of good ones that beat it; a tie counts half.</summary>
    private sealed record Placements(double[] Good, double[] Bad)
    {
        public double Area { get; } = Good.Average();

        public static Placements? Of(IReadOnlyList<double> scores, IReadOnlyList<bool> outcomes)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(outcomes.Count, scores.Count);
            double[] good = [.. scores.Where((_, i) => outcomes[i])];
            double[] bad = [.. scores.Where((_, i) => !outcomes[i])];
            if (good.Length == 0 || bad.Length == 0)
            {
                return null;
            }

            var sortedGood = good.Order().ToArray();
            var sortedBad = bad.Order().ToArray();
            return new Placements(
                [.. good.Select(score => Beaten(sortedBad, score) / bad.Length)],
                [.. bad.Select(score => 1 - (Beaten(sortedGood, score) / good.Length))]);
        }

        /// <summary>Of one of the two areas where <paramref name="other"/> is this, else of both: the sum of the covariances among the good and among the bad.</summary>
        public double Covariance(Placements other) => Covariance(Good, other.Good) / Good.Length + Covariance(Bad, other.Bad) / Bad.Length;

        /// <summary>Of a sample; of a single pair there is none.</summary>
        private static double Covariance(double[] a, double[] b) => a.Length < 2 ? 0 : ArrayStatistics.Covariance(a, b);

        /// <summary>How many of the sorted values a score beats; one that it equals counts half.</summary>
        private static double Beaten(double[] sorted, double score)
        {
            var below = LowerBound(sorted, score);
            var notAbove = LowerBound(sorted, Math.BitIncrement(score));
            return (below + notAbove) / 2.0;
        }

        private static int LowerBound(double[] sorted, double score)
        {
            var (low, high) = (0, sorted.Length);
            while (low < high)
            {
                var middle = low + (high - low) / 2;
                (low, high) = sorted[middle] < score ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }
}

/// <param name="Area">From 0 to 1; 0.5 is chance.</param>
public sealed record AreaUnderCurve(double Area, Interval Interval)
{
    internal static AreaUnderCurve From(double area, double variance)
    {
        var half = WilsonInterval.Z * Math.Sqrt(Math.Max(0, variance));
        return new AreaUnderCurve(area, new Interval(Math.Max(0, area - half), Math.Min(1, area + half)));
    }
}

/// <param name="Interval">Touches zero where the two scores cannot be told apart.</param>
public sealed record PairedDifference(double Difference, Interval Interval);
