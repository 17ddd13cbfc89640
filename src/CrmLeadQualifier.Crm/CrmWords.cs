namespace CrmLeadQualifier.Crm;

/// <summary>How CRMs and their objects are called in the ledger, in settings and in what is printed.</summary>
public static class CrmWords
{
    public const string HubSpot = "hubspot";
    public const string Salesforce = "salesforce";

    /// <summary>The Contact of either CRM.</summary>
    public const string Contact = "contact";

    /// <summary>Salesforce's Lead: a person who is not a Contact yet.</summary>
    public const string Lead = "lead";
}
