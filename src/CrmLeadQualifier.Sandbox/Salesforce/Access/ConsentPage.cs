using System.Net;
using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>The page on which a user allows the app to act for it, and the way back. As in every new External Client App, PKCE is required.</summary>
internal sealed class ConsentPage(Org org, ConnectedApp app, Sessions sessions)
{
    private const string DefaultScope = "api refresh_token";

    /// <summary>GET authorize: asks.</summary>
    public Answer Ask(SalesforceCall call)
    {
        if (Refused(call.Query) is { } refused)
            return refused;
        var fields = string.Concat(call.Query.Select(pair =>
            $"<input type=\"hidden\" name=\"{WebUtility.HtmlEncode(pair.Key)}\" value=\"{WebUtility.HtmlEncode(pair.Value)}\">"));
        return Page(200, $"""
            <h1>Allow access?</h1>
            <p>The app asks to: {WebUtility.HtmlEncode(call.Query.GetValueOrDefault("scope") ?? DefaultScope)}, as {WebUtility.HtmlEncode(org.Users.Integration.Text("Username"))}.</p>
            <form method="post" action="/services/oauth2/authorize">{fields}
            <button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>
            """);
    }

    /// <summary>POST authorize: the user's decision leads back to the app.</summary>
    public Answer Decide(SalesforceCall call)
    {
        var form = SalesforceQuery.Read(Encoding.UTF8.GetString(call.Body.Span));
        if (Refused(form) is { } refused)
            return refused;
        return Back(form, form.GetValueOrDefault("decision") == "allow"
            ? ("code", sessions.Authorize(form["redirect_uri"], form.GetValueOrDefault("scope") ?? DefaultScope, form["code_challenge"], call.Now))
            : ("error", "access_denied"));
    }

    private Answer? Refused(IReadOnlyDictionary<string, string> asked)
    {
        if (asked.GetValueOrDefault("client_id") != app.ClientId)
            return Page(400, "<p>error=invalid_client_id&amp;error_description=client%20identifier%20invalid</p>");
        // Without an address to trust there is no way back: the user is told.
        if (!Uri.TryCreate(asked.GetValueOrDefault("redirect_uri"), UriKind.Absolute, out var uri) || !(uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)))
            return Page(400, "<p>error=redirect_uri_mismatch&amp;error_description=redirect_uri%20must%20match%20configuration</p>");
        if (asked.GetValueOrDefault("response_type") != "code")
            return Back(asked, ("error", "unsupported_response_type"), ("error_description", "response type not supported"));
        return asked.GetValueOrDefault("code_challenge") is not { Length: > 0 } || asked.GetValueOrDefault("code_challenge_method", "S256") != "S256"
            ? Back(asked, ("error", "invalid_request"), ("error_description", "missing required code challenge"))
            : null;
    }

    private static Answer Back(IReadOnlyDictionary<string, string> asked, params IEnumerable<(string Name, string Value)> values)
    {
        if (asked.GetValueOrDefault("state") is { } state)
            values = values.Append(("state", state));
        var address = asked["redirect_uri"];
        var query = string.Join('&', values.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return Page(302, "") with { Headers = [("Location", $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}")] };
    }

    private static Answer Page(int status, string body) => new(status,
        Encoding.UTF8.GetBytes($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Salesforce (sandbox)</title></head><body>{body}</body></html>"),
        "text/html;charset=UTF-8");
}
