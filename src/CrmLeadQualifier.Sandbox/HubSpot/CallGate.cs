using System.Globalization;
using System.Text;
using CrmLeadQualifier.Sandbox.Control;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Access;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>
/// What every HubSpot call goes through: it is counted, meets its fault, is authenticated and limited, is handled alone (one call at a time sees and
/// changes the portal), and its whole answer leaves with HubSpot's headers.
/// </summary>
internal sealed class CallGate(EmulatedCrms crms, Tokens tokens, RateLimiter limits, FaultPlan faults, PortalFaults portalFaults, CallLog log,
    TimeSpan latency, TimeProvider time)
{
    private const long AppliedLate = 30_000;
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
        Answer? answer = null;
        FaultKind? fault;
        lock (crms.Gate)
        {
            var now = crms.Clock.Now;
            crms.Settle(now);
            var call = new HubSpotCall(http.Request, body, now);
            var canExpire = tokens.IsInUse(http.Request.Headers.Authorization.ToString());
            var met = faults.Next(kind => route is not null && route.Fits(kind, call, canExpire) && portalFaults.Fits(kind, call));
            fault = met.Single;
            if (fault is { } single)
                log.Met(FaultCatalogue.NameOf(single));
            foreach (var begun in met.Due)
            {
                log.Met(begun.Fault.Name);
                portalFaults.Begin(begun, call);
            }
            if (fault != FaultKind.CutBefore)
            {
                answer = Handle(http, route, body, now, fault, correlationId);
                log.Answered(answer.Status, answer.RowsRead, answer.RowsWritten);
                WriteHeaders(http.Response, answer, route, correlationId);
            }
        }
        if (answer is null)
        {
            http.Abort();
            return;
        }
        var wait = latency + (fault == FaultKind.Slow ? SlowBy : TimeSpan.Zero);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, http.RequestAborted);
        if (fault == FaultKind.CutAfter)
        {
            http.Abort();
            return;
        }
        await WriteAsync(http, answer);
    }

    private Answer Handle(HttpContext http, HubSpotRoute? route, byte[] body, long now, FaultKind? fault, string correlationId)
    {
        if (fault == FaultKind.TokenExpired)
            tokens.Expire(http.Request.Headers.Authorization.ToString(), now);
        if (fault is { } kind && AnswerFaults.Instead(kind, route?.Search == true, correlationId) is { } instead)
        {
            if (kind == FaultKind.AppliedLater && route!.Writes)
                ApplyLater(http.Request, route, body, now + AppliedLate);
            return instead;
        }
        try
        {
            var scopes = route is { Open: true } ? new HashSet<string>() : Authorize(http.Request, route, now);
            if (route is null || (http.Request.RouteValues["version"] is string version && !route.Serves(version)))
                throw HubSpotRefusal.NotFoundPage();
            return AnswerFaults.Apply(fault, route.Handle(new HubSpotCall(http.Request, body, now) { Fault = fault, Scopes = scopes }));
        }
        catch (HubSpotRefusal refusal)
        {
            return AnswerFaults.Apply(fault, refusal.ToAnswer(correlationId));
        }
    }

    private IReadOnlySet<string> Authorize(HttpRequest request, HubSpotRoute? route, long now)
    {
        var caller = tokens.Authenticate(request.Headers.Authorization.ToString(), now);
        if (limits.Take(route?.Search == true) is { } refused)
            throw AnswerFaults.Limited(refused);
        if (route is not null)
            Scopes.Check(route.Needs, request.RouteValues, caller.Scopes);
        return caller.Scopes;
    }

    /// <summary>The gateway gave up; what stands behind it did not.</summary>
    private void ApplyLater(HttpRequest request, HubSpotRoute route, byte[] body, long at)
    {
        var values = new RouteValueDictionary(request.RouteValues);
        var (path, query) = (request.Path, request.QueryString);
        crms.Portal!.Later.Add(at, due =>
        {
            var context = new DefaultHttpContext();
            (context.Request.Path, context.Request.QueryString, context.Request.RouteValues) = (path, query, values);
            try
            {
                route.Handle(new HubSpotCall(context.Request, body, due));
            }
            catch (HubSpotRefusal)
            {
                // Nobody is there any more to hear it.
            }
        });
    }

    private void WriteHeaders(HttpResponse response, Answer answer, HubSpotRoute? route, string correlationId)
    {
        response.StatusCode = answer.Status;
        response.Headers.Date = DateTimeOffset.FromUnixTimeMilliseconds(crms.Clock.Now).ToString("r", CultureInfo.InvariantCulture);
        response.Headers["X-HubSpot-Correlation-Id"] = correlationId;
        if (answer.Status != 401 && route is not { Open: true })
        {
            foreach (var (name, value) in limits.Headers(route?.Search == true))
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
        return new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{tokens.ServiceKey}/{number}")).AsSpan(0, 16)).ToString();
    }
}
