namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>What the account's plan gives and its admins decided: a fault or a test changes it.</summary>
internal sealed class PortalSettings
{
    /// <summary>Custom properties that an object type has room for, as paid portals do.</summary>
    public const int UsualPropertyLimit = 1_000;

    /// <summary>The account that answers.</summary>
    public long AccountId { get; set; } = Portal.Id;

    public EventAccess Events { get; set; }

    public int PropertyLimit { get; set; } = UsualPropertyLimit;

    /// <summary>Contact properties that must have a value once a record is saved, by an admin's rule.</summary>
    public HashSet<string> RequiredOfContacts { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a company's lifecycle stage moves its contacts forward.</summary>
    public bool CompanyLifecycleSync { get; set; }

    /// <summary>Whether a batch update finds a contact by an id that a merge has retired.</summary>
    public bool BatchesResolveMergedIds { get; set; }

    /// <summary>Properties that another program writes back whenever the API client has changed them.</summary>
    public HashSet<string> WrittenBack { get; } = new(StringComparer.Ordinal);
}

internal enum EventAccess
{
    /// <summary>An Enterprise hub.</summary>
    Given,

    /// <summary>403.</summary>
    Refused,

    /// <summary>Nothing is ever found.</summary>
    Empty,
}
