using NodaTime;

namespace CrmLeadQualifier.Core.Definitions;

/// <summary>What sales promised: how soon, in which hours, and what each answer leads to.</summary>
public sealed record SalesRule
{
    /// <summary>In business hours.</summary>
    public required TimeSpan FirstContactWithin { get; init; }

    public required BusinessHours BusinessHours { get; init; }

    /// <summary>True: <c>accepted</c> gives SAL and <c>qualified</c> gives SQL; false: <c>accepted</c> gives SQL.</summary>
    public required bool TwoStep { get; init; }

    /// <summary>How long a recycled lead rests, by cause (<c>expired</c>, <c>deal_lost</c>); 90 days for every cause not named, a rejection without reason included.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> CoolDown { get; init; }

    public required IReadOnlyList<RejectionReason> RejectionReasons { get; init; }

    public TimeSpan CoolDownFor(string cause) => CoolDown.TryGetValue(cause, out var span) ? span : TimeSpan.FromDays(90);
}

/// <summary>When sales works, in its own time zone.</summary>
public sealed record BusinessHours(DateTimeZone Zone, IReadOnlySet<IsoDayOfWeek> Days, LocalTime From, LocalTime To, IReadOnlySet<LocalDate> Holidays);

/// <summary>Why sales turned a lead down and what follows.</summary>
/// <param name="After">With <see cref="AfterRejection.Recycle"/>: the cool-down; null where the file gives none.</param>
public sealed record RejectionReason(string Id, LocalizedText Label, AfterRejection Then, TimeSpan? After);

public enum AfterRejection
{
    Recycle,
    Disqualify,
}

/// <summary>What the teams promise each other, read against every report; percentages are fractions from 0 to 1.</summary>
public sealed record Targets(NumberRange? MqlPerWeek, double? MqlToSqlAtLeast, double? SlaMetAtLeast, double? ReasonsGivenAtLeast);

public sealed record NumberRange(double? AtLeast, double? AtMost);
