using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Crm;

/// <summary>
/// Writing very many records by jobs that the CRM works off by itself. A job is created, stored by the caller, sent its records, waited for, and its results are read, as often as it takes: whoever
/// comes after a killed process goes on with its id.
/// </summary>
public interface IWriteJobs
{
    /// <summary>So many records of one object are worth a job; fewer are written in batches.</summary>
    int WorthFrom { get; }

    /// <summary>How many records the next job of an object takes, by how fast the CRM was.</summary>
    /// <param name="last">Of the last job; null: there was none, and what batches took is what is known.</param>
    /// <returns>0: nothing is known yet; a batch tells.</returns>
    int MostRecords(string personObject, WriteJobPace? last);

    /// <summary>A new job's id. Nothing of it is worked off before <see cref="SendAsync"/> is done.</summary>
    Task<string> CreateAsync(string personObject, CancellationToken cancellation);

    /// <summary>
    /// Sends a job its records and lets the CRM begin. The parts are asked for one after the other, until there are none or the job is full; each record at most once.
    /// </summary>
    /// <returns>False: the CRM has nothing of it and never will; the job is given up.</returns>
    /// <exception cref="Errors.UnknownOutcomeException">It is not known whether the CRM began: <see cref="WaitAsync"/> tells.</exception>
    Task<bool> SendAsync(string personObject, string job, IAsyncEnumerable<IReadOnlyList<RecordWrite>> parts, CancellationToken cancellation);

    /// <summary>The state of a job, as soon as it is not <see cref="WriteJobPhase.AtWork"/> any more or that much time has passed. One that was never begun is given up by this.</summary>
    Task<WriteJobStatus> WaitAsync(string job, TimeSpan atMost, CancellationToken cancellation);

    /// <summary>
    /// What became of the records of a job that is <see cref="WriteJobPhase.Over"/>, in parts and in any order. Those that it does not name were not written.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<WriteResult>> ReadResultsAsync(string personObject, string job, CancellationToken cancellation);
}

/// <param name="Records">Worked off, failed ones among them.</param>
/// <param name="Taken">By the CRM's own account.</param>
public readonly record struct WriteJobPace(int Records, TimeSpan Taken)
{
    public double SecondsPerThousand => Records == 0 ? 0 : Taken.TotalSeconds * 1000 / Records;
}

public enum WriteJobPhase
{
    /// <summary>Its records never came, or not all of them: nothing was written, and nothing will be.</summary>
    NeverBegun,

    AtWork,

    /// <summary>Done, broken off or failed: the results tell of each record.</summary>
    Over,

    /// <summary>The CRM does not know it any more: only the records tell.</summary>
    Forgotten,
}

/// <param name="Error">Why the CRM broke it off, in its words without values; null: it did not.</param>
public sealed record WriteJobStatus(WriteJobPhase Phase, WriteJobPace Pace = default, string? Error = null);
