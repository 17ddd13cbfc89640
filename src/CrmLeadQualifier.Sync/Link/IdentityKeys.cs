using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Link;

/// <summary>What joins records to leads.</summary>
public static class IdentityKeys
{
    public const string EmailKind = "email";

    /// <summary>An address on more records of one connection than this joins nobody.</summary>
    public const int SharedAbove = 5;

    /// <summary>Addresses of a function, not of a person: what stands before the @.</summary>
    private static readonly HashSet<string> Placeholders =
    [
        "info", "contact", "noreply", "no-reply", "donotreply", "do-not-reply", "admin", "office", "hello", "bonjour", "sales", "support", "accueil",
        "commercial", "marketing", "compta", "comptabilite", "secretariat", "test", "none", "unknown", "na", "n/a",
    ];

    /// <summary>Trimmed and lower-cased, nothing else.</summary>
    public static IdentityKey Email(string address) => new(EmailKind, NormalizeEmail(address));

    public static string NormalizeEmail(string address) => Spaces.Trim(address).ToString().ToLowerInvariant();

    private const string SalesforceKind = "salesforce";
    private const string SalesforcePrefix = SalesforceKind + ":";

    /// <summary>Of a Salesforce id these tell it from all others of any org; the last three of the long form only repeat the case of these.</summary>
    private const int SalesforceIdLength = 15;

    /// <summary>
    /// The CRM's own id of a record; merged ids have the same kind. A HubSpot id is its portal's own; a Salesforce id is the same wherever it is written, so that the ids by which
    /// HubSpot names Salesforce's records meet them.
    /// </summary>
    public static IdentityKey Record(CrmKind crm, long connectionId, string id) =>
        crm == CrmKind.Salesforce ? Salesforce(id) : new($"hubspot:{connectionId}", id);

    /// <summary>An alias as a CRM gives it: a former id of its own, or another CRM's (<c>salesforce:00Q…</c>).</summary>
    public static IdentityKey Alias(CrmKind crm, long connectionId, string alias) =>
        IsOfOtherCrm(alias) ? Salesforce(alias[SalesforcePrefix.Length..]) : Record(crm, connectionId, alias);

    public static bool IsOfOtherCrm(string alias) => alias.StartsWith(SalesforcePrefix, StringComparison.Ordinal);

    private static IdentityKey Salesforce(string id) => new(SalesforceKind, id.Length > SalesforceIdLength ? id[..SalesforceIdLength] : id);

    /// <summary>Whether an address may join two records at all.</summary>
    public static bool Joins(string normalizedEmail)
    {
        var at = normalizedEmail.LastIndexOf('@');
        return at > 0 && at < normalizedEmail.Length - 1 && !Placeholders.Contains(normalizedEmail[..at]);
    }
}
