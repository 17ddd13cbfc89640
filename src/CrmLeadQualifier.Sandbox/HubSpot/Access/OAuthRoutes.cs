using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Access;

/// <summary>How an app gets its tokens, and what they say of themselves. The user who is asked agrees at once.</summary>
internal sealed class OAuthRoutes(Portal portal, Tokens tokens)
{
    /// <summary>The page that asks a user: back to the redirect address with a code, or with an error where the user may not.</summary>
    public Answer Authorize(HubSpotCall call)
    {
        if (call.Query("client_id") != tokens.ClientId)
            throw HubSpotRefusal.OAuth("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id");
        if (!Uri.TryCreate(call.Query("redirect_uri"), UriKind.Absolute, out var redirect))
            throw HubSpotRefusal.OAuth("BAD_REDIRECT_URI", "invalid_request", "missing or unknown redirect_uri");
        var asked = Words(call.Query("scope"));
        var unknown = asked.Where(scope => !Scopes.All.Contains(scope)).ToList();
        var state = call.Query("state") is { } text ? "&state=" + Uri.EscapeDataString(text) : "";
        var result = unknown.Count > 0
            ? $"error=invalid_scope&error_description={Uri.EscapeDataString("unknown scopes: " + string.Join(' ', unknown))}"
            : "code=" + tokens.Authorize(redirect.OriginalString, asked.Union(Words(call.Query("optional_scope")).Where(Scopes.All.Contains)),
                call.Query("code_challenge"), call.Now);
        var mark = redirect.Query.Length > 0 ? '&' : '?';
        return new Answer(302, ReadOnlyMemory<byte>.Empty, "text/html") { Headers = [("Location", $"{redirect.OriginalString}{mark}{result}{state}")] };
    }

    public Answer Token(HubSpotCall call)
    {
        var form = call.Form();
        tokens.CheckClient(form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        var issued = form.GetValueOrDefault("grant_type") switch
        {
            "authorization_code" => tokens.Redeem(form.GetValueOrDefault("code"), form.GetValueOrDefault("redirect_uri"),
                form.GetValueOrDefault("code_verifier"), call.Now),
            "refresh_token" => tokens.Refresh(form.GetValueOrDefault("refresh_token"), call.Now),
            _ => throw HubSpotRefusal.OAuth("BAD_GRANT_TYPE", "unsupported_grant_type", "grant_type must be authorization_code or refresh_token"),
        };
        return Answer.Json(200, json =>
        {
            json.WriteString("token_type", "bearer");
            json.WriteString("refresh_token", issued.Refresh);
            json.WriteString("access_token", issued.Access);
            json.WriteNumber("hub_id", portal.Settings.AccountId);
            Write(json, issued.Scopes);
            json.WriteNumber("user_id", User.UserId);
            json.WriteNumber("expires_in", Tokens.Life);
        });
    }

    /// <summary>Of the dated versions: an access or a refresh token, named in the form.</summary>
    public Answer Introspect(HubSpotCall call)
    {
        var form = call.Form();
        tokens.CheckClient(form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        var token = form.GetValueOrDefault("token") ?? "";
        return tokens.Access(token, call.Now) is { } access ? Describe("access_token", "bearer", token, access.Scopes, access.Seconds)
            : tokens.Refreshable(token) is { } scopes ? Describe("refresh_token", "bearer", token, scopes, null)
            : Answer.Json(200, json => json.WriteBoolean("active", false));
    }

    public Answer Revoke(HubSpotCall call)
    {
        var form = call.Form();
        tokens.CheckClient(form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        tokens.Revoke(form.GetValueOrDefault("token") ?? "");
        return Answer.NoContent();
    }

    public Answer AccessToken(HubSpotCall call) => tokens.Access(call.Route("token"), call.Now) is { } known
        ? Describe("access_token", "access", call.Route("token"), known.Scopes, known.Seconds) : throw HubSpotRefusal.NotFound();

    public Answer RefreshToken(HubSpotCall call) => tokens.Refreshable(call.Route("token")) is { } known
        ? Describe("refresh_token", "refresh", call.Route("token"), known, null) : throw HubSpotRefusal.NotFound();

    public Answer RevokeRefreshToken(HubSpotCall call)
    {
        tokens.Revoke(call.Route("token"));
        return Answer.NoContent();
    }

    /// <summary>What a private app's token or a service key may do.</summary>
    public Answer ServiceKey(HubSpotCall call)
    {
        if (call.BodyText("tokenKey") is not { } key || key != tokens.ServiceKey || tokens.Access(key, call.Now) is not { } known)
            throw HubSpotRefusal.NotFound();
        return Answer.Json(200, json =>
        {
            json.WriteNumber("userId", User.UserId);
            json.WriteNumber("hubId", portal.Settings.AccountId);
            json.WriteNumber("appId", int.Parse(Portal.AppId, System.Globalization.CultureInfo.InvariantCulture));
            Write(json, known.Scopes);
        });
    }

    private Owner User => portal.Owners.All[0];

    private Answer Describe(string use, string type, string token, IReadOnlyCollection<string> scopes, long? seconds) => Answer.Json(200, json =>
    {
        json.WriteString("token_use", use);
        json.WriteBoolean("active", true);
        json.WriteString("token", token);
        json.WriteString("token_type", type);
        json.WriteString("client_id", tokens.ClientId);
        json.WriteString("user", User.Email);
        json.WriteNumber("user_id", User.UserId);
        json.WriteString("hub_domain", $"{portal.Settings.AccountId}.example");
        json.WriteNumber("hub_id", portal.Settings.AccountId);
        json.WriteNumber("app_id", int.Parse(Portal.AppId, System.Globalization.CultureInfo.InvariantCulture));
        Write(json, scopes);
        if (seconds is { } left)
            json.WriteNumber("expires_in", left);
    });

    private static void Write(Utf8JsonWriter json, IReadOnlyCollection<string> scopes)
    {
        json.WriteStartArray("scopes");
        foreach (var scope in scopes.Order(StringComparer.Ordinal))
            json.WriteStringValue(scope);
        json.WriteEndArray();
    }

    private static string[] Words(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
