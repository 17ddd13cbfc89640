using System.Text.Json;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>What a Salesforce connection authenticates with: an External Client App's key and secret, private key or refresh token, and the present access token. Kept encrypted, as one text.</summary>
internal sealed record SalesforceCredentials(string ClientId, string? ClientSecret)
{
    public string? Username { get; init; }

    public string? PrivateKey { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary>Null: none was asked for yet.</summary>
    public string? AccessToken { get; init; }

    public string? InstanceUrl { get; init; }

    public string? UserId { get; init; }

    public SalesforceApp App => new(ClientId, ClientSecret) { Username = Username, PrivateKey = PrivateKey, RefreshToken = RefreshToken };

    public static SalesforceCredentials Of(SalesforceApp app) =>
        new(app.ClientId, app.ClientSecret) { Username = app.Username, PrivateKey = app.PrivateKey, RefreshToken = app.RefreshToken };

    public static SalesforceCredentials Read(string secrets) =>
        JsonSerializer.Deserialize<SalesforceCredentials>(secrets, JsonText.Options) ?? throw new InvalidOperationException("a Salesforce connection without credentials");

    public SalesforceCredentials With(SalesforceGrant grant) => this with
    {
        AccessToken = grant.AccessToken,
        InstanceUrl = grant.InstanceUrl,
        UserId = grant.UserId,
        RefreshToken = grant.RefreshToken ?? RefreshToken,
    };

    public string Write() => JsonSerializer.Serialize(this, JsonText.Options);

    /// <summary>Never a secret: it may end up in a log.</summary>
    public override string ToString() => "an app's credentials";
}
