using System.Diagnostics;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Feedback;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Reconcile;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>
/// A night's reconcile of one connection. Whatever else wants the connection comes first: it is held for a few seconds at a time, and between them free for a run of the loop, which
/// also scores and writes what was found.
/// </summary>
public sealed class ReconcileRun(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>Shorter than a run of the loop waits for the connection.</summary>
    private static readonly TimeSpan HeldFor = TimeSpan.FromSeconds(4);

    /// <summary>Long enough for whoever waits to take it.</summary>
    private static readonly TimeSpan FreeFor = TimeSpan.FromSeconds(1);

    /// <summary>A first read of the loop may take hours; then the night waits no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How long the writes are kept by which the audit says what was written, over what, and when.</summary>
    public static readonly TimeSpan WritesKept = TimeSpan.FromDays(400);

    /// <summary>In one transaction, so that nobody waits long for it.</summary>
    private const int WritesForgotten = 5_000;

    /// <summary>An admin's options of a connection, by its name.</summary>
    public Func<string, ConnectionOptions> Options { get; init; } = _ => ConnectionOptions.None;

    /// <exception cref="ConfigurationException">There is no such connection.</exception>
    public async Task<RunReport> RunAsync(string name, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var at = Instant.Now(clock);
        var (connection, agreement) = await ReadAsync(name, cancellation);
        var crm = openCrm(connection, agreement);
        var counts = new ConnectionReport(connection.Name, connection.Crm);
        var notices = new List<string>();
        var failures = new List<string>();
        var refused = false;
        try
        {
            while (await HoldAsync())
            {
                await Task.Delay(FreeFor, cancellation);
            }

            await ForgetOldWritesAsync(at, cancellation);
        }
        catch (FatalCrmException fatal)
        {
            failures.Add($"{name}: {fatal.WithAdvice}");
            refused = true;
        }
        catch (Exception failed) when (failed is CrmException or LeaseLostException)
        {
            failures.Add($"{name}: {failed.Message}");
        }

        return await EndAsync(at, counts, notices, failures, refused, elapsed, cancellation);

        async Task<bool> HoldAsync()
        {
            await using var session = await ConnectionSession.OpenAsync(ledger, crm, connection, Options(connection.Name), "", Patience, cancellation);
            try
            {
                var held = Stopwatch.StartNew();
                var stage = new ReconcileStage(session, at, agreement is not null, progress);
                var goesOn = true;
                while (goesOn && held.Elapsed < HeldFor)
                {
                    goesOn = await stage.StepAsync(cancellation);
                }

                await new LinkStage(ledger).RunAsync(cancellation);
                await new FeedbackStage(session, at, progress).RunAsync(cancellation);
                return goesOn;
            }
            finally
            {
                Add(counts, session.Count());
                notices.AddRange(session.Notices);
                failures.AddRange(session.Failures);
            }
        }
    }

    private async Task ForgetOldWritesAsync(Instant at, CancellationToken cancellation)
    {
        int forgotten;
        do
        {
            await using var transaction = await ledger.BeginAsync(null, cancellation);
            forgotten = await transaction.Writes.PruneAsync(at - WritesKept, WritesForgotten);
            await transaction.CommitAsync(cancellation);
        }
        while (forgotten == WritesForgotten);
    }

    private async Task<(ConnectionRow Connection, AgreementInForce? Agreement)> ReadAsync(string name, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var connection = await transaction.Connections.FindAsync(name) ?? throw new ConfigurationException($"there is no connection '{name}'; `connections` lists them");
        return (connection, await AgreementInForce.ReadAsync(transaction));
    }

    /// <summary>Its row is written when it is over: until then its progress is the job's.</summary>
    private async Task<RunReport> EndAsync(Instant at, ConnectionReport counts, List<string> notices, List<string> failures, bool refused, Stopwatch elapsed, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var run = await transaction.Runs.StartAsync(at);
        var report = new RunReport(run, [counts], await transaction.Leads.CountAsync(), 0, Math.Round(elapsed.Elapsed.TotalSeconds, 3))
        {
            Failures = failures,
            Notices = notices,
            IsRefused = refused,
        };
        await transaction.Runs.EndAsync(run, failures.Count == 0 ? "done" : "failed", RunReportJson.Write(report), $"reconcile of {counts.Name}{string.Concat(failures.Concat(notices).Select(line => "\n" + line))}");
        await transaction.CommitAsync(cancellation);
        return report;
    }

    /// <summary>The client counts its calls for all the times that it was held together.</summary>
    private static void Add(ConnectionReport counts, ConnectionReport held)
    {
        counts.RecordsRead += held.RecordsRead;
        counts.ActivitiesRead += held.ActivitiesRead;
        counts.Quarantined += held.Quarantined;
        counts.Seconds = Math.Round(counts.Seconds + held.Seconds, 3);
        counts.Calls = held.Calls;
        counts.Refused = held.Refused;
        counts.Quota = held.Quota;
    }
}
