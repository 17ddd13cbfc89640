using System.Globalization;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>Suggestions from the ledger's last 365 days.</summary>
public static class LedgerSuggestions
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    /// <summary>A version with its text, to start from.</summary>
    public static async Task<WrittenDefinition> WrittenAsync(ILedgerTransaction ledger, AgreementInForce agreement)
    {
        var row = await ledger.Definitions.FindAsync(agreement.Version) ?? throw new InvalidOperationException($"version {agreement.Version} is in force, and is not there");
        return new WrittenDefinition(agreement.Definition, row.Yaml, string.Create(CultureInfo.InvariantCulture, $"version {agreement.Version}"));
    }

    /// <param name="present">The agreement in force, or another definition to start from.</param>
    public static Task<SuggestionReport> RunAsync(ILedger ledger, WrittenDefinition present, SuggestionOptions options, Instant now, CancellationToken cancellation) => new SuggestionRun(
        present,
        () => new LedgerHistory(ledger, [present.Definition.Attributes]).ReadAsync(cancellation),
        new IndicatorWindow(now - Year, now, now, now),
        options).RunAsync("the ledger", cancellation);
}
