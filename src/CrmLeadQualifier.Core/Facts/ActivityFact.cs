using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// An activity as the scorer sees it: its attributes in the places that <see cref="ActivityKind.Attributes"/> gives them, texts folded, unknown ones null.
/// Copies (<c>copy_of</c>) never become one: they are not counted.
/// </summary>
public readonly record struct ActivityFact(ActivityKind Kind, Instant At, bool Approximate = false)
{
    public string? Text0 { get; init; }

    public string? Text1 { get; init; }

    public string? Text2 { get; init; }

    /// <summary><c>duration_seconds</c>, where known; else NaN.</summary>
    public double DurationSeconds { get; init; } = double.NaN;
}
