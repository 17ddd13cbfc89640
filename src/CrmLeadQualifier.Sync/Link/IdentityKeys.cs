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

    /// <summary>The CRM's own id of a record; aliases (merged ids) have the same kind.</summary>
    public static IdentityKey Record(CrmKind crm, long connectionId, string id) =>
        new($"{(crm == CrmKind.HubSpot ? "hubspot" : "salesforce")}:{connectionId}", id);

    /// <summary>Whether an address may join two records at all.</summary>
    public static bool Joins(string normalizedEmail)
    {
        var at = normalizedEmail.LastIndexOf('@');
        return at > 0 && at < normalizedEmail.Length - 1 && !Placeholders.Contains(normalizedEmail[..at]);
    }
}
