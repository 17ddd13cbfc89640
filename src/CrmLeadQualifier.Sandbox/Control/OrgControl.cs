using System.Security.Cryptography;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>What an admin of the org does to the API client: on Salesforce's port only.</summary>
internal sealed class OrgControl(Org org, ConnectedApp app, Sessions sessions, ApiUsage usage)
{
    public void Map(WebApplication web, Func<HttpContext, Func<HubSpotCall, Answer>, Task> answer)
    {
        web.MapPost("/__sandbox/sessions/end", http => answer(http, _ => EndSessions()));
        web.MapPost("/__sandbox/certificate", http => answer(http, Certify));
        web.MapPost("/__sandbox/limits", http => answer(http, Limit));
        web.MapPost("/__sandbox/field-security", http => answer(http, Secure));
        web.MapPost("/__sandbox/validation-rules", http => answer(http, AddRule));
        web.MapPost("/__sandbox/record-types", http => answer(http, AddRecordType));
        web.MapPost("/__sandbox/triggers", http => answer(http, AddTrigger));
        web.MapPost("/__sandbox/flows", http => answer(http, AddFlow));
        web.MapPost("/__sandbox/locks", http => answer(http, Lock));
        web.MapPost("/__sandbox/sharing", http => answer(http, Share));
        web.MapPost("/__sandbox/features", http => answer(http, Enable));
        web.MapPost("/__sandbox/formulas", http => answer(http, Calculate));
        web.MapGet("/__sandbox/given", http => answer(http, _ => Given()));
    }

