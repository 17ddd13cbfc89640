namespace CrmLeadQualifier.HubSpot.Api;

internal sealed record EventPage
{
    public List<EventOccurrence?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record EventOccurrence
{
    public string? Id { get; init; }

    public string? ObjectType { get; init; }

    public string? ObjectId { get; init; }

    public string? OccurredAt { get; init; }

    public Dictionary<string, string?>? Properties { get; init; }
}

internal sealed record FormPage
{
    public List<Form?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record Form
{
    public string? Id { get; init; }

    public string? Name { get; init; }
}

internal sealed record SubmissionPage
{
    public List<Submission?>? Results { get; init; }

    public Paging? Paging { get; init; }
}

internal sealed record Submission
{
    public string? ConversionId { get; init; }

    public string? SubmittedAt { get; init; }

    public string? PageUrl { get; init; }

    public List<SubmittedValue?>? Values { get; init; }
}

internal sealed record SubmittedValue
{
    public string? Name { get; init; }

    public string? Value { get; init; }
}

internal sealed record EmailEventPage
{
    public bool? HasMore { get; init; }

    public string? Offset { get; init; }

    public List<EmailEvent?>? Events { get; init; }
}

internal sealed record EmailEvent
{
    public string? Id { get; init; }

    public string? Created { get; init; }

    public string? Type { get; init; }

    public string? Recipient { get; init; }

    public string? EmailCampaignId { get; init; }

    public string? Url { get; init; }

    /// <summary>A machine's doing, such as a mail scanner's opening.</summary>
    public bool? FilteredEvent { get; init; }

    public string? PortalSubscriptionStatus { get; init; }

    public List<SubscriptionChange?>? Subscriptions { get; init; }
}

internal sealed record SubscriptionChange
{
    public string? Status { get; init; }
}

internal sealed record EmailCampaign
{
    public string? Name { get; init; }

    public string? Subject { get; init; }
}
