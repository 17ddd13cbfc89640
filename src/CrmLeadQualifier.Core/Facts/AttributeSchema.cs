using System.Collections.Frozen;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// The attributes that leads have under one definition: the standard ones, always at the same index, followed by those that the definition declares.
/// An attribute's index is its place in <see cref="LeadFacts"/>.
/// </summary>
public sealed class AttributeSchema
{
    /// <summary>The derived attribute: what follows the last @ of <c>email</c>; never read from a CRM or a file.</summary>
    public const string EmailDomain = "email_domain";

    /// <summary>Names and types of the standard attributes, in index order (definition language, section 2).</summary>
    public static readonly IReadOnlyList<LeadAttribute> StandardAttributes =
    [
        .. Named(AttributeType.Text, "email", "first_name", "last_name", "phone", "job_title", "department", "seniority", "company", "company_domain", "website",
            "industry", "country", "region", "city", "postal_code", "language", "source", "source_detail", "lead_status", "owner_email", "timeframe", "budget", "need"),
        .. Named(AttributeType.Number, "employees", "annual_revenue"),
        .. Named(AttributeType.Boolean, "opted_out", "is_customer", "has_open_deal"),
        .. Named(AttributeType.Date, "created_at"),
        .. Named(AttributeType.List, "interests"),
        .. Named(AttributeType.Text, EmailDomain),
    ];

    /// <summary>The schema of a definition that declares no attribute of its own.</summary>
    public static readonly AttributeSchema Standard = new([]);

    private readonly FrozenDictionary<string, int> _indexes;

    /// <param name="declared">The definition's own attributes, in the order of the file; no standard name among them.</param>
    public AttributeSchema(IEnumerable<LeadAttribute> declared)
    {
        Attributes = [.. StandardAttributes, .. declared];
        _indexes = Attributes.Select((attribute, index) => (attribute.Name, index)).ToFrozenDictionary(x => x.Name, x => x.index, StringComparer.Ordinal);
    }

    public IReadOnlyList<LeadAttribute> Attributes { get; }

    public IEnumerable<LeadAttribute> Declared => Attributes.Skip(StandardAttributes.Count);

    /// <summary>The index of an attribute, or -1 for a name that is neither standard nor declared.</summary>
    public int IndexOf(string name) => _indexes.TryGetValue(name, out var index) ? index : -1;

    private static IEnumerable<LeadAttribute> Named(AttributeType type, params string[] names) => names.Select(name => new LeadAttribute(name, type));
}

/// <summary>An attribute of leads: its name in definitions and the type of its values.</summary>
public sealed record LeadAttribute(string Name, AttributeType Type);
