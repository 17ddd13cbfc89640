using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

public enum JobState
{
    Running,

    Done,

    /// <summary>It ended and says what went wrong; it is tried again, later each time.</summary>
    Failed,

    /// <summary>Its worker was told to stop; it goes on with the next turn.</summary>
    Stopped,

    /// <summary>It is not started any more until an admin says so.</summary>
    Parked,
}

/// <summary>A job that a worker takes turns at, as its last turn stands. What it did is in the runs.</summary>
/// <param name="Name"><c>sync:hub</c>, <c>score:due</c>, <c>watch</c>.</param>
public sealed record JobRow(string Name)
{
    /// <summary>Rises with every turn: who writes for an older one lost it.</summary>
    public long Turn { get; init; }

    public JobState State { get; init; } = JobState.Done;

    /// <summary>The process at work, as <see cref="JobOwner"/> writes it.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Turns begun since one last came to an end, this one included: a job that kills its worker never ends.</summary>
    public int Attempts { get; init; }

    /// <summary>Turns that failed since one last succeeded.</summary>
    public int Failures { get; init; }

    public Instant StartedAt { get; init; }

    /// <summary>When the owner last said that it lives, in real time.</summary>
    public Instant HeartbeatAt { get; init; }

    public Instant? EndedAt { get; init; }

    public Instant? SucceededAt { get; init; }

    /// <summary>No turn before this instant: the last ones failed.</summary>
    public Instant? NotBefore { get; init; }

    /// <summary>What the last turn came to, or why it is parked.</summary>
    public string? Message { get; init; }

    public JobProgress? Progress { get; init; }

    /// <summary>The last turn failed because the CRM refused us: only an admin can help.</summary>
    public bool IsRefused { get; init; }

    /// <summary>While it runs: a first read may end in it, and until it has scored what that brought, nobody else may.</summary>
    public bool BringsHistory { get; init; }
}

/// <param name="Since">When the stage began.</param>
/// <param name="Total">Null where it is not known.</param>
public sealed record JobProgress(string Stage, Instant Since, long Done, long? Total);

public interface IJobRows
{
    /// <summary>In the order of names.</summary>
    Task<IReadOnlyList<JobRow>> ListAsync();

    /// <summary>The job, new where it was never seen, for this transaction alone: whoever else locks it waits until this one is over. Only in a writing transaction.</summary>
    Task<JobRow> LockAsync(string name);

    /// <summary>Replaces the row of a job that this transaction locked.</summary>
    Task SaveAsync(JobRow row);

    /// <summary>Forgets a job that is no more.</summary>
    Task DeleteAsync(string name);
}
