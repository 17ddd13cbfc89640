using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Queries;

/// <summary>Salesforce does not carry a query out as a job, or what it had of one is gone: the rows are to be read page by page.</summary>
internal sealed class QueryJobLostException(string message) : CrmException(message);

/// <summary>Queries that Salesforce carries out by itself (Bulk API 2.0).</summary>
internal sealed class QueryJobs(SalesforceTransport transport, SalesforceConnection connection, TimeProvider clock)
{
    /// <summary>Within one call of ours; a job that takes longer is asked about again by the next run.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>The job's id, and Salesforce's clock when it was made.</summary>
    /// <exception cref="QueryJobLostException">Objects and fields that jobs do not read, or no jobs left today.</exception>
    public async Task<(string Job, Instant Date)> StartAsync(string subject, string soql, bool withDeleted, CancellationToken cancellation)
    {
        var request = new QueryJobRequest(withDeleted ? "queryAll" : "query", soql);
        var answer = await AskAsync(subject, (api, token, t) => api.CreateQueryJobAsync(transport.Paths.QueryJobs, request, token, t), cancellation).ConfigureAwait(false);
        return answer.Body.Id is { } id && SalesforceId.IsId(id) ? (id, answer.Date) : throw new QueryJobLostException($"Salesforce's job for {subject} has no id.");
    }

    /// <summary>Until its rows can be fetched.</summary>
    public async Task WaitAsync(string subject, string job, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        for (var pause = ShortestPause; ; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            var answer = await AskAsync(subject, (api, token, t) => api.GetQueryJobAsync(transport.Paths.QueryJob(job), token, t), cancellation).ConfigureAwait(false);
            switch (answer.Body.State)
            {
                case "JobComplete":
                    return;
                case "Failed" or "Aborted":
                    throw new QueryJobLostException($"Salesforce's job for {subject} ended as {answer.Body.State}.");
            }

            if (clock.GetElapsedTime(since) > LongestWait)
            {
                throw new RetriableCrmException($"Salesforce is still at its job for {subject}.", LongestPause);
            }

            await transport.PauseAsync(pause, cancellation).ConfigureAwait(false);
        }
    }

    /// <param name="locator">Null: from the first row.</param>
    public async Task<QueryResult> OpenAsync(string subject, string job, string? locator, CancellationToken cancellation)
    {
        var path = transport.Paths.QueryResults(job);
        var response = await TryAsync(
            subject, call => transport.OpenAsync(call, (api, token, t) => api.GetQueryResultsAsync(path, connection.RowsPerResult, locator, token, t), cancellation)).ConfigureAwait(false);
        var headers = response.Headers!;
        var next = headers.TryGetValues("Sforce-Locator", out var locators) ? locators.FirstOrDefault() : null;
        var rows = headers.TryGetValues("Sforce-NumberOfRecords", out var counts)
            && long.TryParse(counts.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : default(long?);
        return new QueryResult(response, new CsvRows(response.Content!, connection.Timeout), transport.DateOf(response), next, rows);
    }

    /// <summary>Its rows are of no use any more; Salesforce would keep them for a week.</summary>
    public async Task DeleteAsync(string subject, string job, CancellationToken cancellation)
    {
        try
        {
            await AskAsync(subject, (api, token, t) => api.DeleteQueryJobAsync(transport.Paths.QueryJob(job), token, t), cancellation).ConfigureAwait(false);
        }
        catch (CrmException)
        {
            // Then Salesforce does it.
        }
    }

    private Task<Answer<T>> AskAsync<T>(string subject, Send<T> send, CancellationToken cancellation)
        where T : class => TryAsync(subject, call => transport.CallAsync(call, send, cancellation));

    /// <summary>Whatever is refused to a job may be allowed to pages of queries, which say better what is wrong otherwise.</summary>
    private static async Task<T> TryAsync<T>(string subject, Func<CallContext, Task<T>> ask)
    {
        try
        {
            return await ask(new CallContext($"a job for {subject}", Stream: "query jobs")).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException or ExpiredLocatorException)
        {
            throw new QueryJobLostException(refused.Message);
        }
    }
}

/// <summary>Part of a job's rows, as they come in.</summary>
/// <param name="Locator">Where the next part is: <c>null</c>, as a text, after the last one.</param>
/// <param name="Count">How many rows this part has; null: it does not say.</param>
internal sealed record QueryResult(IDisposable Response, CsvRows Rows, Instant Date, string? Locator, long? Count) : IDisposable
{
    public void Dispose()
    {
        Rows.Dispose();
        Response.Dispose();
    }
}
