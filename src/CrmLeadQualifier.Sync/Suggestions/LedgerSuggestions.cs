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

    /// <summary>With a larger share of won deals that name no person, what won deals say of leads is said by too few.</summary>
    private const double MostWithoutPerson = 0.2;

    /// <param name="present">The agreement in force, or another definition to start from.</param>
    /// <exception cref="ConfigurationException">Won against lost is asked for, and too many won deals name no person.</exception>
    public static async Task<SuggestionReport> RunAsync(ILedger ledger, WrittenDefinition present, SuggestionOptions options, Instant now, CancellationToken cancellation)
    {
        if (options.Outcome == SuggestionOutcome.Won)
        {
            await RefuseWithoutPeopleAsync(ledger, now, cancellation);
        }

        return await new SuggestionRun(
            present,
            () => new LedgerHistory(ledger, [present.Definition.Attributes]).ReadAsync(cancellation),
            new IndicatorWindow(now - Year, now, now, now),
            options).RunAsync("the ledger", cancellation);
    }

    private static async Task RefuseWithoutPeopleAsync(ILedger ledger, Instant now, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var (without, won) = await transaction.Feedback.CountWonAsync(now - Year, now);
        if (without > MostWithoutPerson * won)
        {
            throw new ConfigurationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{without} of {won} won opportunities of the last year carry no person, so what the others say would stand for too few: put people on them in the CRM (contact roles, associated contacts), or use --outcome verdict."));
        }
    }
}