    /// <summary>{"given": [{"id", "field", "values": [text, …]}]}: what each custom field was given, oldest first; an empty text is null.</summary>
    private Answer Given() => Answer.Json(200, json =>
    {
        json.WriteStartArray("given");
        foreach (var (id, field, values) in org.Given.All)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("field", field);
            json.WriteStartArray("values");
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private Answer EndSessions()
    {
        sessions.EndAll();
        return Answer.NoContent();
    }

    /// <summary>{"pem": certificate or public key, "approved"?: false}: what checks the app's assertions, and whether the user is pre-authorised.</summary>
    private Answer Certify(HubSpotCall call)
    {
        app.Approved = call.BodyText("approved") != "false";
        try
        {
            if (call.BodyText("pem") is { } pem)
                app.SetCertificate(pem);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            throw HubSpotRefusal.Validation("pem must be an RSA certificate or public key in PEM");
        }
        return Answer.NoContent();
    }

    /// <summary>{"daily_api_requests": 100}.</summary>
    private Answer Limit(HubSpotCall call)
    {
        if (!long.TryParse(call.BodyText("daily_api_requests"), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var most))
            throw HubSpotRefusal.Validation("daily_api_requests must be a whole number");
        usage.Most = most;
        return Answer.NoContent();
    }

    /// <summary>{"field": "Lead.Industry", "readable": false, "editable": false}.</summary>
    private Answer Secure(HubSpotCall call)
    {
        if (call.BodyText("field")?.Split('.') is not [var type, var field] || org.FindType(type) is not { } known
            || !known.TryField(field, out var found))
            throw HubSpotRefusal.Validation("field must be an object and a field of it, such as Lead.Industry");
        var read = call.BodyText("readable") != "false";
        org.Access.Close(known.Name, found.Name, read, read && call.BodyText("editable") != "false");
        return Answer.NoContent();
    }

    /// <summary>
    /// {"object": "Lead", "condition": "Country = 'France' AND PostalCode = null", "message": "…"}: the condition, as in SOQL, tells what is refused.
    /// </summary>
    private Answer AddRule(HubSpotCall call)
    {
        var type = Object(call);
        var message = call.BodyText("message") ?? "This record is not valid.";
        org.Checks.AddRule(new ValidationRule(type, SoqlParser.ParseCondition(call.BodyText("condition") ?? ""), message));
        org.Setup.AddRule(type.Name, call.BodyText("name") ?? "Rule", message);
        return Answer.NoContent();
    }

    /// <summary>{"object": "Lead", "name": "Partner", "active"?: false}.</summary>
    private Answer AddRecordType(HubSpotCall call)
    {
        org.Setup.AddRecordType(Object(call).Name, call.BodyText("name") ?? "Other", call.BodyText("active") != "false");
        return Answer.NoContent();
    }

    /// <summary>{"object": "Lead", "name": "LeadTrigger"}: a trigger that is there to be found.</summary>
    private Answer AddTrigger(HubSpotCall call)
    {
        org.Setup.AddTrigger(Object(call).Name, call.BodyText("name") ?? "Trigger");
        return Answer.NoContent();
    }

    /// <summary>
    /// {"object": "Lead", "name": "Rate_Leads", "condition": "Status = 'Working - Contacted'", "field": "Rating", "value": "Warm"}: every save that leaves a
    /// record meeting the condition sets the field too, as whoever saves.
    /// </summary>
    private Answer AddFlow(HubSpotCall call)
    {
        var type = Object(call);
        var name = call.BodyText("name") ?? "Flow";
        if (!type.TryField(call.BodyText("field") ?? "", out var field))
            throw HubSpotRefusal.Validation("field must be a field of the object");
        var value = call.Json.TryGetProperty("value", out var given) ? FieldValue.Read(field, given) : null;
        org.Behaviours.Flows.Add(new RecordFlow(type, SoqlParser.ParseCondition(call.BodyText("condition") ?? ""), field, value));
        org.Setup.AddFlow(type.Name, name, name.Replace('_', ' '));
        return Answer.NoContent();
    }

    private SObjectType Object(HubSpotCall call) =>
        org.FindType(call.BodyText("object") ?? "") ?? throw HubSpotRefusal.Validation("object must be an object of the org");

    /// <summary>{"person_accounts"?: true, "currencies"?: {"USD": 1.25}}: what only some orgs have, and none gives up again; units of each currency to one of the corporate EUR.</summary>
    private Answer Enable(HubSpotCall call)
    {
        if (call.BodyText("person_accounts") == "true")
            PersonAccounts.Enable(org);
        if (call.Json.TryGetProperty("currencies", out var currencies) && currencies.ValueKind == System.Text.Json.JsonValueKind.Object)
            SeveralCurrencies.Set(org, currencies.EnumerateObject().ToDictionary(rate => rate.Name, rate => rate.Value.GetDouble()));
        return Answer.NoContent();
    }

    /// <summary>{"field": "Lead.Rank__c", "id": record, "value": "A"}: what a formula of text makes of a record now; the formula is made with its first value.</summary>
    private Answer Calculate(HubSpotCall call)
    {
        if (call.BodyText("field")?.Split('.') is not [var name, var field] || org.FindType(name) is not { } type || org.Find(call.BodyText("id")) is not { } record
            || record.Type != type)
            throw HubSpotRefusal.Validation("field must be an object and a field of it, such as Lead.Rank__c, and id one of its records");
        if (!type.TryField(field, out var formula))
        {
            formula = type.Add(new SObjectField(field, field, FieldType.String) { Length = 1_300, Calculated = true, Createable = false, Updateable = false });
            org.Access.GrantByProfile(type.Name, field);
        }
        if (!formula.Calculated)
            throw HubSpotRefusal.Validation($"{field} is no formula");
        org.Store(type).Set(record, formula, call.BodyText("value"));
        return Answer.NoContent();
    }

    /// <summary>{"id": record, "editable": false}: the API user may read it, and not write it.</summary>
    private Answer Share(HubSpotCall call)
    {
        if (org.Find(call.BodyText("id")) is not { } record)
            throw HubSpotRefusal.Validation("id must be a record's id");
        if (call.BodyText("editable") == "false")
            org.Checks.Refuse(record.Id, SaveError.ReadOnly);
        else
            org.Checks.Admit(record.Id);
        return Answer.NoContent();
    }

    /// <summary>{"id": record or its account, "for": "30s"}: another transaction holds it.</summary>
    private Answer Lock(HubSpotCall call)
    {
        if (org.Find(call.BodyText("id")) is not { } record || !Duration.TryRead(call.BodyText("for"), out var span))
            throw HubSpotRefusal.Validation("id must be a record's id, and for a duration such as \"30s\"");
        org.Checks.Lock(record.Id, call.Now + (long)span.TotalMilliseconds);
        return Answer.NoContent();
    }
}
