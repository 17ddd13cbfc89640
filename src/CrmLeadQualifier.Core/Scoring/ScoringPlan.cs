using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>A definition compiled once into what scoring needs; immutable, shared by threads.</summary>
public sealed class ScoringPlan
{
    public static ScoringPlan Compile(Definition definition) => throw new InvalidOperationException("Being written.");

    /// <summary>Scores one lead as of an instant.</summary>
    /// <param name="facts">Facts under the definition's schema.</param>
    public LeadScore Score(LeadFacts facts, Instant at) => throw new InvalidOperationException("Being written.");
}
