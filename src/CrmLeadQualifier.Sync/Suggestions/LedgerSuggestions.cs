using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>Suggestions from the ledger's last 365 days.</summary>
public static class LedgerSuggestions
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <param name="present">The agreement in force, or another definition to start from.</param>
    public static Task<SuggestionReport> RunAsync(ILedger ledger, WrittenDefinition present, SuggestionOptions options, Instant now, CancellationToken cancellation) => new SuggestionRun(
        present,
        () => new LedgerHistory(ledger, [present.Definition.Attributes]).ReadAsync(cancellation),
        new IndicatorWindow(now - Year, now, now, now),
        options).RunAsync("the ledger", cancellation);
}
