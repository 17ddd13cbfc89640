using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Access;

/// <summary>Who calls: with the portal's service key, or with an OAuth access token of the app.</summary>
/// <param name="Scopes">What the token may do.</param>
internal sealed record Caller(bool IsOAuth, IReadOnlySet<string> Scopes);

/// <summary>
/// The tokens of the portal: one service key, which never ends, and those of the app that was given a client id: access tokens of thirty minutes,
/// and refresh tokens, which stay the same unless rotation is on. A rotated one ends the former with its first use, or its access token's: until then nobody
/// can know that it arrived.
/// </summary>
internal sealed class Tokens(int seed, string serviceKey, string clientId, string clientSecret)
{
    /// <summary>Seconds.</summary>
    public const int Life = 1_800;

    /// <summary>Seconds within which an authorization code can be redeemed.</summary>
    private const int CodeLife = 60;

    private readonly Dictionary<string, AccessToken> _access = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _refresh = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _former = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string RedirectUri, HashSet<string> Scopes, string? Challenge, long EndsAt)> _codes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private int _issued;

    private sealed record AccessToken(string Refresh, HashSet<string> Scopes, long EndsAt);

    public string ServiceKey => serviceKey;

    public string ClientId => clientId;

    /// <summary>Whether a refresh gives another refresh token, which ends the former one once it, or its access token, is used.</summary>
    public bool Rotates { get; set; }

    /// <summary>Takes a scope from every token.</summary>
    public void Withdraw(string scope) => _missing.Add(scope);

    /// <summary>Gives a scope back to those tokens that had it.</summary>
    public void GiveBack(string scope) => _missing.Remove(scope);

    /// <summary>Whoever is named by an Authorization header, or the refusal.</summary>
    public Caller Authenticate(string authorization, long now)
    {
        const string scheme = "Bearer ";
        var token = authorization.StartsWith(scheme, StringComparison.Ordinal) ? authorization[scheme.Length..] : "";
        if (token == serviceKey)
            return new Caller(false, Without(Scopes.All));
        if (!_access.TryGetValue(token, out var known))
            throw HubSpotRefusal.Unauthenticated();
        Arrived(known.Refresh);
        if (now >= known.EndsAt)
            throw HubSpotRefusal.Expired((now - known.EndsAt) / 1_000);
        _used.Add(token);
        return new Caller(true, Without(known.Scopes));
    }

    /// <summary>Whether the header carries an access token of the app that was accepted before: one that was just issued does not expire by chance.</summary>
    public bool IsInUse(string authorization) => authorization.Split(' ') is [_, { } token] && _used.Contains(token);

    /// <summary>Ends one access token, or all of them.</summary>
    public void Expire(string? authorization, long now)
    {
        foreach (var (token, known) in _access.ToList())
        {
            if (authorization is null || authorization == "Bearer " + token)
                _access[token] = known with { EndsAt = Math.Min(known.EndsAt, now) };
        }
    }

    /// <summary>The app was uninstalled: refresh tokens and access tokens are gone.</summary>
    public void RevokeAll()
    {
        _access.Clear();
        _refresh.Clear();
    }

    public void Revoke(string token)
    {
        _access.Remove(token);
        _refresh.Remove(token);
        foreach (var (access, _) in _access.Where(pair => pair.Value.Refresh == token).ToList())
            _access.Remove(access);
    }

    /// <summary>A user agreed: the code that goes back with the redirect.</summary>
    public string Authorize(string redirectUri, IEnumerable<string> scopes, string? challenge, long now)
    {
        var code = Secret("code", 18);
        _codes[code] = (redirectUri, [.. scopes], challenge, now + (CodeLife * 1_000));
        return code;
    }

    public void CheckClient(string? id, string? secret)
    {
        if (id != clientId)
            throw HubSpotRefusal.OAuth("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id");
        if (secret != clientSecret)
            throw HubSpotRefusal.OAuth("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret");
    }

    public IssuedTokens Redeem(string? code, string? redirectUri, string? verifier, long now)
    {
        // A code is good for one try, whatever comes of it.
        if (code is null || !_codes.Remove(code, out var given) || given.EndsAt <= now)
            throw HubSpotRefusal.OAuth("BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code");
        if (redirectUri != given.RedirectUri)
            throw HubSpotRefusal.OAuth("MISMATCH_REDIRECT_URI_AUTH_CODE", "invalid_grant", "the redirect_uri is not the one of the authorization");
        if (given.Challenge is not null && given.Challenge != Challenge(verifier ?? ""))
            throw HubSpotRefusal.OAuth("BAD_CODE_VERIFIER", "invalid_grant", "the code_verifier does not fit the code_challenge");
        var refresh = Secret("refresh", 30);
        _refresh[refresh] = given.Scopes;
        return Issue(refresh, given.Scopes, now);
    }

    public IssuedTokens Refresh(string? refresh, long now)
    {
        if (refresh is null || !_refresh.TryGetValue(refresh, out var scopes))
            throw HubSpotRefusal.OAuth("BAD_REFRESH_TOKEN", "invalid_grant", "missing or invalid refresh token");
        Arrived(refresh);
        if (Rotates)
        {
            var former = refresh;
            refresh = Secret("refresh", 30);
            _refresh[refresh] = scopes;
            _former[refresh] = former;
        }
        return Issue(refresh, scopes, now);
    }

    /// <summary>Whoever uses a rotated token has it: the former one is over.</summary>
    private void Arrived(string refresh)
    {
        if (_former.Remove(refresh, out var former))
            _refresh.Remove(former);
    }

    /// <summary>What is known of an access token; null: nothing, or it has ended.</summary>
    public (IReadOnlySet<string> Scopes, long Seconds)? Access(string token, long now) =>
        token == serviceKey ? (Without(Scopes.All), 0)
        : _access.TryGetValue(token, out var known) && known.EndsAt > now ? (Without(known.Scopes), (known.EndsAt - now) / 1_000)
        : null;

    /// <summary>The scopes of a refresh token that still works.</summary>
    public IReadOnlySet<string>? Refreshable(string token) => _refresh.TryGetValue(token, out var scopes) ? Without(scopes) : null;

    private IssuedTokens Issue(string refresh, HashSet<string> scopes, long now)
    {
        var access = Secret("access", 60);
        _access[access] = new AccessToken(refresh, scopes, now + (Life * 1_000));
        return new IssuedTokens(access, refresh, [.. Without(scopes)]);
    }

    private HashSet<string> Without(IEnumerable<string> scopes) => [.. scopes.Where(scope => !_missing.Contains(scope))];

    private static string Challenge(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string Secret(string purpose, int length)
    {
        var number = (++_issued).ToString(CultureInfo.InvariantCulture);
        var text = "";
        for (var part = 0; text.Length < length; part++)
            text += Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{serviceKey}/{seed}/{purpose}/{number}/{part}")));
        return text[..length];
    }
}

internal sealed record IssuedTokens(string Access, string Refresh, IReadOnlyList<string> Scopes);
