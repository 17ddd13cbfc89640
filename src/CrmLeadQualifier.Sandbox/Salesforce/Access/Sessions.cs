using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>
/// Access tokens, refresh tokens and the codes that browsers bring back. Nothing that a client is told says when an access token ends: it learns it by
/// a 401.
/// </summary>
internal sealed class Sessions(Org org, int seed)
{
    /// <summary>The org's session timeout.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(2);

    /// <summary>Milliseconds within which an authorization code can be redeemed.</summary>
    private const long CodeLife = 900_000;

    private readonly Dictionary<string, (long EndsAt, string? Refresh, string Scope)> _access = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refresh = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string RedirectUri, string Scope, string Challenge, long EndsAt)> _codes = new(StringComparer.Ordinal);
    private int _issued;

    /// <summary>Whether a refresh gives another refresh token and ends the former one.</summary>
    public bool Rotates { get; set; }

    /// <summary>The error with which every token is refused; null: none is.</summary>
    public string? Refused { get; private set; }

    /// <summary>A session of the integration user; with a refresh token that goes on with it.</summary>
    public string Open(long now, string scope = "api", string? refresh = null)
    {
        var token = $"{org.Users.OrganizationId[..15]}!AQ{Secret("token", 90)}";
        _access[token] = (now + (long)Life.TotalMilliseconds, refresh, scope);
        return token;
    }

    /// <summary>The user agreed: the code that goes back with the redirect.</summary>
    public string Authorize(string redirectUri, string scope, string challenge, long now)
    {
        var code = "aPrx" + Secret("code", 60);
        _codes[code] = (redirectUri, scope, challenge, now + CodeLife);
        return code;
    }

    /// <summary>What the user agreed to. A code is good for one try, whatever comes of it.</summary>
    public string Redeem(string? code, string? redirectUri, string? verifier, long now)
    {
        if (code is null || !_codes.Remove(code, out var given) || given.EndsAt <= now)
            throw SalesforceRefusal.OAuth("invalid_grant", "expired authorization code");
        if (redirectUri != given.RedirectUri)
            throw SalesforceRefusal.OAuth("redirect_uri_mismatch", "redirect_uri must match configuration");
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier ?? ""))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return challenge == given.Challenge ? given.Scope : throw SalesforceRefusal.OAuth("invalid_grant", "invalid code verifier");
    }

    public string OpenRefresh(string scope)
    {
        var refresh = "5Aep861" + Secret("refresh", 80);
        _refresh[refresh] = scope;
        return refresh;
    }

    /// <summary>The scope of a refresh token, and the one that is to be used from now on.</summary>
    public (string Scope, string Refresh) Refresh(string? refresh)
    {
        if (refresh is null || !_refresh.TryGetValue(refresh, out var scope))
            throw SalesforceRefusal.OAuth("invalid_grant", "expired access/refresh token");
        if (!Rotates)
            return (scope, refresh);
        _refresh.Remove(refresh);
        return (scope, OpenRefresh(scope));
    }

    public void Authenticate(SalesforceCall call)
    {
        if (!_access.TryGetValue(TokenOf(call), out var session) || call.Now >= session.EndsAt)
            throw SalesforceRefusal.SessionExpired();
    }

    /// <summary>What is known of an access token that has not ended.</summary>
    public (long EndsAt, string Scope)? Known(string token, long now) =>
        _access.TryGetValue(token, out var session) && now < session.EndsAt ? (session.EndsAt, session.Scope) : null;

    /// <summary>An access token ends alone; a refresh token with all that came of it.</summary>
    public void Revoke(string token)
    {
        _access.Remove(token);
        if (!_refresh.Remove(token))
            return;
        foreach (var (access, _) in _access.Where(open => open.Value.Refresh == token).ToList())
            _access.Remove(access);
    }

    /// <summary>The session of the call ends now.</summary>
    public void End(SalesforceCall call) => _access.Remove(TokenOf(call));

    /// <summary>The app, its secret or its user was taken away: every session ends now, and there will be no other.</summary>
    public void Refuse(string error)
    {
        Refused = error;
        EndAll();
    }

    /// <summary>Every session ends now, as when an admin revokes them; refresh tokens stay.</summary>
    public void EndAll() => _access.Clear();

    private static string TokenOf(SalesforceCall call) => call.Header("authorization") is { } given
        && (given.StartsWith("Bearer ", StringComparison.Ordinal) || given.StartsWith("OAuth ", StringComparison.Ordinal))
        ? given[(given.IndexOf(' ', StringComparison.Ordinal) + 1)..]
        : "";

    private string Secret(string purpose, int length)
    {
        var number = (++_issued).ToString(CultureInfo.InvariantCulture);
        var text = "";
        for (var part = 0; text.Length < length; part++)
            text += Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"salesforce/{seed}/{purpose}/{number}/{part}")));
        return text[..length];
    }
}
