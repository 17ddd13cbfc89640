using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Access;
using CrmLeadQualifier.Sandbox.HubSpot.Webhooks;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>What an admin of the portal does to the API client, and where webhooks go: on HubSpot's port only.</summary>
internal sealed class PortalControl(Portal portal, Tokens tokens, WebhookSender webhooks, string clientSecret)
{
    public void Map(WebApplication web, Func<HttpContext, Func<HubSpotCall, Answer>, Task> answer)
    {
        web.MapPost("/__sandbox/tokens/expire", http => answer(http, Expire));
        web.MapPost("/__sandbox/tokens/revoke", http => answer(http, Revoke));
        web.MapPost("/__sandbox/scopes", http => answer(http, Scope));
        web.MapPost("/__sandbox/events", http => answer(http, Events));
        web.MapPost("/__sandbox/webhooks", http => answer(http, Subscribe));
        web.MapDelete("/__sandbox/webhooks", http => answer(http, Unsubscribe));
        web.MapGet("/__sandbox/webhooks", http => answer(http, _ => Counts()));
    }

    private Answer Expire(HubSpotCall call)
    {
        tokens.Expire(authorization: null, call.Now);
        return Answer.NoContent();
    }

    private Answer Revoke(HubSpotCall call)
    {
        tokens.RevokeAll();
        return Answer.NoContent();
    }

    /// <summary>{"scope": "forms", "granted": false}: an admin takes a scope from the key, or gives it back.</summary>
    private Answer Scope(HubSpotCall call)
    {
        var scope = call.BodyText("scope");
        if (scope is null || !Scopes.All.Contains(scope))
            throw HubSpotRefusal.Validation($"scope must be one of {string.Join(", ", Scopes.All)}");
        if (call.BodyText("granted") == "false")
            tokens.Withdraw(scope);
        else
            tokens.GiveBack(scope);
        return Answer.NoContent();
    }

    /// <summary>{"events": "refused"}: what the plan gives of event occurrences.</summary>
    private Answer Events(HubSpotCall call)
    {
        portal.Settings.Events = Enum.TryParse<EventAccess>(call.BodyText("events"), ignoreCase: true, out var given) && Enum.IsDefined(given) ? given
            : throw HubSpotRefusal.Validation("events must be given, refused or empty");
        return Answer.NoContent();
    }

    /// <summary>{"url", "client_secret"?, "subscriptions"?: ["contact.creation", "contact.propertyChange:email"], "generic"?: true}.</summary>
    private Answer Subscribe(HubSpotCall call)
    {
        if (!Uri.TryCreate(call.BodyText("url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw HubSpotRefusal.Validation("url must be an http or https address");
        webhooks.Target(new WebhookTarget(url, call.BodyText("client_secret") ?? clientSecret, call.BodyList("subscriptions"),
            call.BodyText("generic") == "true"));
        return Answer.NoContent();
    }

    private Answer Unsubscribe(HubSpotCall call)
    {
        webhooks.Target(null);
        return Answer.NoContent();
    }

    private Answer Counts()
    {
        var counts = webhooks.Counts;
        return Answer.Json(200, json =>
        {
            json.WriteNumber("calls", counts.Calls);
            json.WriteNumber("delivered", counts.Delivered);
            json.WriteNumber("given_up", counts.GivenUp);
            json.WriteNumber("pending", counts.Pending);
            json.WriteNumber("portal_id", portal.Settings.AccountId);
        });
    }
}
