namespace CrmLeadQualifier.HubSpot.Api;

/// <summary>An error's body, or one row's error within an answer 207.</summary>
internal sealed record ErrorBody
{
    public string? Message { get; init; }

    public string? Category { get; init; }

    public string? SubCategory { get; init; }

    /// <summary>Of a 429: TEN_SECONDLY_ROLLING, SECONDLY, DAILY.</summary>
    public string? PolicyName { get; init; }

    public ErrorContext? Context { get; init; }

    public List<ErrorDetail?>? Errors { get; init; }
}

internal sealed record ErrorContext
{
    public List<string?>? Ids { get; init; }

    public List<string?>? Name { get; init; }

    public List<string?>? PropertyName { get; init; }

    public List<string?>? FromObjectId { get; init; }

    public List<string?>? RequiredGranularScopes { get; init; }
}

internal sealed record ErrorDetail
{
    public string? Message { get; init; }

    public string? Code { get; init; }

    public ErrorContext? Context { get; init; }
}
