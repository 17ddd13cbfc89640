namespace CrmLeadQualifier.HubSpot.Authorization;

/// <summary>When a scope is needed.</summary>
public enum ScopeUse
{
    /// <summary>Every day; nothing works without it.</summary>
    Daily,

    /// <summary>Every day, for one kind of data, which alone is lost without it.</summary>
    DailyOptional,

    /// <summary>By <c>provision</c> and <c>disconnect --remove-fields</c> only: a key of its own may have it, for an hour.</summary>
    Provisioning,
}

/// <param name="Name">As HubSpot calls it.</param>
/// <param name="For">What it is needed for, in words that end a sentence.</param>
public sealed record HubSpotScope(string Name, ScopeUse Use, string For);

/// <summary>Every scope that this program uses, and no other: what a key has beside these is more than it needs.</summary>
public static class HubSpotScopes
{
    public static readonly IReadOnlyList<HubSpotScope> All =
    [
        new("crm.objects.contacts.read", ScopeUse.Daily, "contacts, their calls, meetings, notes and tasks"),
        new("crm.objects.contacts.write", ScopeUse.Daily, "writing our fields and the lifecycle stage"),
        new("crm.schemas.contacts.read", ScopeUse.Daily, "which contact properties there are"),
        new("crm.objects.owners.read", ScopeUse.DailyOptional, "who owns a contact"),
        new("crm.objects.companies.read", ScopeUse.DailyOptional, "company attributes"),
        new("crm.objects.deals.read", ScopeUse.DailyOptional, "opportunities and customers"),
        new("sales-email-read", ScopeUse.DailyOptional, "one-to-one e-mails"),
        new("forms", ScopeUse.DailyOptional, "form submissions"),
        new("content", ScopeUse.DailyOptional, "marketing e-mail opens and clicks"),
        new("crm.lists.read", ScopeUse.DailyOptional, "the lists of pilot and Scope"),
        new("crm.schemas.contacts.write", ScopeUse.Provisioning, "creating our properties"),
        new("crm.lists.write", ScopeUse.Provisioning, "creating our lists"),
    ];

    /// <summary>HubSpot adds it to every app; it gives nothing by itself.</summary>
    internal const string OfEveryApp = "oauth";
}
