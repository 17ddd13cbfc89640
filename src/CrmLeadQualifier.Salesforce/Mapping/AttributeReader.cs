using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>Reads the mapped attributes from the fields of a Lead, a Contact or an Account.</summary>
internal sealed class AttributeReader
{
    private readonly List<(LeadAttribute Attribute, string[] Fields)> _rows = [];

    private AttributeReader(IEnumerable<LeadAttribute> attributes, Func<LeadAttribute, IReadOnlyList<string>> sources, bool isAccount, string? writtenByUs)
    {
        foreach (var attribute in attributes.Where(attribute => attribute.Name != AttributeSchema.EmailDomain))
        {
            // Our own fields are never an attribute's source: a score must not feed itself.
            var fields = sources(attribute)
                .Where(source => !source.StartsWith('<') && source.StartsWith(SalesforceMapping.AccountPrefix, StringComparison.Ordinal) == isAccount)
                .Select(source => isAccount ? source[SalesforceMapping.AccountPrefix.Length..] : source)
                .Where(field => !field.StartsWith(LeadFieldNames.Prefix, StringComparison.OrdinalIgnoreCase) && field != writtenByUs)
                .ToArray();
            if (fields.Length > 0)
            {
                _rows.Add((attribute, fields));
            }
        }
    }

    public IEnumerable<string> Fields => _rows.SelectMany(row => row.Fields).Distinct();

    /// <summary>Each attribute and what it is read from here.</summary>
    public IEnumerable<(string Attribute, IReadOnlyList<string> Fields)> Sources => _rows.Select(row => (row.Attribute.Name, (IReadOnlyList<string>)row.Fields));

    /// <summary>What an attribute is read from here; nothing: it is not.</summary>
    public IReadOnlyList<string> FieldsOf(string attribute) => [.. _rows.Where(row => row.Attribute.Name == attribute).SelectMany(row => row.Fields)];

    public static AttributeReader OfLeads(SalesforceMapping mapping, IEnumerable<LeadAttribute> attributes) =>
        new(attributes, mapping.LeadSources, isAccount: false, mapping.WritesLeadStatus ? "Status" : null);

    public static AttributeReader OfContacts(SalesforceMapping mapping, IEnumerable<LeadAttribute> attributes) =>
        new(attributes, mapping.ContactSources, isAccount: false, null);

    public static AttributeReader OfAccounts(SalesforceMapping mapping, IEnumerable<LeadAttribute> attributes) =>
        new(attributes, mapping.ContactSources, isAccount: true, null);

    /// <summary>By the attribute's name; one that is empty, or a date that cannot be read, is left out.</summary>
    /// <param name="amounts">What stands for the values of these fields; null: they have none.</param>
    public Dictionary<string, string> Read(SalesforceRow row, IReadOnlyDictionary<string, string?>? amounts = null)
    {
        var values = new Dictionary<string, string>(_rows.Count);
        foreach (var (attribute, fields) in _rows)
        {
            if (fields.Select(field => amounts?.TryGetValue(field, out var amount) == true ? amount : row.Get(field)).FirstOrDefault(value => value is not null) is not { } value)
            {
                continue;
            }

            if (attribute.Type != AttributeType.Date)
            {
                values[attribute.Name] = value;
            }
            else if (FieldValue.TryInstant(value, out var instant))
            {
                values[attribute.Name] = instant.ToString();
            }
        }

        return values;
    }
}
