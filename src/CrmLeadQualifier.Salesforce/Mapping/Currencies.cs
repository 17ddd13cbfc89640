using System.Globalization;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>What the org's currencies are worth in its corporate one; read again once an hour. An org with one currency has no rates.</summary>
internal sealed class Currencies(QueryReading queries, TimeProvider clock)
{
    /// <summary>Of every row, in an org with several currencies.</summary>
    public const string CurrencyField = "CurrencyIsoCode";

    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);
    private static readonly CallContext Call = new("the currencies", "currencies");

    private readonly SemaphoreSlim _reading = new(1);
    private IReadOnlyDictionary<string, decimal>? _rates;
    private long _readAt;

    /// <summary>An amount in the corporate currency; null: its rate is not known.</summary>
    public async Task<decimal?> ConvertAsync(decimal amount, string currency, CancellationToken cancellation) =>
        (await RatesAsync(cancellation).ConfigureAwait(false)).TryGetValue(currency, out var rate) ? amount / rate : null;

    /// <summary>
    /// The amounts of a row's money fields in the corporate currency; null: the row has no currency, and amounts are as they stand. A field without a known rate is not comparable: null.
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<string, string?>?> AmountsAsync(
        SalesforceRow row, IEnumerable<string> fields, IReadOnlyDictionary<string, FieldDescription> described, CancellationToken cancellation)
    {
        if (row.Get(CurrencyField) is not { } currency)
        {
            return null;
        }

        var amounts = new Dictionary<string, string?>();
        foreach (var field in fields.Where(field => described.GetValueOrDefault(field)?.Type == "currency"))
        {
            if (decimal.TryParse(row.Get(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount))
            {
                amounts[field] = (await ConvertAsync(amount, currency, cancellation).ConfigureAwait(false)) is { } converted
                    ? decimal.Round(converted, 2).ToString(CultureInfo.InvariantCulture) : null;
            }
        }

        return amounts;
    }

    private async Task<IReadOnlyDictionary<string, decimal>> RatesAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_rates is { } known && clock.GetElapsedTime(_readAt) <= GoodFor)
            {
                return known;
            }

            _rates = await ReadAsync(cancellation).ConfigureAwait(false);
            _readAt = clock.GetTimestamp();
            return _rates;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<IReadOnlyDictionary<string, decimal>> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var rows = await queries.ReadAllAsync(Call, "SELECT Id, IsoCode, ConversionRate FROM CurrencyType", withDeleted: false, cancellation).ConfigureAwait(false);
            return rows.Select(row => (Code: row.Get("IsoCode"), IsRate: decimal.TryParse(row.Get("ConversionRate"), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate), Rate: rate))
                .Where(row => row is { Code: not null, IsRate: true, Rate: > 0 })
                .GroupBy(row => row.Code!, StringComparer.OrdinalIgnoreCase).ToDictionary(same => same.Key, same => same.First().Rate, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return new Dictionary<string, decimal>();
        }
    }
}
