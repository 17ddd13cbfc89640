using System.Globalization;
using System.IO.Compression;
using CrmLeadQualifier.Sandbox.Control;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce;

/// <summary>
/// What every call of the org goes through: it is counted, meets its fault, is authenticated, takes from the daily allocation, and is handled alone
/// (one call at a time
/// sees and changes the emulated CRMs).
/// </summary>
internal sealed class OrgGate(EmulatedCrms crms, SalesforceRouter router, Sessions sessions, ApiUsage usage, FaultPlan faults, OrgFaults begun, CallLog log,
    TimeSpan latency, TimeProvider time)
{
    private const int LongestUri = 16 * 1024;
    private const int LeastCompressed = 1_024;
    private static readonly TimeSpan SlowBy = TimeSpan.FromSeconds(3);

    public async Task HandleAsync(HttpContext http)
    {
        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content, http.RequestAborted);
        var call = Read(http.Request, content.ToArray());
        var route = router.Find(call);
        log.Arrived(route is null ? "(unknown)" : NameOf(route, call));
        FaultsOfCall met;
        lock (crms.Gate)
            met = faults.Next(kind => begun.Fits(kind, call, route));
        var fault = met.Single;
        foreach (var kind in met.Due.Select(due => due.Fault.Kind).Concat(fault is { } single ? [single] : []))
            log.Met(FaultCatalogue.NameOf(kind));
        if (fault == FaultKind.CutBefore)
        {
            http.Abort();
            return;
        }
        Answer answer;
        lock (crms.Gate)
        {
            foreach (var due in met.Due)
                begun.Begin(due, call);
            answer = Handle(http, call, route, fault);
            log.Answered(answer.Status, answer.RowsRead, answer.RowsWritten);
            http.Response.Headers.Date = DateTimeOffset.FromUnixTimeMilliseconds(call.Now).ToString("r", CultureInfo.InvariantCulture);
            if (route is { Open: false } && answer.Status != 401)
                http.Response.Headers["Sforce-Limit-Info"] = usage.Header(call.Now);
            foreach (var (name, value) in answer.Headers)
                http.Response.Headers[name] = value;
        }
        var wait = latency + answer.Takes + (fault == FaultKind.Slow ? SlowBy : TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, http.RequestAborted);
        if (fault == FaultKind.CutAfter)
        {
            http.Abort();
            return;
        }
        answer = fault switch
        {
            FaultKind.Page => Answer.Html(200, "OK", "Please sign in to the network"),
            FaultKind.Empty => answer with { Status = 200, Body = ReadOnlyMemory<byte>.Empty },
            FaultKind.Truncated => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
            _ => answer,
        };
        http.Response.StatusCode = answer.Status;
        if (answer.Status is 204 or 304)
            return;
        http.Response.ContentType = answer.ContentType;
        var body = answer.Body;
        if (body.Length >= LeastCompressed && call.Header("accept-encoding")?.Contains("gzip", StringComparison.OrdinalIgnoreCase) == true)
        {
            http.Response.Headers.ContentEncoding = "gzip";
            body = Compress(body);
        }
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body.Span);
        return packed.ToArray();
    }

    private Answer Handle(HttpContext http, SalesforceCall call, SalesforceRoute? route, FaultKind? fault)
    {
        if (fault is { } kind && OrgFaults.Instead(kind) is { } instead)
            return instead;
        if (fault == FaultKind.TokenExpired)
            sessions.End(call);
        if (fault == FaultKind.Expired)
            sessions.EndAll();
        if (fault == FaultKind.RowLocks)
            begun.LockRows(call);
        crms.Settle(call.Now);
        try
        {
            if (route is not { Open: true })
            {
                sessions.Authenticate(call);
                if (crms.Org!.Behaviours.ApiDisabled)
                    throw SalesforceRefusal.With(403, "API_CURRENTLY_DISABLED", "API is currently disabled for this user or organization");
                usage.Take(call.Now);
            }
            if (http.Request.Path.Value!.Length + (http.Request.QueryString.Value?.Length ?? 0) > LongestUri)
                return Answer.Html(414, "URI Too Long", "The length of the URI exceeds the limit");
            return (route ?? throw SalesforceRefusal.NotFound()).Handle(call);
        }
        catch (SalesforceRefusal refusal)
        {
            return refusal.Answer;
        }
    }

    private SalesforceCall Read(HttpRequest request, byte[] body) => new()
    {
        Method = request.Method,
        Path = request.Path.Value!.StartsWith("//", StringComparison.Ordinal) ? request.Path.Value[1..] : request.Path.Value,
        Query = SalesforceQuery.Read(request.QueryString.Value ?? ""),
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        ContentType = request.ContentType ?? "",
        Body = body,
        Now = crms.Clock.Now,
    };

    /// <summary>The route with the object's name, but without ids and versions.</summary>
    private string NameOf(SalesforceRoute route, SalesforceCall call) =>
        call.Values.TryGetValue("type", out var type) && crms.Org!.FindType(type) is { } known
            ? route.Name.Replace("{type}", known.Name, StringComparison.Ordinal) : route.Name;
}
