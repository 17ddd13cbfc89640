using System.Diagnostics;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Runs planned writes connection by connection as a run of their own.</summary>
internal static class PlannedRun
{
    public static async Task<RunReport> RunAsync(
        ILedger ledger,
        OpenCrm openCrm,
        Func<string, ConnectionOptions> options,
        IReadOnlySet<NodaTime.LocalDate> holidays,
        Instant at,
        IReadOnlyList<PlannedWrite> planned,
        bool pause,
        CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var (run, connections, agreement) = await StartAsync(ledger, holidays, at, planned, pause, cancellation);
        try
        {
            return await RunAsync(ledger, openCrm, options, at, planned, pause, run, connections, agreement, elapsed, cancellation);
        }
        catch (Exception interrupted)
        {
            // Also for a run that was cancelled: its row must not stay "running".
            await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
            await transaction.Runs.EndAsync(run, "stopped", null, interrupted is OperationCanceledException ? "cancelled" : interrupted.GetType().Name);
            await transaction.CommitAsync(CancellationToken.None);
            throw;
        }
    }

    private static async Task<RunReport> RunAsync(
        ILedger ledger,
        OpenCrm openCrm,
        Func<string, ConnectionOptions> options,
        Instant at,
        IReadOnlyList<PlannedWrite> planned,
        bool pause,
        string run,
        IReadOnlyList<ConnectionRow> connections,
        AgreementInForce? agreement,
        Stopwatch elapsed,
        CancellationToken cancellation)
    {
        var reports = new List<ConnectionReport>();
        var failures = new List<string>();
        var refused = false;
        foreach (var connection in connections)
        {
            try
            {
                await using var session = await ConnectionSession.OpenAsync(ledger, openCrm(connection, agreement), connection, options(connection.Name), run, ConnectionSession.UsualPatience, cancellation);
                await Settlement.RunAsync(session, cancellation);
                if (pause)
                {
                    await session.PauseAsync("a run was undone; `resume` goes on writing, and `sync --dry-run` shows what that would be", cancellation);
                    session.Failures.Clear();
                }

                // What an undo puts back was written by us: it may leave the scope by it.
                var scope = pause ? null : await WritableRecords.OfScopeAsync(session, cancellation);
                var ofConnection = planned.Where(write => write.Connection == connection.Name).ToLookup(write => scope is null || scope.Contains(write.Record));
                session.Failures.AddRange(ofConnection[false].Select(write => write.Record).Distinct()
                    .Select(record => $"{connection.Name}: {record} is not in the connection's scope; left alone"));
                var moved = await new PlannedWriter(session, agreement, at).WriteAsync([.. ofConnection[true]], cancellation);
                reports.Add(session.Count());
                failures.AddRange(session.Failures);
                failures.AddRange(moved.Select(write => $"{write.Connection}: {write.Object} {write.Record}: {write.Field} is no longer what it was; left alone"));
            }
            catch (FatalCrmException fatal)
            {
                refused = true;
                failures.Add($"{connection.Name}: {fatal.WithAdvice}");
            }
            catch (Exception failed) when (failed is CrmException or LeaseLostException)
            {
                failures.Add($"{connection.Name}: {failed.Message}");
            }
        }

        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var report = new RunReport(run, reports, await transaction.Leads.CountAsync(), 0, Math.Round(elapsed.Elapsed.TotalSeconds, 3)) { Failures = failures, IsRefused = refused };
        await transaction.Runs.EndAsync(run, failures.Count == 0 ? "done" : "failed", RunReportJson.Write(report), failures.Count == 0 ? null : string.Join('\n', failures));
        await transaction.CommitAsync(cancellation);
        return report;
    }

    private static async Task<(string Run, IReadOnlyList<ConnectionRow> Connections, AgreementInForce? Agreement)> StartAsync(
        ILedger ledger, IReadOnlySet<NodaTime.LocalDate> holidays, Instant at, IReadOnlyList<PlannedWrite> planned, bool pause, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var connections = new List<ConnectionRow>();
        foreach (var name in planned.Select(write => write.Connection).Distinct())
        {
            var connection = await transaction.Connections.FindAsync(name) ?? throw new ConfigurationException($"there is no connection '{name}' any more");
            if (connection.Mode is ConnectionMode.Observe)
            {
                throw new ConfigurationException($"{name} is in mode observe: nothing is written there; `mode {name} live` allows it");
            }

            if (connection.Mode is ConnectionMode.Paused && !pause)
            {
                throw new ConfigurationException($"{name} is paused: {connection.State}; `resume {name}` goes on writing");
            }

            connections.Add(connection);
        }

        var run = await transaction.Runs.StartAsync(at);
        var agreement = (await AgreementInForce.ReadAsync(transaction))?.Closing(holidays);
        await transaction.CommitAsync(cancellation);
        return (run, connections, agreement);
    }
}
