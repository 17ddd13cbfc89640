namespace CrmLeadQualifier.HubSpot.Authorization;

/// <summary>An app of the developer platform, by which an admin lets this program in.</summary>
public sealed record HubSpotApp(string ClientId, string ClientSecret)
{
    /// <summary>Never the secret: it may end up in a log.</summary>
    public override string ToString() => $"app {ClientId}";
}

/// <summary>What HubSpot gives for a code or a refresh token.</summary>
/// <param name="RefreshToken">May be another one than before: it is kept before the access token is used.</param>
/// <param name="ExpiresIn">How long the access token is good for; half an hour as a rule.</param>
/// <param name="PortalId">Whose it is; null: the answer does not say.</param>
/// <param name="Scopes">Empty: the answer does not say.</param>
public sealed record HubSpotGrant(string AccessToken, string RefreshToken, TimeSpan ExpiresIn, string? PortalId, IReadOnlyList<string> Scopes)
{
    /// <summary>Never the tokens: it may end up in a log.</summary>
    public override string ToString() => $"grant of portal {PortalId}";
}

/// <summary>
/// Gives the access token that a request is to carry.
/// </summary>
/// <param name="refused">The one that HubSpot answered with 401: another is needed. Null: the present one will do.</param>
public delegate Task<string> GiveAccessToken(string? refused, CancellationToken cancellation);
