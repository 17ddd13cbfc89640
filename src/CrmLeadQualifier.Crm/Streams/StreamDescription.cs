namespace CrmLeadQualifier.Crm.Streams;

/// <summary>What a stream's rows are.</summary>
public enum StreamContentKind
{
    Records,
    Companies,
    Activities,
    Deals,
    Owners,
}

/// <summary>How a stream tells what changed.</summary>
public enum ChangeTracking
{
    /// <summary>By modification time, indexed late: read with a fast and a slow cursor.</summary>
    ModifiedSince,

    /// <summary>By the time at which something happened; facts may arrive late: read again from the slow cursor.</summary>
    HappenedSince,

    /// <summary>Not at all: read whole each time it is due.</summary>
    FullRead,
}

/// <param name="Name">Stable, kept in cursors: <c>contacts</c>, <c>companies</c>, <c>page_views</c> …</param>
/// <param name="Cadence">How often it is read; zero: every cycle.</param>
public sealed record StreamDescription(string Name, StreamContentKind Content, ChangeTracking Tracking, TimeSpan Cadence)
{
    /// <summary>Of a stream of activities: the kinds that come by it.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>What stands for it while the CRM refuses it; null: nothing.</summary>
    public StreamFallback? Fallback { get; init; }

    /// <summary>What its windows ask for depends on the records that were read before them.</summary>
    public bool FollowsRecords { get; init; }
}
