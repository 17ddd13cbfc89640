using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>
/// The clock of one hand-over as it was known at <see cref="SeenAt"/>; never updated. Of the rows of one lead and one <paramref name="MqlAt"/> the one added last stands, of those seen by an
/// instant the last of them.
/// </summary>
/// <param name="MqlAt">The instant of the transition to <c>mql</c> that it began with.</param>
public sealed record HandOverRow(long LeadId, Instant MqlAt)
{
    /// <summary>Null: it waits for a record or an owner, or for its first write.</summary>
    public Instant? HandedOverAt { get; init; }

    public Instant? DueAt { get; init; }

    public ContactMade? FirstContact { get; init; }

    /// <summary>The CRM's id of the hand-over record's owner.</summary>
    public string? OwnerId { get; init; }

    /// <summary>How often the owner was seen to be another one since the hand-over.</summary>
    public int OwnerChanges { get; init; }

    public Instant SeenAt { get; init; }

    /// <summary>What a lead's state says of its present hand-over; null: it has none.</summary>
    public static HandOverRow? Of(long leadId, LeadState state, Instant seenAt) => state is { HandOver: > 0, MqlAt: { } mqlAt }
        ? new HandOverRow(leadId, mqlAt)
        {
            HandedOverAt = state.HandedOverAt,
            DueAt = state.AnswerDueAt,
            FirstContact = state.FirstContact,
            OwnerId = state.Owner,
            OwnerChanges = state.OwnerChanges,
            SeenAt = seenAt,
        }
        : null;
}

public enum NoticeState
{
    /// <summary>To be sent.</summary>
    Due,

    /// <summary>Committed before it leaves; who meets it later does not know whether it left.</summary>
    Sending,
    Sent,

    /// <summary>Nobody needs it any more, or the receiver refused it for good.</summary>
    Dropped,
}

/// <summary>That an answer is overdue, for one receiver: once for each hand-over.</summary>
/// <param name="RecordId">The hand-over record, by its ledger id.</param>
/// <param name="Channel"><c>task</c>, <c>slack</c> or <c>teams</c>.</param>
public sealed record OverdueNoticeRow(long RecordId, Instant MqlAt, string Channel, long ConnectionId, NoticeState State, Instant ChangedAt)
{
    public string? Reason { get; init; }
}

public interface IHandOverRows
{
    Task AddAsync(IReadOnlyList<HandOverRow> rows);

    /// <summary>By lead, every row in the order in which they were added.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<HandOverRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Adds notices that are not there yet; one that is stays as it is.</summary>
    Task AddNoticesAsync(IReadOnlyList<OverdueNoticeRow> rows);

    /// <summary>Notices of a connection that are <see cref="NoticeState.Due"/> or <see cref="NoticeState.Sending"/>, in the order of their keys.</summary>
    Task<IReadOnlyList<OverdueNoticeRow>> OpenNoticesAsync(long connectionId, int limit);

    /// <summary>Replaces one that is there.</summary>
    Task SaveNoticeAsync(OverdueNoticeRow row);
}
