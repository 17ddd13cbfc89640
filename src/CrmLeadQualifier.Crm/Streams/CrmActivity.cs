using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>Something the person did, or a user did towards the person.</summary>
/// <param name="Id">Unique within the connection, whatever the stream: <c>call:123</c>.</param>
/// <param name="Kind">A name of <see cref="Core.Facts.ActivityKind"/>.</param>
/// <param name="At">When it happened in the CRM's words, never when it was read.</param>
/// <param name="Attributes">The kind's attributes as the CRM writes them; unknown ones are left out.</param>
public sealed record CrmActivity(string Id, string Kind, Instant At, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The id of the row it came from, as change pages name it, and its stamp; null where the stream has no modification times.</summary>
    public string? RowId { get; init; }

    public Instant? Stamp { get; init; }

    /// <summary>The person records it belongs to. Empty: it joins by <see cref="Email"/>.</summary>
    public IReadOnlyList<string> RecordIds { get; init; } = [];

    /// <summary>The relation that ties the activity to its record, where that comes and goes by itself beside the activity's own rows; null: the activity's row itself names its records.</summary>
    public string? RelationId { get; init; }

    /// <summary>The address that a submission or an e-mail event carries.</summary>
    public string? Email { get; init; }

    /// <summary>The user behind it, where a user was; never an integration.</summary>
    public string? UserId { get; init; }

    public bool IsApproximate { get; init; }

    /// <summary>Known by its day only.</summary>
    public bool IsDayOnly { get; init; }

    /// <summary>What it is a copy of, where something copied it from another CRM: never counted.</summary>
    public string? CopyOf { get; init; }

    /// <summary>It no longer counts: cancelled, not completed any more, deleted.</summary>
    public bool IsWithdrawn { get; init; }
}

public enum DealState
{
    Open,
    Won,
    Lost,
}

/// <summary>A deal or opportunity and the people on it.</summary>
/// <param name="ClosedAt">When it was won or lost; null while open.</param>
/// <param name="Amount">In the account's home currency; null: not given.</param>
public sealed record CrmDeal(string Id, Instant Stamp, Instant CreatedAt, DealState State, Instant? ClosedAt, decimal? Amount)
{
    public IReadOnlyList<string> RecordIds { get; init; } = [];

    /// <summary>The opportunity of the other CRM that it mirrors, <c>salesforce:006…</c>; null: it is a deal of its own.</summary>
    public string? CopyOf { get; init; }
}
