using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// A look round every few minutes: the schedules stand, a night that was missed is made up for, no run is said to be under way whose process is gone, and what needs a person is raised.
/// </summary>
internal sealed class Watch(ILedger ledger, Schedules schedules, Alerts alerts, TimeProvider clock)
{
    private const int RunsLookedAt = 100;

    private const string OwnerOfLeases = "watch";

    public async Task<TurnResult> LookAsync(CancellationToken cancellation)
    {
        var names = await schedules.AssertAsync(cancellation);
        var nights = await schedules.MakeUpForNightsAsync(Instant.Now(clock), cancellation);
        var ended = await EndDeadRunsAsync(cancellation);
        var raised = await alerts.LookAsync(cancellation);
        return TurnResult.Of($"{names.Count} schedules stand" + (nights == 0 ? "" : $", {nights} night(s) made up for")
            + (ended == 0 ? "" : $", {ended} run(s) marked as stopped whose process had ended") + (raised == 0 ? "" : $", {raised} alert(s) stand"));
    }

    /// <summary>
    /// Whoever holds the leases of all connections while no turn is under way knows that no run is at work: one whose row still says so had its process killed.
    /// </summary>
    private async Task<int> EndDeadRunsAsync(CancellationToken cancellation)
    {
        IReadOnlyList<ConnectionRow> connections;
        List<string> running;
        await using (var transaction = await ledger.BeginReadAsync(cancellation))
        {
            running = [.. (await transaction.Runs.ListAsync(RunsLookedAt)).Where(run => run.State == "running").Select(run => run.Id)];
            if (running.Count == 0 || await IsAnyAtWorkAsync(transaction))
            {
                return 0;
            }

            connections = await transaction.Connections.ListAsync();
        }

        var leases = new List<Lease>();
        try
        {
            foreach (var connection in connections)
            {
                if (await ledger.TakeLeaseAsync(connection.Id, OwnerOfLeases, cancellation) is not { } lease)
                {
                    return 0;
                }

                leases.Add(lease);
            }

            await using var transaction = await ledger.BeginAsync(null, cancellation);
            if (await IsAnyAtWorkAsync(transaction))
            {
                return 0;
            }

            foreach (var run in running)
            {
                await transaction.Runs.EndAsync(run, "stopped", null, "its process ended without a word; nothing is lost by that");
            }

            await transaction.CommitAsync(cancellation);
            return running.Count;
        }
        finally
        {
            foreach (var lease in leases)
            {
                await ledger.ReleaseLeaseAsync(lease, CancellationToken.None);
            }
        }
    }

    private async Task<bool> IsAnyAtWorkAsync(ILedgerTransaction transaction)
    {
        var now = Instant.Now(clock);
        return (await transaction.Jobs.ListAsync()).Any(job => job.Name != JobNames.Watch && JobTurns.IsAlive(job, now));
    }
}
