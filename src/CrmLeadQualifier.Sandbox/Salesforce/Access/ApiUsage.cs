using System.Globalization;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>The org's daily allocation of calls: a rolling window of 24 hours of the sandbox's clock, kept by the hour.</summary>
internal sealed class ApiUsage(Org org, bool enforced)
{
    private const long Hour = 3_600_000;

    private readonly SortedDictionary<long, long> _byHour = [];

    /// <summary>A production org of a few users; a full sandbox where no limits are wanted.</summary>
    public long Most { get; set; } = enforced ? 105_000 : 5_000_000;

    public long Used(long now)
    {
        var oldest = (now / Hour) - 24;
        foreach (var hour in _byHour.Keys.TakeWhile(hour => hour <= oldest).ToList())
            _byHour.Remove(hour);
        return _byHour.Values.Sum();
    }

    public void Take(long now, int calls = 1)
    {
        if (Used(now) >= Most)
            throw SalesforceRefusal.With(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        _byHour[now / Hour] = _byHour.GetValueOrDefault(now / Hour) + calls;
    }

    public string Header(long now) => string.Create(CultureInfo.InvariantCulture, $"api-usage={Used(now)}/{Most}");

    public Answer Limits(SalesforceCall call) => SalesforceJson.Object(200, json =>
    {
        foreach (var (name, most, left) in new[]
        {
            ("ConcurrentAsyncGetReportInstances", 200L, 200L), ("DailyApiRequests", Most, Math.Max(0, Most - Used(call.Now))),
                ("DailyAsyncApexExecutions", 250_000, 250_000),
            ("DailyBulkApiBatches", 15_000, 15_000 - org.Jobs.BatchesOfTheDay(call.Now)), ("DailyBulkV2QueryFileStorageMB", 976_562, 976_562), ("DailyBulkV2QueryJobs", 10_000, 10_000 - org.Jobs.QueriesOfTheDay(call.Now)),
                ("DataStorageMB", 10_240, 9_800),
            ("FileStorageMB", 10_240, 10_240), ("HourlyODataCallout", 20_000, 20_000), ("SingleEmail", 5_000, 5_000),
        })
        {
            json.WriteStartObject(name);
            json.WriteNumber("Max", most);
            json.WriteNumber("Remaining", left);
            json.WriteEndObject();
        }
    });
}
