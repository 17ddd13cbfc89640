using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot;

/// <summary>What one HubSpot portal is reached and read by.</summary>
/// <param name="Token">A private app's, service key's or OAuth access token; sent as a bearer and never shown.</param>
public sealed record HubSpotConnection(string Token)
{
    public const string DefaultBaseUrl = "https://api.hubapi.com";

    /// <summary>Every request goes there, whatever links the answers carry.</summary>
    public string BaseUrl { get; init; } = DefaultBaseUrl;

    /// <summary>Gives the access token of each request where it changes (OAuth); null: <see cref="Token"/> does, for ever.</summary>
    public GiveAccessToken? AccessTokens { get; init; }

    /// <summary>What an authorization (OAuth) was granted, as far as HubSpot said; null: it is asked by the token itself.</summary>
    public IReadOnlyList<string>? GrantedScopes { get; init; }

    public HubSpotApiVersions Versions { get; init; } = new();

    public HubSpotMapping Mapping { get; init; } = new();

    /// <summary>The attributes that the agreements in force know: the standard ones and their own.</summary>
    public IReadOnlyList<LeadAttribute> Attributes { get; init; } = AttributeSchema.StandardAttributes;

    /// <summary>The app that our token belongs to, as property histories name it (<c>sourceId</c>); null: learnt from the history of fields that only we write.</summary>
    public string? AppId { get; init; }

    /// <summary>Requests in flight at a time: at the highest limit, 250 in ten seconds, enough for answers that take 0.8 seconds.</summary>
    public int MaxRequestsInFlight { get; init; } = 20;

    /// <summary>The part of the account's calls of a day that this program takes at most; 0 to 1.</summary>
    public double ShareOfDay { get; init; } = 0.5;

    /// <summary>Of one request, its answer included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Never the token: a connection may end up in a log.</summary>
    public override string ToString() => $"HubSpot at {BaseUrl}";
}
