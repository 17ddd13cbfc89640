using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// Every shared indicator of one cohort, as of one instant. Pages, the HTML report and the JSON form are written from this object; what cannot be computed is null (or a rate of
/// nobody), and the JSON form says why.
/// </summary>
public sealed record IndicatorSet
{
    public required IndicatorWindow Window { get; init; }

    public required Definition Definition { get; init; }

    /// <summary>Null, or why what needs a hand-over's clock cannot be computed.</summary>
    public string? WhyNoHandOver { get; init; }

    /// <summary>The cohort, in the order of the MQL transitions.</summary>
    public required Cohort Cohort { get; init; }

    public int Mqls => Cohort.Members.Count;

    public required Maturity Maturity { get; init; }

    public required NewLeads NewLeads { get; init; }

    public required MqlVolume Volume { get; init; }

    /// <summary>Handed to nobody yet: no record where sales works, or no owner.</summary>
    public Rate? Waiting { get; init; }

    /// <summary>A verdict after the hand-over.</summary>
    public required Conversion Answered { get; init; }

    /// <summary>Null where the agreement has no such step.</summary>
    public Conversion? MqlToSal { get; init; }

    public required Conversion MqlToSql { get; init; }

    public required Rejection Rejected { get; init; }

    /// <summary>From the MQL transition to the hand-over, of the cohort.</summary>
    public Delay? SystemDelay { get; init; }

    /// <summary>From the hand-over to the first contact, of those handed over.</summary>
    public Delay? FirstContact { get; init; }

    /// <summary>First contact or a rejection in time, of those whose agreed time has ended.</summary>
    public Rate? SlaMet { get; init; }

    /// <summary>By owner; of what was accepted, what had no contact within five business days.</summary>
    public IReadOnlyList<Share>? AcceptedWithoutContact { get; init; }

    /// <summary>On a deal created at or after the MQL transition.</summary>
    public required Conversion MqlToOpportunity { get; init; }

    /// <summary>On a deal won at or after the MQL transition.</summary>
    public required Conversion Close { get; init; }

    /// <summary>SQLs in the window that sales made of leads that we had not handed over.</summary>
    public required int FoundBySales { get; init; }

    public required IReadOnlyList<Breakdown> BySource { get; init; }

    /// <summary>In the order of grades; <see cref="Breakdown.IsOutOfOrder"/> where it is not monotone.</summary>
    public required IReadOnlyList<Breakdown> ByGrade { get; init; }

    public required IReadOnlyList<Breakdown> ByOwner { get; init; }

    public required IReadOnlyList<Breakdown> ByCountry { get; init; }

    public required IReadOnlyList<Breakdown> ByAgreement { get; init; }

    /// <summary>What the teams promised each other, beside what became of it.</summary>
    public required IReadOnlyList<TargetResult> Targets { get; init; }

    /// <summary>What sales rejects systematically; null: it was not looked for.</summary>
    public IReadOnlyList<RejectedSegment>? RejectedSegments { get; init; }

    public required IReadOnlyList<AttributeCoverage> Coverage { get; init; }

    public required IReadOnlyList<IndicatorProblem> Problems { get; init; }
}

/// <summary>Whether the youngest of the cohort is old enough to be judged.</summary>
/// <param name="YoungestDays">Null: nobody is in the cohort.</param>
/// <param name="NeededDays">The 90th percentile of past MQL to SQL lags, 45 while there are fewer than 50.</param>
public sealed record Maturity(double? YoungestDays, double NeededDays, int PastLags)
{
    public bool IsImmature => YoungestDays < NeededDays;
}

/// <summary>Leads created in the window.</summary>
/// <param name="OutOfTarget">Excluded or unscorable as of D; null: their status then is not known.</param>
/// <param name="OutOfTargetBecause">By exclusion (<c>student</c>) or missing attribute; a lead with two counts under both.</param>
public sealed record NewLeads(int Count, Rate? OutOfTarget, IReadOnlyList<OutOfTargetCount> OutOfTargetBecause, IReadOnlyList<NewLeadsOfSource> BySource);

