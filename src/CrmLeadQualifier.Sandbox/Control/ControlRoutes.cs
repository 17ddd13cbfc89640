using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>The sandbox's own routes, for tests: neither counted nor limited, and without a token.</summary>
internal sealed class ControlRoutes(Portal portal, SandboxClock clock, FaultPlan faults, CallLog log)
{
    public void Map(WebApplication web)
    {
        var people = new People(portal);
        web.MapGet("/__sandbox/clock", http => AnswerAsync(http, _ => Clock()));
        web.MapPost("/__sandbox/clock", http => AnswerAsync(http, Advance));
        web.MapGet("/__sandbox/stats", http => AnswerAsync(http, _ => Statistics()));
        web.MapPost("/__sandbox/stats/reset", http => AnswerAsync(http, _ => Reset()));
        web.MapPost("/__sandbox/faults", http => AnswerAsync(http, ReplaceFaults));
        web.MapPost("/__sandbox/people/{type}/{id}", http => AnswerAsync(http, people.Edit));
        web.MapPost("/__sandbox/people/contacts/{id}/activities", http => AnswerAsync(http, people.Act));
    }

    private Answer Clock() => Answer.Json(200, json => json.WriteString("now", Instant.Iso(clock.Now)));

    private Answer Advance(HubSpotCall call)
    {
        if (!Duration.TryRead(call.BodyText("advance"), out var by))
            throw HubSpotRefusal.Validation("advance must be a whole number and ms, s, m, h, d or w, such as \"20m\"");
        clock.Advance(by);
        return Clock();
    }

    private Answer Statistics()
    {
        var read = log.Read();
        return Answer.Json(200, json =>
        {
            json.WriteString("since", Instant.Iso(read.Since));
            json.WriteStartObject("calls");
            json.WriteNumber("total", read.Total);
            json.WriteStartObject("by_route");
            foreach (var (route, calls) in read.ByRoute)
                json.WriteNumber(route, calls);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteNumber("refused", read.Refused);
            json.WriteNumber("rows_read", read.RowsRead);
            json.WriteNumber("rows_written", read.RowsWritten);
        });
    }

    private Answer Reset()
    {
        log.Reset(clock.Now);
        faults.Restart();
        return Answer.NoContent();
    }

    private Answer ReplaceFaults(HubSpotCall call)
    {
        if (!FaultPlan.TryRead(call.BodyText("faults"), out var planned, out var error))
            throw HubSpotRefusal.Validation(error);
        faults.Replace(planned);
        return Answer.NoContent();
    }

    private async Task AnswerAsync(HttpContext http, Func<HubSpotCall, Answer> handle)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Answer answer;
        lock (portal.Gate)
        {
            var now = clock.Now;
            portal.Settle(now);
            try
            {
                answer = handle(new HubSpotCall(http.Request, body.ToArray(), now));
            }
            catch (HubSpotRefusal refusal)
            {
                answer = refusal.ToAnswer("sandbox");
            }
        }
        http.Response.StatusCode = answer.Status;
        if (answer.Status == 204)
            return;
        http.Response.ContentType = answer.ContentType;
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }
}
