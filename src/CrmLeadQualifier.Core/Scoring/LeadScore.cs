using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What a lead's status is under a definition as of an instant (definition language, section 5).</summary>
public enum LeadStatus
{
    Unscorable,
    Excluded,
    Qualified,
    NotYet,
}

/// <summary>
/// The result of scoring one lead as of one instant, with its explanation: the criteria's values plus the adjustments equal the section scores, always.
/// When <see cref="Status"/> is <see cref="LeadStatus.Unscorable"/> there are no scores: they are 0 here and published as null.
/// </summary>
public sealed record LeadScore
{
    public required LeadStatus Status { get; init; }

    public int Profile { get; init; }

    public int Behaviour { get; init; }

    public int Intent { get; init; }

    public int Total => Profile + Behaviour + Intent;

    /// <summary>Letter and digit, such as <c>A1</c>; null without grades.</summary>
    public string? Grade { get; init; }

    /// <summary>The criteria whose value is not zero: profile, behaviour, intent, each in the file's order.</summary>
    public IReadOnlyList<CriterionValue> Criteria { get; init; } = [];

    /// <summary>Section score minus the sum of its values, where not zero, by section name in the order profile, behaviour, intent.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Adjustments { get; init; } = [];

    /// <summary>Ids of the exclusions that match, in the file's order.</summary>
    public IReadOnlyList<string> ExcludedBy { get; init; } = [];

    /// <summary>Attributes of <c>requires</c> that are unknown, in that order.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The first instant after the scored one at which scoring the same facts gives another result; null: never.</summary>
    public Instant? NextChangeAt { get; init; }
}

/// <param name="Id">The criterion's id.</param>
/// <param name="Value">Never 0 in a result.</param>
public readonly record struct CriterionValue(string Id, long Value);
