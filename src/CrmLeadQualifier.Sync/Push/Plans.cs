using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Carries out a plan that a dry run printed: reads again and sends the rows whose value is still the plan's <c>from</c>.</summary>
public sealed class ApplyPlan(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>Answers what was written; rows that moved or an expired plan are among the failures.</summary>
    public Task<RunReport> RunAsync(WritePlan plan, CancellationToken cancellation)
        => throw new InvalidOperationException($"Being written. {ledger} {openCrm} {clock}");
}

/// <summary>Takes a run's writes back, where they have not changed since.</summary>
public sealed class UndoRun(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>What cannot be put back (lifecycle moves), what would be restored; reads only.</summary>
    public Task<UndoPreview> PreviewAsync(string run, CancellationToken cancellation)
        => throw new InvalidOperationException($"Being written. {ledger} {openCrm} {clock}");

    /// <summary>Pauses pushing on the run's connections and restores.</summary>
    public Task<RunReport> RunAsync(string run, CancellationToken cancellation)
        => throw new InvalidOperationException($"Being written. {ledger} {openCrm} {clock}");
}

public sealed record UndoPreview(string Run, IReadOnlyList<PlannedWrite> Restored, IReadOnlyList<PlannedWrite> CannotBeRestored);
