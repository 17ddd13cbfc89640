using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>Opens the client of a connection, with the secrets that the ledger keeps encrypted. The attributes are those that the agreement reads.</summary>
public delegate ICrm OpenCrm(ConnectionRow connection, AgreementInForce? agreement);

/// <summary>What one run is asked for.</summary>
public sealed record SyncRequest
{
    /// <summary>One connection by name; null: all of them.</summary>
    public string? Connection { get; init; }

    /// <summary>Answers the breaker.</summary>
    public bool Yes { get; init; }

    /// <summary>Everything is read and decided; nothing is written to a CRM. The report carries the plan.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Where a run stands, for a progress bar.</summary>
/// <param name="Connection">Null while scoring.</param>
/// <param name="Stage"><c>pull contacts</c>, <c>link</c>, <c>score</c>, <c>push</c> …</param>
/// <param name="Total">Null where it is not known.</param>
public readonly record struct RunProgress(string? Connection, string Stage, long Done, long? Total);

/// <summary>One run of the loop: pull, link, score, decide, push.</summary>
public sealed class SyncRun(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    public Task<RunReport> RunAsync(SyncRequest request, IProgress<RunProgress>? progress, CancellationToken cancellation)
        => throw new InvalidOperationException($"Being written. {ledger} {openCrm} {clock}");
}
