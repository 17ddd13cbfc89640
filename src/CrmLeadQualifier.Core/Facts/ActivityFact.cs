using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// An activity as the scorer sees it: its attributes in the places that <see cref="ActivityKind.Attributes"/> gives them, texts folded, unknown ones null.
/// Copies (<c>copy_of</c>) never become one: they are not counted.
/// </summary>
/// <remarks>Packed into 32 bytes: scoring is bound by how much of a lead's activities the processor has to fetch.</remarks>
public readonly record struct ActivityFact
{
    private const int KindBits = 5;

    /// <summary>The instant (49 bits are enough for the years 1 to 9999), the kind's index, and whether it is approximate.</summary>
    private readonly long _head;

    /// <summary>The third text, or <c>duration_seconds</c>: no kind has both.</summary>
    private readonly object? _third;

    public ActivityFact(ActivityKind kind, Instant at, bool approximate = false) =>
        _head = at.UnixMilliseconds << (KindBits + 1) | (long)kind.Index << 1 | (approximate ? 1L : 0);

    /// <summary>Says what the other does, at another instant.</summary>
    public ActivityFact(in ActivityFact said, Instant at, bool approximate)
    {
        this = said;
        _head = at.UnixMilliseconds << (KindBits + 1) | (long)said.KindIndex << 1 | (approximate ? 1L : 0);
    }

    public ActivityKind Kind => ActivityKind.All[KindIndex];

    public Instant At => new(_head >> (KindBits + 1));

    public bool Approximate => (_head & 1) != 0;

    public string? Text0 { get; init; }

    public string? Text1 { get; init; }

    public string? Text2
    {
        get => _third as string;
        init => _third = value;
    }

    /// <summary><c>duration_seconds</c>, where known; else NaN.</summary>
    public double DurationSeconds
    {
        get => _third is double seconds ? seconds : double.NaN;
        init => _third = double.IsNaN(value) ? null : value;
    }

    /// <summary>The kind's <see cref="ActivityKind.Index"/>.</summary>
    internal int KindIndex => (int)(_head >> 1) & ((1 << KindBits) - 1);
}
