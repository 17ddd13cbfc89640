using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions;

/// <summary>
/// The agreement between marketing and sales, checked: every name resolved, every operand read by its type, every default filled in
/// (definition language, sections 1 to 5). Made by <see cref="DefinitionReader"/> only.
/// </summary>
public sealed record Definition
{
    public required string Name { get; init; }

    public LocalizedText? IdealCustomer { get; init; }

    /// <summary>The language of the reasons written into the CRM.</summary>
    public required Language Language { get; init; }

    public required TimeSpan ReviewEvery { get; init; }

    public required AttributeSchema Attributes { get; init; }

    /// <summary>Attributes without which a lead is unscorable, in the order of the file.</summary>
    public required IReadOnlyList<string> Requires { get; init; }

    public required Section Profile { get; init; }

    public required Section Behaviour { get; init; }

    public required Section Intent { get; init; }

    public required IReadOnlyList<Exclusion> Exclusions { get; init; }

    public Grades? Grades { get; init; }

    public required MqlRule Mql { get; init; }

    public SqlRule? Sql { get; init; }

    public required SalesRule Sales { get; init; }

    public Targets? Targets { get; init; }

    /// <summary>SHA-256 (64 hex digits, lower case) of all of the content: what is signed (section 8).</summary>
    public required string AgreementFingerprint { get; init; }

    /// <summary>SHA-256 (64 hex digits, lower case) of what decides scores: only another one re-scores anybody (section 8).</summary>
    public required string ScoringFingerprint { get; init; }

    public IEnumerable<Section> Sections => [Profile, Behaviour, Intent];

    public IEnumerable<Criterion> Criteria => Sections.SelectMany(section => section.Criteria);
}

/// <summary>Thresholds fall strictly; a letter or digit left out is null. Below the last letter: D; below the last digit: 4.</summary>
public sealed record Grades(int? A, int? B, int? C, int? One, int? Two, int? Three);

/// <summary>The moment a lead may be handed to sales.</summary>
public sealed record MqlRule(Condition When)
{
    /// <summary>Criteria of which a new activity ends any cool-down.</summary>
    public IReadOnlyList<string> Always { get; init; } = [];

    /// <summary>How many held leads are released a day, highest totals first; null: only by hand.</summary>
    public int? DailyLimit { get; init; }

    /// <summary>Without a verdict for that long since the hand-over, the lead is recycled; null: never.</summary>
    public TimeSpan? ExpiresAfter { get; init; }
}

/// <summary>What sales confirms with an SQL.</summary>
public sealed record SqlRule(LocalizedText? Means, Evidence? Evidence);

/// <summary>Fewer than <paramref name="AtLeast"/> of these attributes known: counted, and marked 'evidence missing'.</summary>
public sealed record Evidence(IReadOnlyList<string> Of, int AtLeast);
