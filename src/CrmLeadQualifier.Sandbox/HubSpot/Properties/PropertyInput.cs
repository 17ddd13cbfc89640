using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>Reads a property as a client describes it, refusing what HubSpot refuses.</summary>
internal static partial class PropertyInput
{
    private static readonly Dictionary<string, string[]> FieldTypes = new(StringComparer.Ordinal)
    {
        ["bool"] = ["booleancheckbox", "calculation_equation"],
        ["date"] = ["date"],
        ["datetime"] = ["date"],
        ["enumeration"] = ["booleancheckbox", "checkbox", "radio", "select", "calculation_equation"],
        ["number"] = ["number", "calculation_equation"],
        ["phone_number"] = ["phonenumber"],
        ["string"] = ["text", "textarea", "html", "file", "phonenumber", "calculation_equation"],
    };

    public static PropertyDefinition Read(JsonElement input, PropertyCatalogue catalogue, long now)
    {
        var name = Name(input);
        var label = Required(input, "label");
        var type = Required(input, "type");
        var fieldType = Required(input, "fieldType");
        CheckTypes(name, type, fieldType);
        var group = Required(input, "groupName");
        CheckGroup(group, catalogue);
        var options = Options(input, name, type) ?? [];
        if (type == "enumeration" && options.Count == 0 && !Flag(input, "externalOptions"))
            throw HubSpotRefusal.Validation($"Property '{name}' is an enumeration and needs options.");
        if (type == "bool" && !options.Select(option => option.Value).ToHashSet(StringComparer.Ordinal).SetEquals(["true", "false"]))
            throw HubSpotRefusal.Validation($"Boolean properties must have exactly two options with the values true and false: {name}");
        return new PropertyDefinition
        {
            Name = name,
            Label = label,
            Type = type,
            FieldType = fieldType,
            GroupName = group,
            Description = Text(input, "description") ?? "",
            Options = options,
            DisplayOrder = DisplayOrder(input) ?? -1,
            HasUniqueValue = Flag(input, "hasUniqueValue"),
            Hidden = Flag(input, "hidden"),
            FormField = Flag(input, "formField"),
            CreatedAt = now,
            UpdatedAt = now,
            CreatedUserId = "76070032",
        };
    }

    /// <summary>Options are replaced as a whole. Everything is checked before anything changes.</summary>
    public static void Change(PropertyDefinition definition, JsonElement input, PropertyCatalogue catalogue, long now)
    {
        var type = Text(input, "type") ?? definition.Type;
        var fieldType = Text(input, "fieldType") ?? definition.FieldType;
        if (definition.HubSpotDefined && (type != definition.Type || fieldType != definition.FieldType))
            throw HubSpotRefusal.Validation($"{definition.Name} has a read-only definition.");
        CheckTypes(definition.Name, type, fieldType);
        var group = Text(input, "groupName") ?? definition.GroupName;
        CheckGroup(group, catalogue);
        var options = Options(input, definition.Name, type);
        if (type == "enumeration" && !definition.ExternalOptions && (options ?? definition.Options).Count == 0)
            throw HubSpotRefusal.Validation($"Property '{definition.Name}' is an enumeration and needs options.");
        definition.Type = type;
        definition.FieldType = fieldType;
        definition.GroupName = group;
        definition.Label = Text(input, "label") ?? definition.Label;
        definition.Description = Text(input, "description") ?? definition.Description;
        definition.DisplayOrder = DisplayOrder(input) ?? definition.DisplayOrder;
        definition.Hidden = input.TryGetProperty("hidden", out _) ? Flag(input, "hidden") : definition.Hidden;
        definition.FormField = input.TryGetProperty("formField", out _) ? Flag(input, "formField") : definition.FormField;
        definition.UpdatedAt = now;
        if (options is not null)
            definition.ReplaceOptions(options);
    }

    public static string Name(JsonElement input)
    {
        var name = Required(input, "name");
        return NamePattern().IsMatch(name)
            ? name
            : throw HubSpotRefusal.Validation($"The name '{name}' is not allowed: only lower-case letters, digits and underscores, beginning with a letter.");
    }

    public static string Required(JsonElement input, string field) => Text(input, field) is { Length: > 0 } text
        ? text
        : throw HubSpotRefusal.Validation($"Invalid input JSON on line 1, column 1. Some required fields were not set: [{field}]");

    public static int? DisplayOrder(JsonElement input) =>
        int.TryParse(Text(input, "displayOrder"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var order) ? order : null;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,99}$")]
    private static partial Regex NamePattern();

    private static string? Text(JsonElement input, string field) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(field, out var value) ? JsonText.Read(value) : null;

    private static bool Flag(JsonElement input, string field) => Text(input, field) == "true";

    private static void CheckTypes(string name, string type, string fieldType)
    {
        if (!FieldTypes.TryGetValue(type, out var allowed))
            throw HubSpotRefusal.Validation($"Property '{name}': type must be one of [{string.Join(", ", FieldTypes.Keys)}], but was {type}");
        if (!allowed.Contains(fieldType))
            throw HubSpotRefusal.Validation($"Property '{name}': field type {fieldType} is not valid for type {type}, use one of [{string.Join(", ", allowed)}]");
    }

    private static void CheckGroup(string group, PropertyCatalogue catalogue)
    {
        if (catalogue.FindGroup(group) is null)
            throw HubSpotRefusal.With(400, $"Property group {group} does not exist", "VALIDATION_ERROR", "Properties.GROUP_DOES_NOT_EXIST");
    }

    /// <summary>The given options; HubSpot numbers those without a displayOrder after the highest given one. Null: none were given.</summary>
    private static List<PropertyOption>? Options(JsonElement input, string name, string type)
    {
        if (!input.TryGetProperty("options", out var given) || given.ValueKind != JsonValueKind.Array)
            return null;
        if (given.GetArrayLength() > 0 && type is not ("enumeration" or "bool"))
            throw HubSpotRefusal.Validation($"Property '{name}' of type {type} cannot have options.");
        var rows = given.EnumerateArray().Select(option => (Option: option, Order: DisplayOrder(option))).ToList();
        var next = rows.Max(row => row.Order is >= 0 ? row.Order : null) ?? -1;
        var options = new List<PropertyOption>();
        foreach (var (option, order) in rows)
        {
            var value = Required(option, "value");
            if (options.Exists(known => known.Value == value))
                throw HubSpotRefusal.Validation($"Property '{name}' has the option value {value} twice.");
            var place = order is >= 0 ? order.Value : ++next;
            options.Add(new PropertyOption(Required(option, "label"), value, Text(option, "description"), place, Flag(option, "hidden")));
        }
        return options;
    }
}
