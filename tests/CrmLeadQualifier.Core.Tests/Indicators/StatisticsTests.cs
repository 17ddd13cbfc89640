using CrmLeadQualifier.Core.Indicators;
using FsCheck;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Indicators;

/// <summary>The statistics against published numbers, and against the definitions written out.</summary>
public sealed class StatisticsTests
{
    /// <summary>The page's own example; Wilson's for none and for all; 81 of 263 as in Newcombe (1998), table I.</summary>
    [Theory]
    [InlineData(195, 1586, 0.10769, 0.14003)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(29, 29, 0.8830, 1)]
    public void A_wilson_interval_is_the_published_one(int count, int of, double low, double high)
    {
        var interval = WilsonInterval.Of(count, of);

        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    /// <summary>R's <c>quantile(c(1, 2, 4, 8, 16), p)</c>, whose default is type 7.</summary>
    [Theory]
    [InlineData(0.25, 2)]
    [InlineData(0.5, 4)]
    [InlineData(0.75, 8)]
    [InlineData(0.9, 12.8)]
    [InlineData(0.1, 1.4)]
    public void A_quantile_is_interpolated_by_type_7(double share, double expected) =>
        Assert.Equal(expected, new Quantiles([16, 1, 8, 4, 2]).At(share)!.Value, 1e-12);

    [Fact]
    public void What_is_not_reached_counts_as_later_than_all_others()
    {
        var hours = new Quantiles([1, 2, 3], notReached: 2);

        Assert.Equal(5, hours.Count);
        Assert.Equal(3, hours.Median);
        Assert.Null(hours.At(0.75));
        Assert.Null(new Quantiles([1, 2], notReached: 2).Median);
        Assert.Null(Quantiles.None.Median);
    }

    [Property(MaxTest = 300)]
    public void A_quantile_with_some_not_reached_is_that_of_the_same_sample_with_very_late_ones(NonNegativeInt[] values, byte late, byte percent)
    {
        var (notReached, share) = (late % 5, percent % 101 / 100.0);
        var with = new Quantiles(values.Select(value => (double)value.Get), notReached);
        var sorted = values.Select(value => (double)value.Get).Concat(Enumerable.Repeat(double.PositiveInfinity, notReached)).Order().ToList();

        var expected = sorted.Count == 0 ? (double?)null : Type7(sorted, share);

        if (expected is { } number && double.IsFinite(number))
        {
            Assert.Equal(number, with.At(share)!.Value, 1e-6);
        }
        else
        {
            Assert.Null(with.At(share));
        }
    }

    [Property(MaxTest = 300)]
    public void The_area_is_the_share_of_pairs_that_the_score_puts_in_order(byte[] scores, bool[] outcomes)
    {
        var count = Math.Min(scores.Length, outcomes.Length);
        // Few different scores, so that there are ties.
        double[] some = [.. scores.Take(count).Select(score => (double)(score % 7))];
        bool[] known = [.. outcomes.Take(count)];
        var area = RocAuc.Of(some, known);

        if (known.All(good => good) || !known.Any(good => good))
        {
            Assert.Null(area);
            return;
        }

        var pairs =
            from i in Enumerable.Range(0, count)
            from j in Enumerable.Range(0, count)
            where known[i] && !known[j]
            select some[i] > some[j] ? 1 : some[i] == some[j] ? 0.5 : 0;
        Assert.Equal(pairs.Average(), area!.Area, 1e-12);
        Assert.InRange(area.Area, area.Interval.Low, area.Interval.High);
    }

    /// <summary>The variance written as DeLong writes it: over all pairs, without ranks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_paired_interval_is_delongs(int seed)
    {
        var random = new System.Random(seed);
        var outcomes = Enumerable.Range(0, 60).Select(_ => random.Next(3) == 0).ToArray();
        var first = outcomes.Select(good => Math.Round(random.NextDouble() + (good ? 0.4 : 0), 1)).ToArray();
        var second = first.Select(score => Math.Round(score + random.NextDouble(), 1)).ToArray();

        var difference = RocAuc.Difference(first, second, outcomes)!;

        var (a, b) = (Components(first, outcomes), Components(second, outcomes));
        var variance = Variance(a.Good.Zip(b.Good, (x, y) => x - y)) / a.Good.Count + Variance(a.Bad.Zip(b.Bad, (x, y) => x - y)) / a.Bad.Count;
        Assert.Equal(a.Good.Average() - b.Good.Average(), difference.Difference, 1e-12);
        Assert.Equal(1.959963984540054 * Math.Sqrt(variance), (difference.Interval.High - difference.Interval.Low) / 2, 1e-9);
        var area = RocAuc.Of(first, outcomes)!;
        Assert.Equal(Math.Max(0, area.Area - 1.959963984540054 * Math.Sqrt(Variance(a.Good) / a.Good.Count + Variance(a.Bad) / a.Bad.Count)), area.Interval.Low, 1e-9);
    }

    [Fact]
    public void A_score_differs_from_itself_by_nothing()
    {
        var difference = RocAuc.Difference([1, 2, 3, 4], [1, 2, 3, 4], [false, true, false, true])!;

        Assert.Equal(0, difference.Difference);
        Assert.Equal(0, difference.Interval.Low);
        Assert.Equal(0, difference.Interval.High);
    }

    private static double Type7(List<double> sorted, double share)
    {
        var place = (sorted.Count - 1) * share;
        var (below, above) = (sorted[(int)Math.Floor(place)], sorted[(int)Math.Ceiling(place)]);
        return double.IsInfinity(above) ? above : below + (place - Math.Floor(place)) * (above - below);
    }

    private static (List<double> Good, List<double> Bad) Components(double[] scores, bool[] outcomes)
    {
        var good = scores.Where((_, i) => outcomes[i]).ToList();
        var bad = scores.Where((_, i) => !outcomes[i]).ToList();
        return ([.. good.Select(x => bad.Average(y => Psi(x, y)))], [.. bad.Select(y => good.Average(x => Psi(x, y)))]);

        static double Psi(double x, double y) => x > y ? 1 : x == y ? 0.5 : 0;
    }

    private static double Variance(IEnumerable<double> sample)
    {
        var values = sample.ToList();
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
    }
}