/// <param name="IsMissing">The attribute that is unknown; else the exclusion.</param>
public sealed record OutOfTargetCount(string Because, bool IsMissing, int Count);

/// <param name="ToMql">With an MQL transition by D.</param>
/// <param name="LagDays">From creation to it.</param>
public sealed record NewLeadsOfSource(string Source, string SourceDetail, Rate ToMql, Quantiles LagDays, Rate? OutOfTarget);

/// <summary>MQL transitions of the cohort by day, ISO week and month of the agreement's time zone; days and weeks without any are among them, in order.</summary>
public sealed record MqlVolume(IReadOnlyList<VolumeOf> Days, IReadOnlyList<VolumeOf> Weeks, IReadOnlyList<VolumeOf> Months)
{
    /// <summary>The cohort over the window's length.</summary>
    public double? PerWeek { get; init; }
}

/// <param name="Period"><c>2026-06-01</c>, <c>2026-W23</c> or <c>2026-06</c>.</param>
public readonly record struct VolumeOf(string Period, int Mqls);

/// <param name="Rate">A verdict <c>rejected</c> that stands, of those with a verdict that stands.</param>
/// <param name="ByReason">Most frequent first; <c>reason missing</c> is a reason of its own.</param>
/// <param name="AtAges">Rejected within that age, of those at least that old with a verdict within it.</param>
public sealed record Rejection(Rate Rate, IReadOnlyList<ReasonCount> ByReason, IReadOnlyList<RateAtAge> AtAges)
{
    public const string ReasonMissing = "reason missing";

    /// <summary>Accepted or qualified, of those with such a verdict or a rejection.</summary>
    public required Rate Accepted { get; init; }
}

/// <param name="Reason">The reason's id as sales chose it, or <see cref="Rejection.ReasonMissing"/>.</param>
public readonly record struct ReasonCount(string Reason, int Count);

/// <summary>In hours; who has not come to its end counts as later than all others.</summary>
public sealed record Delay(Quantiles BusinessHours, Quantiles CalendarHours);

/// <param name="Value">Such as an owner; <see cref="Breakdown.Nothing"/>: none.</param>
public sealed record Share(string Value, Rate Rate);

/// <summary>The cohort's part with one value of something.</summary>
public sealed record Breakdown(string Value, Conversion MqlToSql, Conversion Answered, Rejection Rejected, Conversion Close)
{
    /// <summary>An empty source, owner or country; never the same as one that is called "unknown".</summary>
    public const string Nothing = "(none)";

    public int Mqls => Close.Rate.Of;

    /// <summary>Among grades: some worse grade converts better.</summary>
    public bool IsOutOfOrder { get; init; }
}

/// <param name="Target">As the agreement calls it: <c>mql_per_week</c>, <c>mql_to_sql</c>, <c>sla_met</c>, <c>reasons_given</c>.</param>
/// <param name="AtLeast">Null: no lower bound.</param>
/// <param name="Value">Null: cannot be computed.</param>
/// <param name="Rate">Null for <c>mql_per_week</c>.</param>
public sealed record TargetResult(string Target, double? AtLeast, double? AtMost, double? Value, Rate? Rate)
{
    public bool? IsMet => Value is { } value ? !(value < AtLeast) && !(value > AtMost) : null;
}

/// <summary>A part of the cohort that sales rejects more often than the rest.</summary>
/// <param name="Kind"><c>attribute</c>, <c>criterion</c> or <c>source</c>.</param>
/// <param name="Name">The attribute's or the criterion's; of a source <c>source</c>.</param>
/// <param name="Value">The attribute's value or the source; null for a criterion.</param>
/// <param name="Rest">The same rate of everybody else.</param>
/// <param name="P">Fisher's exact test, two-sided.</param>
/// <param name="Q">After Benjamini and Hochberg, over all segments tested.</param>
/// <param name="LetThroughBy">The criterion that let most of them through.</param>
public sealed record RejectedSegment(string Kind, string Name, string? Value, Rate Rejected, Rate Rest, double P, double Q, string? MainReason, string? LetThroughBy);
