namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>There is no lifetime in it: that a token has expired is known by a 401.</summary>
internal sealed record TokenAnswer
{
    public string? AccessToken { get; init; }

    /// <summary>Of a code always; of a refresh where Salesforce changes it.</summary>
    public string? RefreshToken { get; init; }

    public string? InstanceUrl { get; init; }

    /// <summary><c>https://HOST/id/ORG/USER</c>.</summary>
    public string? Id { get; init; }

    // Of a refusal.
    public string? Error { get; init; }

    public string? ErrorDescription { get; init; }

    /// <summary>Never the token: an answer may end up in a log.</summary>
    public override string ToString() => "A token's answer";
}
