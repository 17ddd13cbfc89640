using System.Globalization;
using System.Text;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Control;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>
/// What every HubSpot call goes through: it is counted, meets its fault, is authenticated and limited, is handled alone (one call at a time sees and
/// changes the portal), and its whole answer leaves with HubSpot's headers.
/// </summary>
internal sealed class CallGate(EmulatedCrms crms, RateLimiter limits, FaultPlan faults, CallLog log, string token, TimeSpan latency,
    TimeProvider time)
{
    private static readonly TimeSpan SlowBy = TimeSpan.FromSeconds(3);
    private long _correlation;

    public Task HandleAsync(HttpContext http, HubSpotRoute route) => HandleAsync(http, route.NameFor(http.Request.RouteValues), route);

    /// <summary>A path or method that the portal does not have.</summary>
    public Task HandleUnknownAsync(HttpContext http) => HandleAsync(http, "(unknown)", route: null);

    private async Task HandleAsync(HttpContext http, string name, HubSpotRoute? route)
    {
        var body = await ReadAsync(http);
        var correlationId = CorrelationId();
        log.Arrived(name);
        var fault = faults.Next();
        if (fault == FaultKind.CutBefore)
        {
            http.Abort();
            return;
        }
        Answer answer;
        lock (crms.Gate)
        {
            answer = Handle(http, route, body, fault, correlationId);
            log.Answered(answer.Status, answer.RowsRead, answer.RowsWritten);
            WriteHeaders(http.Response, answer, route?.Search == true, correlationId);
        }
        var wait = latency + (fault == FaultKind.Slow ? SlowBy : TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, http.RequestAborted);
        if (fault == FaultKind.CutAfter)
        {
            http.Abort();
            return;
        }
        await WriteAsync(http, AnswerFaults.Apply(fault, answer));
    }

    private Answer Handle(HttpContext http, HubSpotRoute? route, byte[] body, FaultKind? fault, string correlationId)
    {
        if (fault is { } kind && AnswerFaults.Instead(kind, correlationId) is { } instead)
            return instead;
        var now = crms.Clock.Now;
        crms.Settle(now);
        try
        {
            Authenticate(http.Request);
            if (limits.Take(route?.Search == true) is { } refused)
                throw AnswerFaults.Limited(refused);
            if (route is null || (http.Request.RouteValues["version"] is string version && !route.Serves(version)))
                throw HubSpotRefusal.NotFoundPage();
            return route.Handle(new HubSpotCall(http.Request, body, now));
        }
        catch (HubSpotRefusal refusal)
        {
            return refusal.ToAnswer(correlationId);
        }
    }

    private void Authenticate(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString() != "Bearer " + token)
            throw HubSpotRefusal.Unauthenticated();
    }

    private void WriteHeaders(HttpResponse response, Answer answer, bool search, string correlationId)
    {
        response.StatusCode = answer.Status;
        response.Headers.Date = DateTimeOffset.FromUnixTimeMilliseconds(crms.Clock.Now).ToString("r", CultureInfo.InvariantCulture);
        response.Headers["X-HubSpot-Correlation-Id"] = correlationId;
        if (answer.Status != 401)
        {
            foreach (var (name, value) in limits.Headers(search))
                response.Headers[name] = value.ToString(CultureInfo.InvariantCulture);
        }
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
    }

    private static async Task WriteAsync(HttpContext http, Answer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        if (answer.Status == 204)
            return;
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    private static async Task<byte[]> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0)
            return [];
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }

    private string CorrelationId()
    {
        var number = Interlocked.Increment(ref _correlation);
        return new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{token}/{number}")).AsSpan(0, 16)).ToString();
    }
}
