using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// What a HubSpot connection authenticates with when an admin authorized an app. Kept encrypted, as one text; a service key or private app's token is kept as it is, and is no JSON.
/// </summary>
internal sealed record HubSpotCredentials(
    string ClientId, string ClientSecret, string RefreshToken, string AccessToken, long ExpiresAtMilliseconds, IReadOnlyList<string> Scopes)
{
    public Instant ExpiresAt => new(ExpiresAtMilliseconds);

    public HubSpotApp App => new(ClientId, ClientSecret);

    public static HubSpotCredentials Of(HubSpotApp app, HubSpotGrant grant, Instant now, IReadOnlyList<string> scopesBefore) => new(
        app.ClientId, app.ClientSecret, grant.RefreshToken, grant.AccessToken, (now + grant.ExpiresIn).UnixMilliseconds, grant.Scopes.Count > 0 ? grant.Scopes : scopesBefore);

    /// <summary>Null: it is a token.</summary>
    public static HubSpotCredentials? Read(string secrets) =>
        secrets.StartsWith('{') ? JsonSerializer.Deserialize<HubSpotCredentials>(secrets, JsonText.Options) : null;

    public string Write() => JsonSerializer.Serialize(this, JsonText.Options);

    /// <summary>Never a secret: it may end up in a log.</summary>
    public override string ToString() => "an app's authorization";
}
