namespace CrmLeadQualifier.Salesforce.Authorization;

/// <summary>
/// An External Client App and what lets this program in by it: a key (<see cref="PrivateKey"/>, JWT bearer) for a user whom an admin approved, the authorization that a user gave in the browser
/// (<see cref="RefreshToken"/>), or else its secret alone (client credentials), for the user whom the app's policies name.
/// </summary>
/// <param name="ClientId">The consumer key.</param>
/// <param name="ClientSecret">The consumer secret; null where the app asks for none.</param>
public sealed record SalesforceApp(string ClientId, string? ClientSecret)
{
    /// <summary>With <see cref="PrivateKey"/>: the user's name.</summary>
    public string? Username { get; init; }

    /// <summary>The PEM of an RSA key, whose certificate the app has.</summary>
    public string? PrivateKey { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>Never a secret: it may end up in a log.</summary>
    public override string ToString() => $"app {ClientId}";
}

/// <summary>What Salesforce gives. It does not tell how long the access token lasts: that it has ended is known by a 401.</summary>
/// <param name="InstanceUrl">Where the org's calls go.</param>
/// <param name="OrgId">18 characters; null: the answer does not say.</param>
/// <param name="UserId">18 characters; null: the answer does not say.</param>
/// <param name="RefreshToken">Null: the one before stays good. Another one is kept before the access token is used.</param>
public sealed record SalesforceGrant(string AccessToken, string? InstanceUrl, string? OrgId, string? UserId, string? RefreshToken)
{
    /// <summary>Never the tokens: it may end up in a log.</summary>
    public override string ToString() => $"grant of org {OrgId}";
}

/// <summary>Gives the access token that a request is to carry.</summary>
/// <param name="refused">The one that Salesforce answered with 401: another is needed. Null: the present one will do.</param>
public delegate Task<SalesforceGrant> GiveGrant(string? refused, CancellationToken cancellation);
