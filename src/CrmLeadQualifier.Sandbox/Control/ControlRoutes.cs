using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Pages;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>
/// The sandbox's own routes, for tests: neither counted nor limited, and without a token. Statistics and faults are those of the CRM whose port is
/// asked; clock and people
/// are found on either.
/// </summary>
/// <param name="crms">The CRMs.</param>
/// <param name="faults">The faults of the CRM whose port this is.</param>
/// <param name="log">Its calls.</param>
/// <param name="pages">Its pages.</param>
/// <param name="mapOwn">Adds the routes that only this CRM's port has.</param>
internal sealed class ControlRoutes(EmulatedCrms crms, FaultPlan faults, CallLog log, IRecordPages pages,
    Action<WebApplication, Func<HttpContext, Func<HubSpotCall, Answer>, Task>> mapOwn)
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
        web.MapPost("/__sandbox/people/{type}/{id}/merge", http => AnswerAsync(http, Merge));
        web.MapPost("/__sandbox/people/{type}/{id}/delete", http => AnswerAsync(http, Delete));
        web.MapPost("/__sandbox/people/{type}/{id}/restore", http => AnswerAsync(http, Restore));
        web.MapGet("/__sandbox/records", http => AnswerAsync(http, pages.Index));
        web.MapGet("/__sandbox/records/{id}", http => AnswerAsync(http, pages.Record));
        if (crms.Org is { } org)
            web.MapPost("/__sandbox/people/{type}/{id}/convert", http => AnswerAsync(http, new OrgPeople(org).Convert));
        if (crms.Portal is { } portal)
            web.MapPost("/__sandbox/people/{type}/{id}/erase", http => AnswerAsync(http, new People(portal).Erase));
        mapOwn(web, AnswerAsync);
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
            json.WriteStartObject("faults");
            foreach (var (fault, times) in read.Faults)
                json.WriteNumber(fault, times);
            json.WriteEndObject();
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
        if (!FaultList.TryRead(call.BodyText("faults"), out var planned, out var error))
            throw HubSpotRefusal.Validation(error);
        double? rate = null;
        if (call.BodyText("rate") is { } text)
        {
            rate = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var given) && given is >= 0 and <= 1 ? given
                : throw HubSpotRefusal.Validation("rate must be from 0 to 1");
        }
        var seed = int.TryParse(call.BodyText("seed"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        faults.Replace(planned, rate, seed);
        return Answer.NoContent();
    }

    private Answer Edit(HubSpotCall call) => OfCrm(call, org => org.Edit(call), portal => portal.Edit(call));

    private Answer Act(HubSpotCall call) => OfCrm(call, org => org.Act(call), portal => portal.Act(call));

    private Answer Merge(HubSpotCall call) => OfCrm(call, org => org.Merge(call), portal => portal.Merge(call));

    private Answer Delete(HubSpotCall call) => OfCrm(call, org => org.Delete(call), portal => portal.Delete(call));

    private Answer Restore(HubSpotCall call) => OfCrm(call, org => org.Restore(call), portal => portal.Restore(call));

    /// <summary>An id tells its CRM: HubSpot's are numbers.</summary>
    private Answer OfCrm(HubSpotCall call, Func<OrgPeople, Answer> inOrg, Func<People, Answer> inPortal)
    {
        if (crms.Org is { } org && SalesforceId.Read(call.Route("id")) is not null)
            return inOrg(new OrgPeople(org));
        return crms.Portal is { } portal ? inPortal(new People(portal)) : throw HubSpotRefusal.NotFound();
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
