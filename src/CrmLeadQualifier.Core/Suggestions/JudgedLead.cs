using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>A lead of which it is known what became of it, with what was known of it just before.</summary>
/// <param name="Id">Unique among the leads.</param>
/// <param name="Facts">Under the definition's schema.</param>
/// <param name="At">As of when its facts count: the verdict, or the creation of the deal that was won or lost. What came later is what sales did with it.</param>
/// <param name="IsGood">Accepted or qualified, or won; else rejected, or lost.</param>
public sealed record JudgedLead(string Id, LeadFacts Facts, Instant At, bool IsGood)
{
    /// <summary>The attribute <c>source</c> as the CRM writes it; null: none.</summary>
    public string? Source { get; init; }

    /// <summary>Why sales rejected it, as sales chose it; null: no reason, or not rejected.</summary>
    public string? Reason { get; init; }
}

/// <summary>What tells a good lead from a bad one.</summary>
public enum SuggestionOutcome
{
    /// <summary>Accepted or qualified, against rejected.</summary>
    Verdict,

    /// <summary>On a deal that was won, against lost.</summary>
    Won,
}
