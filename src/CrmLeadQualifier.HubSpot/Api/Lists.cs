namespace CrmLeadQualifier.HubSpot.Api;

internal sealed record MembershipPage
{
    public List<Membership?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record Membership
{
    public string? RecordId { get; init; }
}

/// <param name="Query">What the name holds.</param>
internal sealed record ListSearch(string Query, int Count);

internal sealed record ListPage
{
    public List<ListDescription?>? Lists { get; init; }
}

internal sealed record ListAnswer
{
    public ListDescription? List { get; init; }
}

internal sealed record ListDescription
{
    public string? ListId { get; init; }

    public string? Name { get; init; }

    public string? ProcessingType { get; init; }
}

/// <summary>An active list: HubSpot keeps its members by the filter.</summary>
internal sealed record NewList(string Name, string ObjectTypeId, string ProcessingType, FilterBranch FilterBranch);

internal sealed record FilterBranch(string FilterBranchType, IReadOnlyList<FilterBranch> FilterBranches, IReadOnlyList<PropertyFilter> Filters);

internal sealed record PropertyFilter(string FilterType, string Property, PropertyOperation Operation);

internal sealed record PropertyOperation(string OperationType, string Operator, IReadOnlyList<string> Values, bool IncludeObjectsWithNoValueSet);
