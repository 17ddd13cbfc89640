using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// Asks for the changes of five streams by one call, since a day's calls are few: the first stream that is asked for a window brings along the next ones' first pages of the
/// same window, which wait here until they are asked for. A page that nobody fetches costs nothing; one that waited too long, or of another window, is asked for anew.
/// </summary>
internal sealed class WindowLookAhead(SalesforceTransport transport, TimeProvider clock)
{
    /// <summary>A composite call takes 25 parts, of which five may be queries.</summary>
    public const int QueriesPerCall = 5;

    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (ChangeWindow Window, Answer<QueryPage> Page, long ReadAt)> _waiting = [];

    /// <summary>The streams that are read by windows, in the order in which they are asked.</summary>
    public IReadOnlyList<ObjectStream> Streams { get; set; } = [];

    public async Task<Answer<QueryPage>> ReadAsync(ObjectStream asked, ChangeWindow window, CancellationToken cancellation)
    {
        if (_waiting.Remove(asked.Description.Name, out var page) && page.Window == window && clock.GetElapsedTime(page.ReadAt) <= GoodFor)
        {
            return page.Page;
        }

        return await asked.DescribedAsync(() => AskAsync(asked, window, cancellation)).ConfigureAwait(false);
    }

    private async Task<Answer<QueryPage>> AskAsync(ObjectStream asked, ChangeWindow window, CancellationToken cancellation)
    {
        _waiting.Clear();
        var streams = Streams.SkipWhile(stream => stream != asked).Skip(1).Take(QueriesPerCall - 1).Prepend(asked).ToList();
        var calls = new List<CompositeCall>(streams.Count);
        foreach (var stream in streams)
        {
            if (await TryWindowSoqlAsync(stream, stream == asked, window, cancellation).ConfigureAwait(false) is { } soql)
            {
                calls.Add(new CompositeCall("GET", transport.Paths.QueryAllUrl(soql), stream.Description.Name));
            }
        }

        var answer = await transport.CallAsync<CompositeResponse>(
            asked.Call, (api, token, t) => api.CompositeAsync(transport.Paths.Composite, new CompositeRequest(false, calls), token, t), cancellation).ConfigureAwait(false);
        var results = (answer.Body.Results ?? []).Where(result => result?.ReferenceId is not null).ToDictionary(result => result!.ReferenceId!, result => result!);
        var readAt = clock.GetTimestamp();
        foreach (var stream in streams.Skip(1))
        {
            // What failed is asked for by itself when its turn comes, and fails there.
            if (results.TryGetValue(stream.Description.Name, out var ahead) && Read(ahead) is { } rows)
            {
                _waiting[stream.Description.Name] = (window, new Answer<QueryPage>(rows, answer.Date), readAt);
            }
        }

        var own = results.GetValueOrDefault(asked.Description.Name);
        return own is not null && Read(own) is { } page ? new Answer<QueryPage>(page, answer.Date) : throw Failure(asked.Call, own);
    }

    private static async Task<string?> TryWindowSoqlAsync(ObjectStream stream, bool isAsked, ChangeWindow window, CancellationToken cancellation)
    {
        try
        {
            return await stream.WindowSoqlAsync(window, cancellation).ConfigureAwait(false);
        }
        catch (CrmException) when (!isAsked)
        {
            return null;
        }
    }

    private static QueryPage? Read(CompositeResult result)
    {
        if (result is not { HttpStatusCode: 200, Body: { ValueKind: JsonValueKind.Object } body })
        {
            return null;
        }

        try
        {
            return body.Deserialize(SalesforceJson.Default.QueryPage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CrmException Failure(CallContext call, CompositeResult? result)
    {
        var status = result?.HttpStatusCode ?? 200;
        var body = result?.Body is { } content ? content.GetRawText() : null;
        return SalesforceErrors.Of(call, new FailedAnswer(status, body) { Fault = "a part of it is missing" }).Exception;
    }
}
