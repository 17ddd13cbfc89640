using MathNet.Numerics.Distributions;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Fisher's exact test of a table of two by two, two-sided: the probability of all tables with the same margins that are no more probable than the one at hand (R. A. Fisher,
/// "Statistical Methods for Research Workers", 1925; the two-sided form of R and SciPy).
/// </summary>
public static class FisherExact
{
    /// <summary>Tables that are as probable but for the last digits count as such.</summary>
    private const double Slack = 1e-7;

    /// <param name="hits">In the part, with the property.</param>
    /// <param name="part">In the part.</param>
    /// <param name="allHits">In the whole, with the property.</param>
    /// <param name="all">The whole.</param>
    /// <returns>1 where one of the margins leaves no choice.</returns>
    public static double TwoSided(int hits, int part, int allHits, int all)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, all);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(allHits, all);
        var (least, most) = (Math.Max(0, part + allHits - all), Math.Min(part, allHits));
        ArgumentOutOfRangeException.ThrowIfLessThan(hits, least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, most);
        var tables = new Hypergeometric(all, allHits, part);
        var limit = tables.ProbabilityLn(hits) + Math.Log(1 + Slack);
        var sum = 0.0;
        for (var count = least; count <= most; count++)
        {
            var log = tables.ProbabilityLn(count);
            sum += log <= limit ? Math.Exp(log) : 0;
        }

        return Math.Min(1, sum);
    }
}
