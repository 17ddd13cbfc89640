namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Many tests at once: of what is reported at q, at most that share is expected to be chance. Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the
/// Royal Statistical Society B 57 (1995). MathNet.Numerics does not have it.
/// </summary>
public static class FalseDiscoveryRate
{
    /// <summary>The q of each p, in the order given.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var q = new double[p.Count];
        var least = 1.0;
        var rank = p.Count;
        foreach (var i in Enumerable.Range(0, p.Count).OrderByDescending(i => p[i]).ThenByDescending(i => i))
        {
            least = Math.Min(least, p[i] * p.Count / rank--);
            q[i] = least;
        }

        return q;
    }
}
