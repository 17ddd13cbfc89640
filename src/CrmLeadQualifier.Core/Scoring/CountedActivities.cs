using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>The latest activities that criteria count as of an instant: what the stage machine compares with a recycling, and what dates a reason.</summary>
/// <param name="LatestScoring">The latest one counted by a criterion with positive points; null without one.</param>
/// <param name="ByCriterion">
/// By criterion id, the latest activity that it counts: in M of the definition language, section 4, with its <c>if</c> holding and its <c>needs</c> reached. A criterion that counts
/// none is not in it.
/// </param>
public sealed record CountedActivities(Instant? LatestScoring, IReadOnlyDictionary<string, Instant> ByCriterion);
