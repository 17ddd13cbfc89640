using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

public enum WriteState
{
    /// <summary>Committed before the batch left; the answer is not known yet.</summary>
    Sent,
    Confirmed,
    Failed,

    /// <summary>No answer came: settled by reading the record.</summary>
    Unknown,
}

/// <summary>A field written on a record; kept 400 days.</summary>
/// <param name="Id">The ledger's; 0: not yet saved.</param>
/// <param name="Field">A field's name, or <c>lifecycle</c>.</param>
/// <param name="Before">What was known there; empty: nothing.</param>
public sealed record WriteRow(long Id, string Run, long ConnectionId, long RecordId, string Field, string Before, string Value, WriteState State, Instant SentAt)
{
    /// <summary>The CRM's words for a failure.</summary>
    public string? Reason { get; init; }
}

public sealed record QuarantineRow(long Id, long ConnectionId, string Stream, string ExternalId, string Reason, Instant At);

/// <summary>A write with the names of what it was on, also where the connection is no more.</summary>
public sealed record AuditedWrite(WriteRow Write, string Connection, string Object, string ExternalId);

/// <summary>A job by which a CRM writes very many records by itself.</summary>
/// <param name="Job">The CRM's id.</param>
/// <param name="FirstWrite">Its writes are those of the connection from this id to <paramref name="LastWrite"/>.</param>
public sealed record WriteJobRow(long ConnectionId, string Job, string Object, Instant CreatedAt, long FirstWrite, long LastWrite)
{
    /// <summary>How many records the CRM worked off, failed ones among them; null: the job is not settled yet.</summary>
    public int? Records { get; init; }

    /// <summary>How long the CRM worked at them.</summary>
    public TimeSpan? Taken { get; init; }
}

public interface IWriteRows
{
    /// <summary>Answers the ids in the order of the rows.</summary>
    Task<IReadOnlyList<long>> AddAsync(IReadOnlyList<WriteRow> rows);

    Task SetStateAsync(IReadOnlyCollection<long> ids, WriteState state, string? reason);

    /// <summary>Writes of a connection that are <c>sent</c> or <c>unknown</c>: whoever has the lease settles them first.</summary>
    Task<IReadOnlyList<WriteRow>> OpenAsync(long connectionId);

    /// <summary>Those of <see cref="OpenAsync"/> on these records that belong to a job.</summary>
    Task<IReadOnlyList<WriteRow>> OpenOfJobAsync(WriteJobRow job, IReadOnlyCollection<long> recordIds);

    /// <summary>All of a job's writes that are <c>sent</c> or <c>unknown</c> never left, or were never looked at: they failed, and what still differs is sent again.</summary>
    Task FailOpenOfJobAsync(WriteJobRow job, string reason);

    /// <summary>Inserts, or replaces the one of that connection and id.</summary>
    Task SaveJobAsync(WriteJobRow row);

    /// <summary>Jobs of a connection that are not settled, oldest first.</summary>
    Task<IReadOnlyList<WriteJobRow>> OpenJobsAsync(long connectionId);

    /// <summary>The newest settled job of an object that worked off any record; null: there was none.</summary>
    Task<WriteJobRow?> LastJobAsync(long connectionId, string personObject);

    Task<IReadOnlyList<WriteRow>> OfRunAsync(string run);

    /// <summary>What left between two instants, the first included, for the audit: by instant, then in the order in which it left; those after a place given, at most so many.</summary>
    /// <param name="externalId">Of one record of that id; null: of all.</param>
    Task<IReadOnlyList<AuditedWrite>> BetweenAsync(Instant from, Instant to, string? externalId, (Instant At, long Id) after, int limit);

    /// <summary>All writes on these records since an instant, oldest first: what is ours, what loops.</summary>
    Task<IReadOnlyList<WriteRow>> OfRecordsAsync(IReadOnlyCollection<long> recordIds, Instant since);

    /// <summary>One row for each (connection, stream, external id): a second reason replaces the first.</summary>
    Task QuarantineAsync(IReadOnlyList<QuarantineRow> rows);

    Task<IReadOnlyList<QuarantineRow>> QuarantinedAsync(long? connectionId);

    /// <summary>Notes that these records were parked because something else writes them; of one that was parked before, the last time.</summary>
    Task NoteParkedAsync(long connectionId, IReadOnlyCollection<long> recordIds, Instant at);

    /// <summary>How many records of a connection were parked so after an instant.</summary>
    Task<int> CountParkedAsync(long connectionId, Instant after);

    /// <summary>An admin looked at what was parked: it counts no longer.</summary>
    Task ForgetParkedAsync(long connectionId);

    Task LiftQuarantineAsync(IReadOnlyCollection<long> ids);

    /// <summary>Forgets the oldest writes that were answered, and left before that instant; at most so many at once.</summary>
    /// <returns>How many were forgotten.</returns>
    Task<int> PruneAsync(Instant before, int limit);
}
