using System.Globalization;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Loading;

/// <summary>Fields of the org's own for the attributes that no standard field keeps: seats_wanted becomes Seats_Wanted__c, on Lead and Contact alike.</summary>
internal sealed partial class CustomFields(Org org)
{
    private const int ShortText = 255;
    private const int LongText = 131_072;

    private readonly Dictionary<string, string> _byAttribute = new(StringComparer.Ordinal);

    public string? Name(string attribute) => _byAttribute.GetValueOrDefault(attribute);

    /// <param name="leads">All leads: a field's type is what every value of it is.</param>
    /// <param name="standard">Attributes that have a standard field, or none at all.</param>
    public void Add(IReadOnlyList<Lead> leads, Predicate<string> standard)
    {
        var known = leads.SelectMany(lead => lead.Attributes).Where(attribute => !standard(attribute.Name) && AttributeName().IsMatch(attribute.Name))
            .GroupBy(attribute => attribute.Name, StringComparer.Ordinal);
        foreach (var values in known)
        {
            var name = ApiName(values.Key);
            if (name.Length > 43)
                continue;
            _byAttribute[values.Key] = name;
            foreach (var type in new[] { org.FindType("Lead")!, org.FindType("Contact")! })
            {
                if (type.TryField(name, out _))
                    continue;
                type.Add(Field(values.Key, name, [.. values], leads.Count));
                org.Access.GrantByProfile(type.Name, name);
            }
        }
    }

    public static string ApiName(string attribute) =>
        string.Join('_', attribute.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + "__c";

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex AttributeName();

    private static SObjectField Field(string attribute, string name, List<LeadAttribute> values, int leads)
    {
        var label = char.ToUpperInvariant(attribute[0]) + attribute[1..].Replace('_', ' ');
        label = label.Length > 40 ? label[..40] : label;
        if (attribute == "interests" || values.TrueForAll(value => value.Kind == AttributeKind.List))
            return Choice(new SObjectField(name, label, FieldType.MultiPicklist) { Length = 4_099 }, values.SelectMany(value => value.Text.Split(';')));
        if (values.TrueForAll(value => value.Kind == AttributeKind.Number))
            return new SObjectField(name, label, FieldType.Double) { Precision = 18, Scale = values.Max(value => Decimals(value.Text)) };
        if (values.TrueForAll(value => value.Kind == AttributeKind.Boolean))
        {
            // A checkbox is never unknown: where some leads lack the value, a choice keeps them apart.
            return values.Count == leads
                ? new SObjectField(name, label, FieldType.Boolean) { Nillable = false, Default = false }
                : Choice(new SObjectField(name, label, FieldType.Picklist) { Length = ShortText, Restricted = true }, ["true", "false"]);
        }
        return values.Exists(value => value.Text.Length > ShortText)
            ? new SObjectField(name, label, FieldType.LongTextArea) { Length = LongText }
            : new SObjectField(name, label, FieldType.String) { Length = ShortText };
    }

    private static SObjectField Choice(SObjectField field, IEnumerable<string> values)
    {
        foreach (var value in values.Select(value => value.Trim()).Where(value => value.Length > 0))
            field.AddValue(value);
        return field;
    }

    private static int Decimals(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) ? Math.Min(8, (int)read.Scale) : 8;
}
