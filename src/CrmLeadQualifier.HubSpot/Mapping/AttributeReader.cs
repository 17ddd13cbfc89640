using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Mapping;

/// <summary>Reads the mapped attributes from the properties of a contact or of a company.</summary>
internal sealed partial class AttributeReader
{
    private readonly List<(LeadAttribute Attribute, string[] Properties)> _rows = [];

    private AttributeReader(HubSpotMapping mapping, IEnumerable<LeadAttribute> attributes, bool isCompany)
    {
        foreach (var attribute in attributes.Where(attribute => attribute.Name != AttributeSchema.EmailDomain))
        {
            // Our own fields and the lifecycle are never an attribute's source: a score must not feed itself.
            var properties = mapping.Sources(attribute)
                .Where(source => !source.StartsWith('<') && source.StartsWith(HubSpotMapping.CompanyPrefix, StringComparison.Ordinal) == isCompany)
                .Select(source => isCompany ? source[HubSpotMapping.CompanyPrefix.Length..] : source)
                .Where(property => !property.StartsWith(LeadProperties.Prefix, StringComparison.Ordinal) && property != LeadProperties.Lifecycle)
                .ToArray();
            if (properties.Length > 0)
            {
                _rows.Add((attribute, properties));
            }
        }
    }

    public bool IsMapped(string attribute) => _rows.Exists(row => row.Attribute.Name == attribute);

    public IEnumerable<string> PropertiesOf(string attribute) => _rows.Where(row => row.Attribute.Name == attribute).SelectMany(row => row.Properties);

    public IEnumerable<string> Properties => _rows.SelectMany(row => row.Properties).Distinct();

    public static AttributeReader OfContacts(HubSpotMapping mapping, IEnumerable<LeadAttribute> attributes) => new(mapping, attributes, isCompany: false);

    public static AttributeReader OfCompanies(HubSpotMapping mapping, IEnumerable<LeadAttribute> attributes) => new(mapping, attributes, isCompany: true);

    /// <summary>By the attribute's name; one that is empty, or a date that cannot be read, is left out.</summary>
    public Dictionary<string, string> Read(HubSpotObject row)
    {
        var values = new Dictionary<string, string>(_rows.Count);
        foreach (var (attribute, properties) in _rows)
        {
            foreach (var property in properties)
            {
                if (row.Get(property) is { } value)
                {
                    if (attribute.Type != AttributeType.Date)
                    {
                        values[attribute.Name] = attribute.Type == AttributeType.Number && Range().Match(value) is { Success: true } range ? range.Groups[1].Value : value;
                    }
                    else if (FieldValue.TryInstant(value, out var instant))
                    {
                        // HubSpot writes some instants in milliseconds; definitions know ISO 8601 only.
                        values[attribute.Name] = instant.ToString();
                    }

                    break;
                }
            }
        }

        return values;
    }

    // HubSpot's own numemployees is a choice of ranges, 100-500 or 1000+: there are at least so many.
    [GeneratedRegex(@"^\s*(\d+)\s*(?:-\s*\d+|\+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Range();
}
