using System.Globalization;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Checks;

/// <summary>What the org still has for us: calls of the last 24 hours, Bulk jobs, and what of its calls the streams take in a day.</summary>
internal sealed class LimitCheck(SalesforceTransport transport, double shareOfDay)
{
    /// <summary>A run every minute.</summary>
    private const long CyclesADay = 24 * 60;

    public async Task<IReadOnlyList<CheckFinding>> RunAsync(IReadOnlyList<StreamDescription> streams, CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        var jobs = await OrgCheck.LookAsync("Bulk API 2.0", async subject =>
        {
            var answer = await transport.CallAsync<LimitsAnswer>(
                new CallContext("the org's limits", subject), (api, token, t) => api.ListLimitsAsync(transport.Paths.Limits, token, t), cancellation).ConfigureAwait(false);
            if (answer.Body.DailyApiRequests is { Max: { } most, Remaining: { } left })
            {
                transport.Observe(most - left, most);
            }

            return Jobs(subject, answer.Body);
        }).ConfigureAwait(false);
        if (transport.Usage is { Allowed: > 0 } usage)
        {
            findings.Add(usage.Left >= usage.Allowed * DayOfCalls.Floor
                ? new CheckFinding("daily quota", CheckResult.Passed, Invariant($"{usage.Left} of {usage.Allowed} calls left of the last 24 hours"))
                : new CheckFinding("daily quota", CheckResult.Notice, Invariant($"only {usage.Left} of {usage.Allowed} calls left of the last 24 hours"),
                    "Other integrations share them: see Setup, API Usage in Salesforce for who uses most."));
        }

        return [.. findings, jobs, Schedule(streams)];
    }

    private static CheckFinding Jobs(string subject, LimitsAnswer limits)
    {
        var known = new[] { (Words: "query jobs", Limit: limits.DailyBulkV2QueryJobs), (Words: "batches of ten thousand rows to write", Limit: limits.DailyBulkApiBatches) }.Where(one => one.Limit is { Max: > 0, Remaining: not null }).ToList();
        var finding = string.Join(", ", known.Select(one => Invariant($"{one.Limit!.Remaining} of {one.Limit.Max} {one.Words}")));
        return known.Count == 0 ? new CheckFinding(subject, CheckResult.Passed, "the org does not tell how many jobs it has")
            : known.All(one => one.Limit!.Remaining >= one.Limit.Max * DayOfCalls.Floor) ? new CheckFinding(subject, CheckResult.Passed, finding + " left of the last 24 hours")
            : new CheckFinding(subject, CheckResult.Notice, $"only {finding} left of the last 24 hours", "Other integrations share them: do a first reading or writing when they have fewer jobs.");
    }

    /// <summary>How many calls a day the streams take where nothing changes: five windows a call.</summary>
    private CheckFinding Schedule(IReadOnlyList<StreamDescription> streams)
    {
        var windowed = streams.Where(stream => stream.Tracking != ChangeTracking.FullRead).ToList();
        var perCycle = Math.Ceiling(windowed.Count(stream => stream.Cadence <= TimeSpan.FromMinutes(1)) / (double)WindowLookAhead.QueriesPerCall);
        var seldom = windowed.Where(stream => stream.Cadence > TimeSpan.FromMinutes(1)).Sum(stream => Math.Ceiling(TimeSpan.FromDays(1) / stream.Cadence));
        var whole = streams.Where(stream => stream.Tracking == ChangeTracking.FullRead).Sum(stream => 2 * Math.Ceiling(TimeSpan.FromDays(1) / stream.Cadence));
        // Each run asks once whose org it is.
        var calls = (long)(CyclesADay * (1 + perCycle) + seldom + whole);
        if (transport.Usage is not { Allowed: > 0 } usage)
        {
            return new CheckFinding("schedule", CheckResult.Passed, Invariant($"{calls} calls a day where nothing changes; the org did not tell how many it has"));
        }

        var share = (long)(usage.Allowed * shareOfDay);
        return calls <= share
            ? new CheckFinding("schedule", CheckResult.Passed, Invariant($"{calls} calls a day where nothing changes, of the {share} that are this program's share of {usage.Allowed}"))
            : new CheckFinding("schedule", CheckResult.Failed, Invariant($"{calls} calls a day where nothing changes, more than the {share} that are this program's share of {usage.Allowed}"),
                "Let `sync` run less often than every minute by a scheduler of your own instead of `serve`, or buy more API calls.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
