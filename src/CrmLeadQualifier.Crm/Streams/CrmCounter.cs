using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>A number on a record that grows with activities: all that is left of them where the plan or the scopes do not give the stream itself.</summary>
/// <param name="Name">Stable, kept with the record: <c>page_views</c>, <c>email_opens</c> …</param>
/// <param name="Stream">The stream (<see cref="StreamFallback.Stream"/>) that it stands for.</param>
/// <param name="Kind">What each one counted is; of <see cref="StreamFallback.Kinds"/>.</param>
/// <param name="Value">How many there were.</param>
public sealed record CrmCounter(string Name, string Stream, string Kind, long Value)
{
    /// <summary>When the newest one happened; null: the CRM does not tell.</summary>
    public Instant? LastAt { get; init; }

    /// <summary>What the newest one is, where its details say more than <see cref="Kind"/>.</summary>
    public string? LastKind { get; init; }

    /// <summary>The newest one's details.</summary>
    public IReadOnlyDictionary<string, string> LastAttributes { get; init; } = new Dictionary<string, string>();

    /// <summary><see cref="Value"/> is the time of the newest one, in UTC milliseconds: however much it grew, one more is known.</summary>
    public bool IsDate { get; init; }
}

/// <summary>Counters on records that stand for a stream while the CRM refuses it. The stream and its counters hold disjoint spans of time.</summary>
/// <param name="Stream">The stream whose refusal begins a span; another stream that brings the same activities names it too.</param>
/// <param name="Kinds">Of the stream's kinds those that counters give: its rows of them are left out where they fall into a span.</param>
/// <param name="Sure">
/// Those of the kinds of which a counter never misses that there was one: who asks for one of them, whatever its details, is answered as by the stream. The others are known as what the newest one
/// turned out to be, or from a counter that has no date, whose first reading says nothing.
/// </param>
public sealed record StreamFallback(string Stream, IReadOnlyList<string> Kinds, IReadOnlyList<string> Sure);
