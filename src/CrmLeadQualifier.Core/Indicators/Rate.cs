namespace CrmLeadQualifier.Core.Indicators;

/// <summary>A share with its counts: never a percentage alone.</summary>
/// <param name="Count">The numerator.</param>
/// <param name="Of">The denominator.</param>
public readonly record struct Rate(int Count, int Of)
{
    /// <summary>From 0 to 1; null where there is nobody to take a share of.</summary>
    public double? Value => Of == 0 ? null : (double)Count / Of;

    /// <summary>Null where there is nobody to take a share of.</summary>
    public Interval? Wilson => Of == 0 ? null : WilsonInterval.Of(Count, Of);

    public static Rate Among<T>(IReadOnlyCollection<T> all, Func<T, bool> counts) => new(all.Count(counts), all.Count);
}

/// <summary>A 95 % confidence interval.</summary>
public readonly record struct Interval(double Low, double High)
{
    public bool Contains(double value) => Low <= value && value <= High;
}

/// <summary>A rate at an equal age: of those who are at least that old, who reached it within that age. Only these are compared between periods.</summary>
/// <param name="Days">14, 30 or 90.</param>
public readonly record struct RateAtAge(int Days, Rate Rate);

/// <summary>A rate of the cohort that is reached at some time after the MQL transition.</summary>
/// <param name="LagDays">Of those who reached it.</param>
/// <param name="AtAges">At 14, 30 and 90 days.</param>
public sealed record Conversion(Rate Rate, Quantiles LagDays, IReadOnlyList<RateAtAge> AtAges);
