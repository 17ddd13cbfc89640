using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>The token endpoint and the sessions that it opens. Nothing in its answer tells when a token ends: the client learns it by a 401.</summary>
internal sealed class Sessions(Org org, int seed, string clientId, string clientSecret, Func<string> baseUrl)
{
    /// <summary>The org's session timeout.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(2);

    private readonly Dictionary<string, long> _ends = new(StringComparer.Ordinal);
    private int _issued;

    public Answer Token(SalesforceCall call)
    {
        var form = Form(call);
        if (form.GetValueOrDefault("grant_type") is not { Length: > 0 } grant)
            throw SalesforceRefusal.OAuth("unsupported_grant_type", "grant type not supported");
        if (grant != "client_credentials")
            throw SalesforceRefusal.OAuth("unsupported_grant_type", "grant type not supported");
        var (id, secret) = Credentials(call, form);
        if (id != clientId)
            throw SalesforceRefusal.OAuth("invalid_client_id", "client identifier invalid");
        if (secret != clientSecret)
            throw SalesforceRefusal.OAuth("invalid_client", "invalid client credentials");
        var token = $"{org.Users.OrganizationId[..15]}!AQ{Secret($"token/{++_issued}", 90)}";
        _ends[token] = call.Now + (long)Life.TotalMilliseconds;
        var identity = $"{baseUrl()}/id/{org.Users.OrganizationId}/{org.Users.Integration.Id}";
        return SalesforceJson.Object(200, json =>
        {
            json.WriteString("access_token", token);
            json.WriteString("signature", Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(identity + call.Now.ToString(CultureInfo.InvariantCulture)))));
            json.WriteString("scope", "api");
            json.WriteString("instance_url", baseUrl());
            json.WriteString("id", identity);
            json.WriteString("token_type", "Bearer");
            json.WriteString("issued_at", call.Now.ToString(CultureInfo.InvariantCulture));
        });
    }

    public Answer Revoke(SalesforceCall call)
    {
        _ends.Remove(Form(call).GetValueOrDefault("token") ?? "");
        return SalesforceJson.Value(200, json => json.WriteNullValue()) with { Body = ReadOnlyMemory<byte>.Empty };
    }

    public Answer UserInfo(SalesforceCall call)
    {
        var user = org.Users.Integration;
        return SalesforceJson.Object(200, json =>
        {
            json.WriteString("sub", $"{baseUrl()}/id/{org.Users.OrganizationId}/{user.Id}");
            json.WriteString("user_id", user.Id);
            json.WriteString("organization_id", org.Users.OrganizationId);
            json.WriteString("preferred_username", user.Text("Username"));
            json.WriteString("nickname", user.Text("Alias"));
            json.WriteString("name", user.Text("Name"));
            json.WriteString("email", user.Text("Email"));
            json.WriteBoolean("email_verified", true);
            json.WriteString("zoneinfo", user.Text("TimeZoneSidKey"));
            json.WriteStartObject("urls");
            json.WriteString("rest", $"{baseUrl()}/services/data/v{{version}}/");
            json.WriteString("query", $"{baseUrl()}/services/data/v{{version}}/query/");
            json.WriteString("sobjects", $"{baseUrl()}/services/data/v{{version}}/sobjects/");
            json.WriteEndObject();
            json.WriteBoolean("active", true);
            json.WriteString("user_type", "STANDARD");
            json.WriteString("language", "en_US");
            json.WriteString("locale", "en_US");
        });
    }

    public void Authenticate(SalesforceCall call)
    {
        var token = call.Header("authorization") is { } given && (given.StartsWith("Bearer ", StringComparison.Ordinal) || given.StartsWith("OAuth ", StringComparison.Ordinal))
            ? given[(given.IndexOf(' ', StringComparison.Ordinal) + 1)..]
            : "";
        if (!_ends.TryGetValue(token, out var ends) || call.Now >= ends)
            throw SalesforceRefusal.SessionExpired();
    }

    /// <summary>Every session ends now, as when an admin revokes them.</summary>
    public void EndAll() => _ends.Clear();

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

    private string Secret(string purpose, int length)
    {
        var text = "";
        for (var part = 0; text.Length < length; part++)
            text += Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"salesforce/{seed}/{purpose}/{part}")));
        return text[..length];
    }
}
