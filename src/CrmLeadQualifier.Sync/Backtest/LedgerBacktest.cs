using System.Globalization;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Agreements;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A backtest over the ledger, against the agreement in force. Where no window is given it is the last 365 days. D is the window's end.</summary>
public static class LedgerBacktest
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <param name="against">Null: the agreement in force, if there is one.</param>
    /// <param name="progress">Told how many leads are done, now and then.</param>
    public static async Task<BacktestReport> RunAsync(
        ILedger ledger, NamedDefinition candidate, NamedDefinition? against, Instant? from, Instant? to, Instant now, Action<int>? progress, CancellationToken cancellation)
    {
        against ??= await InForceAsync(ledger, cancellation);
        var schemas = BacktestRun.SchemasOf(candidate.Definition, against?.Definition);
        var end = to ?? now;
        var run = new BacktestRun(candidate, against, schemas, new IndicatorWindow(from ?? end - Year, end, end, now));
        var done = 0;
        await foreach (var lead in new LedgerHistory(ledger, schemas).ReadAsync(cancellation))
        {
            run.Add(lead);
            if (++done % 1000 == 0)
            {
                progress?.Invoke(done);
            }
        }

        return run.Report("the ledger", []);
    }

    private static async Task<NamedDefinition?> InForceAsync(ILedger ledger, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await AgreementInForce.ReadAsync(transaction) is { } agreement
            ? new NamedDefinition(agreement.Definition, string.Create(CultureInfo.InvariantCulture, $"version {agreement.Version}"))
            : null;
    }
}
