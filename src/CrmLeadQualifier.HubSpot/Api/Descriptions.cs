namespace CrmLeadQualifier.HubSpot.Api;

internal sealed record PropertyPage
{
    public List<PropertyDescription?>? Results { get; init; }

    public List<ErrorBody?>? Errors { get; init; }
}

internal sealed record PropertyBatch(IReadOnlyList<PropertyDescription> Inputs);

internal sealed record PropertyDescription
{
    public string? Name { get; init; }

    public string? Label { get; init; }

    public string? Type { get; init; }

    public string? FieldType { get; init; }

    public string? Description { get; init; }

    public string? GroupName { get; init; }

    public List<PropertyOption?>? Options { get; init; }

    public bool? Calculated { get; init; }
}

internal sealed record PropertyOption
{
    public string? Label { get; init; }

    public string? Value { get; init; }

    public int? DisplayOrder { get; init; }

    public bool? Hidden { get; init; }
}

internal sealed record PropertyGroup
{
    public string? Name { get; init; }

    public string? Label { get; init; }
}

internal sealed record AccountDetails
{
    public string? PortalId { get; init; }

    public string? TimeZone { get; init; }
}

internal sealed record OwnerPage
{
    public List<Owner?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record Owner
{
    public string? Id { get; init; }

    public string? Email { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? UserId { get; init; }

    public string? UserIdIncludingInactive { get; init; }

    public bool? Archived { get; init; }
}

internal sealed record PipelinePage
{
    public List<Pipeline?>? Results { get; init; }
}

internal sealed record Pipeline
{
    public string? Id { get; init; }

    public List<PipelineStage?>? Stages { get; init; }
}

internal sealed record PipelineStage
{
    public string? Id { get; init; }

    public string? Label { get; init; }

    public int? DisplayOrder { get; init; }

    public bool? Archived { get; init; }

    public Dictionary<string, string?>? Metadata { get; init; }
}
