using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>The token endpoint with its flows (client credentials, JWT bearer, authorization code, refresh), and who a token's user is.</summary>
internal sealed class SignInRoutes(Org org, ConnectedApp app, Sessions sessions, Func<string> baseUrl)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public Answer Token(SalesforceCall call)
    {
        var form = Form(call);
        var (id, secret) = Credentials(call, form);
        if (sessions.Refused is { } error)
            throw SalesforceRefusal.OAuth(error, DescriptionOf(error));
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "client_credentials":
                app.CheckClient(id, secret);
                return Tokens(call, sessions.Open(call.Now), "api", null);
            case JwtBearer:
                app.CheckAssertion(form.GetValueOrDefault("assertion"), baseUrl(), call.Now);
                return Tokens(call, sessions.Open(call.Now), "api", null);
            case "authorization_code":
                app.CheckClient(id, secret);
                var agreed = sessions.Redeem(form.GetValueOrDefault("code"), form.GetValueOrDefault("redirect_uri"), form.GetValueOrDefault("code_verifier"),
                    call.Now);
                var first = agreed.Split(' ').Any(scope => scope is "refresh_token" or "offline_access") ? sessions.OpenRefresh(agreed) : null;
                return Tokens(call, sessions.Open(call.Now, agreed, first), agreed, first);
            case "refresh_token":
                app.CheckClient(id, secret);
                var given = form.GetValueOrDefault("refresh_token");
                var (scope, next) = sessions.Refresh(given);
                return Tokens(call, sessions.Open(call.Now, scope, next), scope, next == given ? null : next);
            default:
                throw SalesforceRefusal.OAuth("unsupported_grant_type", "grant type not supported");
        }
    }

    public Answer Revoke(SalesforceCall call)
    {
        sessions.Revoke(Form(call).GetValueOrDefault("token") ?? call.Query.GetValueOrDefault("token") ?? "");
        return SalesforceJson.NoContent with { Status = 200 };
    }

    public Answer Introspect(SalesforceCall call)
    {
        var form = Form(call);
        var (id, secret) = Credentials(call, form);
        app.CheckClient(id, secret);
        var known = sessions.Known(form.GetValueOrDefault("token") ?? "", call.Now);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteBoolean("active", known is not null);
            if (known is not { } session)
                return;
            json.WriteString("scope", session.Scope);
            json.WriteString("client_id", app.ClientId);
            json.WriteString("username", org.Users.Integration.Text("Username"));
            json.WriteString("sub", Identity());
            json.WriteString("token_type", "access_token");
            json.WriteNumber("exp", session.EndsAt / 1_000);
        });
    }

    /// <summary>Who the token's user is: userinfo, and the identity address of the token's answer.</summary>
    public Answer UserInfo(SalesforceCall call)
    {
        var user = org.Users.Integration;
        return SalesforceJson.Object(200, json =>
        {
            json.WriteString("sub", Identity());
            json.WriteString("user_id", user.Id);
            json.WriteString("organization_id", org.Users.OrganizationId);
            json.WriteString("preferred_username", user.Text("Username"));
            json.WriteString("username", user.Text("Username"));
            json.WriteString("nickname", user.Text("Alias"));
            json.WriteString("name", user.Text("Name"));
            json.WriteString("email", user.Text("Email"));
            json.WriteBoolean("email_verified", true);
            json.WriteString("zoneinfo", user.Text("TimeZoneSidKey"));
            json.WriteStartObject("urls");
            json.WriteString("rest", $"{baseUrl()}/services/data/v{{version}}/");
            json.WriteString("query", $"{baseUrl()}/services/data/v{{version}}/query/");
            json.WriteString("sobjects", $"{baseUrl()}/services/data/v{{version}}/sobjects/");
            json.WriteString("tooling_rest", $"{baseUrl()}/services/data/v{{version}}/tooling/");
            json.WriteString("metadata", $"{baseUrl()}/services/Soap/m/{{version}}/{org.Users.OrganizationId[..15]}");
            json.WriteEndObject();
            json.WriteBoolean("active", true);
            json.WriteString("user_type", "STANDARD");
            json.WriteString("language", "en_US");
            json.WriteString("locale", "en_US");
        });
    }

    private static string DescriptionOf(string error) => error switch
    {
        "invalid_client" => "invalid client credentials",
        "invalid_client_id" => "client identifier invalid",
        "invalid_grant" => "authentication failure",
        _ => error.Replace('_', ' '),
    };

    private Answer Tokens(SalesforceCall call, string token, string scope, string? refresh) => SalesforceJson.Object(200, json =>
    {
        json.WriteString("access_token", token);
        if (refresh is not null)
            json.WriteString("refresh_token", refresh);
        json.WriteString("signature",
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Identity() + call.Now.ToString(CultureInfo.InvariantCulture)))));
        json.WriteString("scope", scope);
        json.WriteString("instance_url", baseUrl());
        json.WriteString("id", Identity());
        json.WriteString("token_type", "Bearer");
        json.WriteString("issued_at", call.Now.ToString(CultureInfo.InvariantCulture));
    });

    private string Identity() => $"{baseUrl()}/id/{org.Users.OrganizationId}/{org.Users.Integration.Id}";

    private static (string? Id, string? Secret) Credentials(SalesforceCall call, Dictionary<string, string> form)
    {
        if (call.Header("authorization") is not { } header || !header.StartsWith("Basic ", StringComparison.Ordinal))
            return (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..], bytes, out var length))
            return (null, null);
        var pair = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return (pair[0], pair.Length > 1 ? pair[1] : null);
    }

    private static Dictionary<string, string> Form(SalesforceCall call) => SalesforceQuery.Read(Encoding.UTF8.GetString(call.Body.Span));
}
