using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions;

/// <summary>One of the three sections that score: its cap and its criteria, in the order of the file. A section left out has no criteria and scores 0.</summary>
/// <param name="Name"><c>profile</c>, <c>behaviour</c> or <c>intent</c>.</param>
/// <param name="Cap">The section score is held between 0 and this; 0 to 1000.</param>
public sealed record Section(string Name, int Cap, IReadOnlyList<Criterion> Criteria)
{
    /// <summary>What an activity criterion without a decay of its own takes; null: none.</summary>
    public Decay? Decay { get; init; }
}

/// <summary>A criterion of a section.</summary>
/// <param name="Id"><c>[a-z][a-z0-9_]*</c>, unique in the file.</param>
public abstract record Criterion(string Id, LocalizedText Label);

/// <summary>
/// A criterion on what the lead is: the points of the first tier that holds, or 0. <c>if</c> + <c>points</c> reads as a single tier.
/// </summary>
public sealed record AttributeCriterion(string Id, LocalizedText Label, IReadOnlyList<Tier> Tiers) : Criterion(Id, Label);

/// <param name="Points">-1000 to 1000.</param>
public sealed record Tier(Condition If, int Points);

/// <summary>A criterion on what the lead did (definition language, section 4, steps 1 to 6).</summary>
public sealed record ActivityCriterion(string Id, LocalizedText Label, IReadOnlyList<ActivityKind> On, int Points) : Criterion(Id, Label)
{
    public Condition? Where { get; init; }

    public Condition? If { get; init; }

    /// <summary>Same sign as the points; null: unbounded.</summary>
    public int? AtMost { get; init; }

    public TimeSpan? Within { get; init; }

    /// <summary>1 to 1000.</summary>
    public int Needs { get; init; } = 1;

    public string? DistinctBy { get; init; }

    /// <summary>The criterion's own decay, else its section's; null: none.</summary>
    public Decay? Decay { get; init; }
}

/// <param name="LosePercent">0 to 100: what each period takes from the weight.</param>
/// <param name="Every">The period's length.</param>
public sealed record Decay(int LosePercent, TimeSpan Every);

/// <summary>Out of target, however engaged: <see cref="Matching"/> holds and <see cref="Unless"/>, if any, does not.</summary>
public sealed record Exclusion(string Id, LocalizedText Label, ExclusionMatch Matching, ExclusionMatch? Unless);

/// <summary>A condition on the lead, at least one matching activity, or both: then both must hold.</summary>
public sealed record ExclusionMatch
{
    public Condition? If { get; init; }

    /// <summary>Empty: no activity is asked for.</summary>
    public IReadOnlyList<ActivityKind> On { get; init; } = [];

    public Condition? Where { get; init; }

    public TimeSpan? Within { get; init; }
}
