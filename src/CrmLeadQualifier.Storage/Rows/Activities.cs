using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>An activity of one record. One activity of several records is a row for each.</summary>
/// <param name="ExternalId">Unique within the connection and record: the activity's id; where a relation of its own ties the record to it, <c>#</c> and the relation's id follow.</param>
/// <param name="RecordId">The CRM's id of the person record; empty while it waits for one by <see cref="Email"/>.</param>
public sealed record ActivityRow(long ConnectionId, string ExternalId, string RecordId, string Kind, Instant At)
{
    /// <summary>What stands between an activity's id and a relation's.</summary>
    public const char Relation = '#';

    /// <summary>The id of an activity's row in the ledger.</summary>
    public static string IdOf(string activityId, string? relationId) => relationId is null ? activityId : $"{activityId}{Relation}{relationId}";

    /// <summary>What it is told apart by from other activities of the connection: rows of one lead with the same are one activity, which counts once.</summary>
    public string ActivityId => ExternalId.IndexOf(Relation) is >= 0 and var end ? ExternalId[..end] : ExternalId;

    /// <summary>0: no linked record holds it yet.</summary>
    public long LeadId { get; init; }

    /// <summary>The kind's attributes, texts folded.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>The address it came with, normal form; null where it came with a record.</summary>
    public string? Email { get; init; }

    public string? UserId { get; init; }

    public bool IsApproximate { get; init; }

    public bool IsDayOnly { get; init; }

    public string? CopyOf { get; init; }

    public bool IsWithdrawn { get; init; }

    public Instant SeenAt { get; init; }
}

/// <summary>Rows of activities as they were just read, which name all records of theirs.</summary>
public sealed class ReadActivities(IReadOnlyCollection<ActivityRow> rows)
{
    private readonly HashSet<string> _ids = [.. rows.Select(row => row.ExternalId)];
    private readonly HashSet<(string, string)> _tied = [.. rows.Select(row => (row.ExternalId, row.RecordId))];
    private readonly HashSet<string> _over = [.. rows.Where(row => row.IsWithdrawn && row.ActivityId == row.ExternalId).Select(row => row.ExternalId)];

    public IReadOnlyList<string> RecordIds { get; } = [.. rows.Select(row => row.RecordId).Where(record => record.Length > 0).Distinct()];

    /// <summary>Whether they say that a row which the same lead has is no more: it lies under another record, or its activity is withdrawn as a whole.</summary>
    public bool Supersede(ActivityRow row) => (_ids.Contains(row.ExternalId) && !_tied.Contains((row.ExternalId, row.RecordId))) || _over.Contains(row.ActivityId);
}

public interface IActivityRows
{
    /// <summary>
    /// Inserts or replaces, by (connection, external id, record); finds the lead by the record, else by an e-mail address that exactly one lead's records of the connection hold.
    /// Marks due the leads whose facts changed; a row that says what is there already changes nothing. Answers how many rows were new or changed.
    /// </summary>
    Task<int> SaveAsync(IReadOnlyList<ActivityRow> rows);

    /// <summary>
    /// Withdraws the rows of these activities that belong to other records than those named, and marks their leads due: an association was removed. Answers how many.
    /// It walks all activities, which is for the night.
    /// </summary>
    Task<int> KeepOnlyAsync(long connectionId, IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<string>>> recordsByActivity);

    /// <summary>
    /// Withdraws what the leads of these rows' records have of the same activities and what the rows supersede, and marks the leads due: a conversion or a merge moved an activity from one
    /// record of a person to another. Looks at those leads only. Answers how many.
    /// </summary>
    Task<int> SupersedeAsync(long connectionId, ReadActivities read);

    /// <summary>Withdraws the rows of a connection that these relations tie to their records, and marks their leads due. It walks all activities, which is for the night. Answers how many.</summary>
    Task<int> EndRelationsAsync(long connectionId, IReadOnlyCollection<string> relationIds);

    /// <summary>Withdraws the rows of a connection whose id begins so and that happened before an instant, and marks their leads due. It walks all activities. Answers how many.</summary>
    Task<int> WithdrawAsync(long connectionId, string idPrefix, Instant before);

    /// <summary>Of each lead all that is not withdrawn, grouped by lead, latest first.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<ActivityRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Gives the activities of these records, and those waiting for their addresses, to the records' present leads.</summary>
    Task FollowRecordsAsync(IReadOnlyCollection<long> recordIds);
}
