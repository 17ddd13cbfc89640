namespace CrmLeadQualifier.HubSpot;

/// <summary>
/// The API version of each family of routes, a path segment at HubSpot. Dated ones (<c>2026-03</c>, supported until September 2027) stand behind the family's name,
/// old ones (<c>v3</c>, <c>v4</c>) before it.
/// </summary>
public sealed record HubSpotApiVersions
{
    public const string Default = "2026-03";

    public string Objects { get; init; } = Default;

    public string Associations { get; init; } = Default;

    public string Properties { get; init; } = Default;

    public string Pipelines { get; init; } = Default;

    public string Owners { get; init; } = Default;

    public string Lists { get; init; } = Default;

    public string Events { get; init; } = Default;

    public string Account { get; init; } = Default;

    public string OAuth { get; init; } = Default;

    /// <summary>Forms have no dated version but a beta.</summary>
    public string Forms { get; init; } = "v3";

    /// <summary>Submissions of forms exist in version 1 only.</summary>
    public string FormSubmissions { get; init; } = "v1";

    /// <summary>Marketing e-mail events exist in version 1 only.</summary>
    public string EmailEvents { get; init; } = "v1";
}
