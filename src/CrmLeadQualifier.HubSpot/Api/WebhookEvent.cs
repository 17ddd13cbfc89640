namespace CrmLeadQualifier.HubSpot.Api;

/// <summary>One event of a webhook, in the older form (<c>contact.creation</c>) or the newer one (<c>object.creation</c> with an object type id).</summary>
internal sealed record WebhookEvent
{
    public string? PortalId { get; init; }

    public string? SubscriptionType { get; init; }

    public string? ObjectTypeId { get; init; }

    public string? ObjectId { get; init; }

    /// <summary>Of a merge.</summary>
    public string? PrimaryObjectId { get; init; }

    public string? NewObjectId { get; init; }

    public List<string?>? MergedObjectIds { get; init; }

    /// <summary>Of an association: <c>CONTACT_TO_COMPANY</c>.</summary>
    public string? AssociationType { get; init; }

    public string? FromObjectId { get; init; }

    public string? FromObjectTypeId { get; init; }

    public string? ToObjectId { get; init; }

    public string? ToObjectTypeId { get; init; }
}
