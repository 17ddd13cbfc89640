using System.Text.Json.Serialization;

namespace CrmLeadQualifier.HubSpot.Api;

/// <summary>What the token endpoint answers, well or not.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }

    [JsonPropertyName("hub_id")]
    public string? HubId { get; init; }

    public List<string?>? Scopes { get; init; }

    public string? Status { get; init; }

    public string? Error { get; init; }
}

/// <summary>Asks what a private app's token is good for.</summary>
internal sealed record TokenQuestion(string TokenKey);

internal sealed record TokenDescription
{
    public string? HubId { get; init; }

    public string? AppId { get; init; }

    public List<string?>? Scopes { get; init; }
}

/// <summary>How many custom properties the account may have, and has.</summary>
internal sealed record PropertyLimits
{
    public List<PropertyLimit?>? ByObjectType { get; init; }

    /// <summary>Over all objects together, where the plan has such a limit.</summary>
    public long? OverallLimit { get; init; }

    public long? OverallUsage { get; init; }
}

internal sealed record PropertyLimit
{
    public string? ObjectTypeId { get; init; }

    public long? Limit { get; init; }

    public long? Usage { get; init; }
}
