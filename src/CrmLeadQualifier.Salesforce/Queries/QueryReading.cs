using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Queries;

/// <summary>Runs queries by pages.</summary>
internal sealed class QueryReading(SalesforceTransport transport)
{
    private const string Data = "/services/data/";

    /// <param name="withDeleted">Deleted and merged rows and archived activities too.</param>
    public Task<Answer<QueryPage>> FirstAsync(CallContext call, string soql, bool withDeleted, CancellationToken cancellation)
    {
        var path = withDeleted ? transport.Paths.QueryAll : transport.Paths.Query;
        return transport.CallAsync<QueryPage>(call, (api, token, t) => api.QueryAsync(path, soql, token, t), cancellation);
    }

    /// <summary>The rows of a query of what the org is made of, which brings few.</summary>
    public async Task<IReadOnlyList<SalesforceRow>> ToolingAsync(CallContext call, string soql, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync<QueryPage>(
            call, (api, token, t) => api.QueryAsync(transport.Paths.ToolingQuery, soql, token, t), cancellation).ConfigureAwait(false);
        return [.. (answer.Body.Records ?? []).OfType<SalesforceRow>()];
    }

    /// <param name="next">As <see cref="Next"/> gave it.</param>
    public Task<Answer<QueryPage>> MoreAsync(CallContext call, string next, CancellationToken cancellation) =>
        transport.CallAsync<QueryPage>(call, (api, token, t) => api.QueryMoreAsync(next.TrimStart('/'), token, t), cancellation);

    /// <summary>All rows of a query that brings few.</summary>
    public async Task<IReadOnlyList<SalesforceRow>> ReadAllAsync(CallContext call, string soql, bool withDeleted, CancellationToken cancellation)
    {
        var answer = await FirstAsync(call, soql, withDeleted, cancellation).ConfigureAwait(false);
        var rows = new List<SalesforceRow>((answer.Body.Records ?? []).OfType<SalesforceRow>());
        var met = new HashSet<string>();
        while (Next(answer.Body) is { } next)
        {
            if (!met.Add(next))
            {
                throw new RetriableCrmException($"Salesforce's pages of {call.Subject} run in a circle: the same locator came twice.", TimeSpan.FromMinutes(1));
            }

            answer = await MoreAsync(call, next, cancellation).ConfigureAwait(false);
            rows.AddRange((answer.Body.Records ?? []).OfType<SalesforceRow>());
        }

        return rows;
    }

    /// <summary>Rows by id, in any number, by as many queries as they need.</summary>
    public async Task<IReadOnlyList<SalesforceRow>> ReadByIdsAsync(
        CallContext call, string sobject, IReadOnlyList<string> fields, string idField, IReadOnlyCollection<string> ids, bool withDeleted, string? condition,
        CancellationToken cancellation)
    {
        var rows = new List<SalesforceRow>();
        foreach (var chunk in ids.Where(SalesforceId.IsId).Select(SalesforceId.To18).Distinct().Chunk(Soql.IdsPerQuery(sobject, fields, idField, condition)))
        {
            rows.AddRange(await ReadAllAsync(call, Soql.ByIds(sobject, fields, idField, chunk, condition), withDeleted, cancellation).ConfigureAwait(false));
        }

        return rows;
    }

    /// <summary>The ids of an object's rows that were deleted in a window of at least a minute, which began in the last 15 days; none where Salesforce does not tell.</summary>
    public async Task<IReadOnlyList<string>> ListDeletedAsync(CallContext call, string sobject, ChangeWindow window, CancellationToken cancellation)
    {
        try
        {
            var answer = await transport.CallAsync<DeletedAnswer>(
                call with { Stream = call.Stream ?? call.Subject },
                (api, token, t) => api.ListDeletedAsync(transport.Paths.Deleted(sobject), window.From.ToString(), window.To.ToString(), token, t), cancellation).ConfigureAwait(false);
            return [.. (answer.Body.DeletedRecords ?? []).Select(row => row?.Id).OfType<string>().Where(SalesforceId.IsId).Select(SalesforceId.To18)];
        }
        catch (StreamRefusedException)
        {
            return [];
        }
    }

    /// <summary>Where the next page is: a path under the data routes, whatever host a link may name; null: this was the last one.</summary>
    public static string? Next(QueryPage page)
    {
        if (page.Done == true || page.NextRecordsUrl is not { Length: > 0 } url)
        {
            return null;
        }

        var path = url.StartsWith('/') ? url : Uri.TryCreate(url, UriKind.Absolute, out var link) ? link.AbsolutePath : "";
        return path.StartsWith(Data, StringComparison.Ordinal)
            ? path
            : throw new RetriableCrmException("Salesforce names a next page that is none of its data.", TimeSpan.FromMinutes(1));
    }
}
