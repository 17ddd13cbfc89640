using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Pages;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>
/// The sandbox's own routes, for tests: neither counted nor limited, and without a token. Statistics and faults are those of the CRM whose port is asked; clock and people
/// are found on either.
/// </summary>
/// <param name="crms">The CRMs.</param>
/// <param name="faults">The faults of the CRM whose port this is.</param>
/// <param name="log">Its calls.</param>
/// <param name="orgControl">Salesforce's own routes; null on HubSpot's port.</param>
internal sealed class ControlRoutes(EmulatedCrms crms, FaultPlan faults, CallLog log, OrgControl? orgControl)
{
    public void Map(WebApplication web)
    {
        web.MapGet("/__sandbox/clock", http => AnswerAsync(http, _ => Clock()));
        web.MapPost("/__sandbox/clock", http => AnswerAsync(http, Advance));
        web.MapGet("/__sandbox/stats", http => AnswerAsync(http, _ => Statistics()));
        web.MapPost("/__sandbox/stats/reset", http => AnswerAsync(http, _ => Reset()));
        web.MapPost("/__sandbox/faults", http => AnswerAsync(http, ReplaceFaults));
        web.MapPost("/__sandbox/people/{type}/{id}", http => AnswerAsync(http, Edit));
        web.MapPost("/__sandbox/people/{type}/{id}/activities", http => AnswerAsync(http, Act));
        Func<HubSpotCall, Answer> index = orgControl is null ? new HubSpotPages(crms.Portal!).Index : new SalesforcePages(crms.Org!).Index;
        Func<HubSpotCall, Answer> record = orgControl is null ? new HubSpotPages(crms.Portal!).Record : new SalesforcePages(crms.Org!).Record;
        web.MapGet("/__sandbox/records", http => AnswerAsync(http, index));
        web.MapGet("/__sandbox/records/{id}", http => AnswerAsync(http, record));
        if (crms.Org is { } org)
        {
            var people = new OrgPeople(org);
            web.MapPost("/__sandbox/people/{type}/{id}/convert", http => AnswerAsync(http, people.Convert));
            web.MapPost("/__sandbox/people/{type}/{id}/merge", http => AnswerAsync(http, people.Merge));
            web.MapPost("/__sandbox/people/{type}/{id}/delete", http => AnswerAsync(http, people.Delete));
        }
        orgControl?.Map(web, AnswerAsync);
    }

    private Answer Clock() => Answer.Json(200, json => json.WriteString("now", Instant.Iso(crms.Clock.Now)));

    private Answer Advance(HubSpotCall call)
    {
        if (!Duration.TryRead(call.BodyText("advance"), out var by))
            throw HubSpotRefusal.Validation("advance must be a whole number and ms, s, m, h, d or w, such as \"20m\"");
        crms.Clock.Advance(by);
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
        log.Reset(crms.Clock.Now);
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

    /// <summary>An id tells its CRM: HubSpot's are numbers.</summary>
    private Answer Edit(HubSpotCall call)
    {
        if (crms.Org is { } org && SalesforceId.Read(call.Route("id")) is not null)
            return new OrgPeople(org).Edit(call);
        return crms.Portal is { } portal ? new People(portal).Edit(call) : throw HubSpotRefusal.NotFound();
    }

    private Answer Act(HubSpotCall call)
    {
        if (crms.Org is { } org && SalesforceId.Read(call.Route("id")) is not null)
            return new OrgPeople(org).Act(call);
        return crms.Portal is { } portal ? new People(portal).Act(call) : throw HubSpotRefusal.NotFound();
    }

    private async Task AnswerAsync(HttpContext http, Func<HubSpotCall, Answer> handle)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Answer answer;
        lock (crms.Gate)
        {
            var now = crms.Clock.Now;
            crms.Settle(now);
            try
            {
                answer = handle(new HubSpotCall(http.Request, body.ToArray(), now));
            }
            catch (HubSpotRefusal refusal)
            {
                answer = refusal.ToAnswer("sandbox");
            }
            catch (SalesforceRefusal refusal)
            {
                answer = refusal.Answer;
            }
        }
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            http.Response.Headers[name] = value;
        if (answer.Status == 204)
            return;
        http.Response.ContentType = answer.ContentType;
        await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }
}
