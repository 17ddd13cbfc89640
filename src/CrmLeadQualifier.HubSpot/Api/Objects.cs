namespace CrmLeadQualifier.HubSpot.Api;

// What HubSpot sends is described by recordings, not by its published specification, which the recordings contradict: every member may be missing or null.

internal sealed record ObjectPage
{
    public long? Total { get; init; }

    public List<HubSpotObject?>? Results { get; init; }

    public Paging? Paging { get; init; }

    /// <summary>Of a batch answered with 207: the rows that failed.</summary>
    public List<ErrorBody?>? Errors { get; init; }
}

internal sealed record HubSpotObject
{
    public string? Id { get; init; }

    public Dictionary<string, string?>? Properties { get; init; }

    public Dictionary<string, List<PropertyVersion?>?>? PropertiesWithHistory { get; init; }

    public Dictionary<string, InlineAssociations?>? Associations { get; init; }

    public string? CreatedAt { get; init; }

    public string? UpdatedAt { get; init; }

    /// <summary>The property's value, or null where it is missing or blank.</summary>
    public string? Get(string property) =>
        Properties is not null && Properties.TryGetValue(property, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
}

/// <summary>Newest first in its list.</summary>
internal sealed record PropertyVersion
{
    public string? Value { get; init; }

    public string? Timestamp { get; init; }

    public string? SourceType { get; init; }

    public string? SourceId { get; init; }

    public string? UpdatedByUserId { get; init; }
}

internal sealed record InlineAssociations
{
    public List<InlineAssociation?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record InlineAssociation
{
    public string? Id { get; init; }

    public string? Type { get; init; }
}

internal sealed record Paging
{
    public PagingNext? Next { get; init; }
}

/// <summary>Its absolute link is not read: it leads to api.hubapi.com whatever the connection's address is.</summary>
internal sealed record PagingNext
{
    public string? After { get; init; }
}

internal sealed record SearchRequest(
    IReadOnlyList<SearchFilterGroup> FilterGroups, IReadOnlyList<SearchSort> Sorts, IReadOnlyList<string> Properties, int Limit, string? After);

internal sealed record SearchFilterGroup(IReadOnlyList<SearchFilter> Filters);

internal sealed record SearchFilter(string PropertyName, string Operator, string Value);

internal sealed record SearchSort(string PropertyName, string Direction);

internal sealed record BatchReadRequest(IReadOnlyList<ObjectId> Inputs, IReadOnlyList<string> Properties, IReadOnlyList<string>? PropertiesWithHistory = null);

internal sealed record ObjectId(string Id);

internal sealed record BatchUpdateRequest(IReadOnlyList<ObjectUpdate> Inputs);

internal sealed record ObjectUpdate(string? Id, IReadOnlyDictionary<string, string> Properties);

internal sealed record NewObject(IReadOnlyDictionary<string, string> Properties, IReadOnlyList<NewAssociation> Associations);

internal sealed record NewAssociation(ObjectId To, IReadOnlyList<AssociationKind> Types);

internal sealed record AssociationKind(string AssociationCategory, int AssociationTypeId);

internal sealed record AssociationReadRequest(IReadOnlyList<AssociationInput> Inputs);

internal sealed record AssociationInput(string Id, string? After = null);

internal sealed record AssociationPage
{
    public List<AssociationRow?>? Results { get; init; }

    public List<ErrorBody?>? Errors { get; init; }
}

internal sealed record AssociationRow
{
    public AssociationEnd? From { get; init; }

    public List<AssociationTarget?>? To { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record AssociationEnd
{
    public string? Id { get; init; }
}

internal sealed record AssociationTarget
{
    public string? ToObjectId { get; init; }
}
