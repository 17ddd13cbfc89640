using System.Diagnostics;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>
/// Scores the leads that are due, without reading or writing any CRM: those whose time has come, and all of them under another agreement. Any number of these runs may be at work.
/// None may be while a run of the loop ends a first read: only that run knows which activities are history.
/// </summary>
public sealed class ScoreRun(ILedger ledger, TimeProvider clock)
{
    private static readonly HashSet<long> NoHistory = [];

    /// <inheritdoc cref="SyncRun.Handover"/>
    public CrmKind? Handover { get; init; }

    /// <inheritdoc cref="SyncRun.Overdue"/>
    public OverdueNotification Overdue { get; init; } = OverdueNotification.Off;

    /// <inheritdoc cref="SyncRun.Holidays"/>
    public IReadOnlySet<NodaTime.LocalDate> Holidays { get; init; } = new HashSet<NodaTime.LocalDate>();

    /// <summary>Whether at least that many leads are due and may be scored: during a first read they stay due.</summary>
    public async Task<bool> HasDueAsync(int count, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        foreach (var connection in await transaction.Connections.ListAsync())
        {
            if ((await transaction.Cursors.ListAsync(connection.Id)).Any(cursor => !cursor.IsFirstReadDone && cursor.Refusal is null))
            {
                return false;
            }
        }

        return await AgreementInForce.ReadAsync(transaction) is { } agreement
            && await transaction.Leads.CountDueAsync(Instant.Now(clock), agreement.Definition.ScoringFingerprint) >= count;
    }

    /// <summary>Null: nothing was due, and there is no run to speak of.</summary>
    public async Task<RunReport?> RunAsync(IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        if (!await HasDueAsync(1, cancellation))
        {
            return null;
        }

        var elapsed = Stopwatch.StartNew();
        var at = Instant.Now(clock);
        AgreementInForce agreement;
        string run;
        await using (var transaction = await ledger.BeginAsync(null, cancellation))
        {
            agreement = (await AgreementInForce.ReadAsync(transaction))?.Closing(Holidays) ?? throw new ConfigurationException("no agreement is in force");
            run = await transaction.Runs.StartAsync(at);
            await transaction.CommitAsync(cancellation);
        }

        try
        {
            var scored = await new ScoreStage(ledger, agreement, at, run, NoHistory, Handover, progress) { Overdue = Overdue }.RunAsync(cancellation);
            await using var transaction = await ledger.BeginAsync(null, cancellation);
            var report = new RunReport(run, [], await transaction.Leads.CountAsync(), scored, Math.Round(elapsed.Elapsed.TotalSeconds, 3));
            await transaction.Runs.EndAsync(run, "done", RunReportJson.Write(report), null);
            await transaction.CommitAsync(cancellation);
            return report;
        }
        catch (Exception interrupted)
        {
            await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
            await transaction.Runs.EndAsync(run, "stopped", null, interrupted is OperationCanceledException ? "cancelled" : interrupted.GetType().Name);
            await transaction.CommitAsync(CancellationToken.None);
            throw;
        }
    }
}
