namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>What the simulated sales team thinks of somebody: it turns small companies down, most of the time as no target. It looks at no score.</summary>
/// <param name="Reason">Null: it is a good one, or no reason was given.</param>
internal readonly record struct Judgement(bool IsGood, string? Reason)
{
    /// <summary>A company with fewer employees is small.</summary>
    public const int Small = 50;

    private const double GoodIfSmall = 0.03;
    private const double GoodOtherwise = 0.65;
    private const double WithoutReason = 0.05;
    private const double ForItsSize = 0.85;

    /// <summary>What an agreement may call a company that is too small; the first one that it has.</summary>
    private static readonly string[] TooSmall = ["too_small", "not_target"];

    /// <param name="employees">Of the company; null: nobody knows, and it is not held against it.</param>
    /// <param name="reasons">Those that can be given.</param>
    /// <param name="draw">Decides the rest: there are good small companies, and bad large ones.</param>
    public static Judgement Of(int? employees, IReadOnlyList<string> reasons, Random draw)
    {
        var isSmall = employees < Small;
        if (draw.NextDouble() < (isSmall ? GoodIfSmall : GoodOtherwise))
            return new Judgement(true, null);
        if (reasons.Count == 0 || draw.NextDouble() < WithoutReason)
            return new Judgement(false, null);
        return isSmall && Array.Find(TooSmall, reasons.Contains) is { } tooSmall && draw.NextDouble() < ForItsSize
            ? new Judgement(false, tooSmall)
            : new Judgement(false, reasons[draw.Next(reasons.Count)]);
    }
}
