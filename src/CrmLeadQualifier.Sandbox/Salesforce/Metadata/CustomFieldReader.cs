using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>Reads a custom field as metadata describes it, with the refusals of an org.</summary>
internal sealed partial class CustomFieldReader(SObjectType of)
{
    private static readonly Dictionary<string, FieldType> Types = new(StringComparer.Ordinal)
    {
        ["Text"] = FieldType.String, ["TextArea"] = FieldType.TextArea, ["LongTextArea"] = FieldType.LongTextArea, ["Picklist"] = FieldType.Picklist,
        ["MultiselectPicklist"] = FieldType.MultiPicklist, ["Number"] = FieldType.Double, ["Currency"] = FieldType.Currency, ["Percent"] = FieldType.Percent,
        ["Checkbox"] = FieldType.Boolean, ["Date"] = FieldType.Date, ["DateTime"] = FieldType.DateTime, ["Email"] = FieldType.Email, ["Phone"] = FieldType.Phone, ["Url"] = FieldType.Url,
    };

    /// <summary>The field; null: <paramref name="problem"/> tells why it cannot be made.</summary>
    public SObjectField? Read(string name, XElement given, SObjectField? present, out string problem)
    {
        problem = "";
        if (!FieldName().IsMatch(name))
            problem = $"The field name {name} must begin with a letter, hold letters, digits and single underscores only, and end in __c";
        else if (Text(given, "label") is not { Length: > 0 and <= 40 })
            problem = "Required field is missing or longer than 40 characters: label";
        else if (Text(given, "type") is not { } kind || !Types.TryGetValue(kind, out var type))
            problem = $"Must specify a known field type: {Text(given, "type")}";
        else if (present is not null && present.Type != type)
            problem = $"Cannot change the type of {of.Name}.{name} from {present.Type} to {type}";
        else if (of.Fields.Count(field => field.Custom) >= 500 && present is null)
            problem = "You have reached the maximum number of custom fields";
        else
            return Read(name, given, type, ref problem);
        return null;
    }

    /// <summary>What a deployment changes of a field that is there: its values stay.</summary>
    public static void Replace(SObjectField present, SObjectField field)
    {
        present.Label = field.Label;
        present.HelpText = field.HelpText;
        present.Length = field.Length;
        present.Precision = field.Precision;
        present.Scale = field.Scale;
        present.TrackHistory = field.TrackHistory;
        present.Restricted = field.Restricted;
        // A value that is no longer named is deactivated, not removed.
        var gone = present.Values.Where(value => !field.Values.Exists(kept => kept.Value == value.Value)).Select(value => value with { Active = false }).ToList();
        present.Values.Clear();
        present.Values.AddRange(field.Values);
        present.Values.AddRange(gone);
    }

    [GeneratedRegex("^[A-Za-z](?!.*__.*__c$)[A-Za-z0-9_]{0,39}(?<!_)__c$")]
    private static partial Regex FieldName();

    private static SObjectField? Read(string name, XElement given, FieldType type, ref string problem)
    {
        var field = new SObjectField(name, Text(given, "label")!, type)
        {
            HelpText = Text(given, "inlineHelpText"), TrackHistory = Text(given, "trackHistory") == "true", ExternalId = Text(given, "externalId") == "true",
            Unique = Text(given, "unique") == "true", Nillable = Text(given, "required") != "true" && type != FieldType.Boolean,
            Length = Number(given, "length") ?? 0, Precision = Number(given, "precision") ?? 0, Scale = Number(given, "scale") ?? 0,
        };
        switch (type)
        {
            case FieldType.String when field.Length is < 1 or > 255:
                problem = "A Text field needs a length from 1 to 255";
                return null;
            case FieldType.LongTextArea when field.Length is < 256 or > 131_072 || Number(given, "visibleLines") is null or < 2:
                problem = "A LongTextArea needs a length from 256 to 131072 and visibleLines of at least 2";
                return null;
            case FieldType.Double or FieldType.Currency or FieldType.Percent when field.Precision is < 1 or > 18 || field.Scale < 0 || field.Scale > field.Precision:
                problem = "A number needs a precision from 1 to 18, of which scale digits follow the point";
                return null;
            case FieldType.Picklist or FieldType.MultiPicklist when !ReadValues(given, field):
                problem = "A picklist needs a valueSet with a valueSetDefinition";
                return null;
            case FieldType.Boolean when Text(given, "defaultValue") is not ("true" or "false"):
                problem = "Must specify 'defaultValue' for a CustomField of type Checkbox";
                return null;
            case FieldType.Boolean:
                field.Default = Text(given, "defaultValue") == "true";
                break;
            case FieldType.TextArea or FieldType.Url or FieldType.Picklist:
                field.Length = 255;
                break;
            case FieldType.MultiPicklist:
                field.Length = 4_099;
                break;
            case FieldType.Email:
                field.Length = 80;
                break;
            case FieldType.Phone:
                field.Length = 40;
                break;
        }
        return field;
    }

    private static bool ReadValues(XElement given, SObjectField field)
    {
        var set = Element(given, "valueSet");
        if (set is null || Element(set, "valueSetDefinition") is not { } definition)
            return false;
        field.Restricted = Text(set, "restricted") == "true";
        foreach (var value in definition.Elements().Where(element => element.Name.LocalName == "value"))
        {
            if (Text(value, "fullName") is not { Length: > 0 and <= 255 } fullName)
                return false;
            field.Values.Add(new PicklistValue(fullName, Text(value, "label") ?? fullName, Text(value, "isActive") != "false", Text(value, "default") == "true"));
        }
        return true;
    }

    private static XElement? Element(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private static string? Text(XElement parent, string name) => Element(parent, name)?.Value.Trim();

    private static int? Number(XElement parent, string name) => int.TryParse(Text(parent, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
