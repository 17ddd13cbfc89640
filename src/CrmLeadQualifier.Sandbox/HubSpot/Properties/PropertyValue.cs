using System.Globalization;
using System.Text;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>A value that breaks its property's rules.</summary>
internal sealed record InvalidValue(string Property, string Code, string Message);

/// <summary>Reads a written value by its property's type into the form that HubSpot keeps, or says what is wrong with it.</summary>
internal static class PropertyValue
{
    private const int LongestText = 65_536;

    public static InvalidValue? Read(PropertyDefinition? definition, string name, string text, ObjectType type, Owners owners, out string kept)
    {
        kept = text;
        if (definition is null)
            return new InvalidValue(name, "PROPERTY_DOESNT_EXIST", $"Property \"{name}\" does not exist");
        if (definition.ReadOnlyValue)
            return new InvalidValue(name, "READ_ONLY_VALUE", $"\"{name}\" is a read only property; its value cannot be set.");
        if (text.Length == 0)
            return null;
        if (text.Length > LongestText)
            return new InvalidValue(name, "PROPERTY_VALUE_TOO_LONG",
                $"Property values must be at most {LongestText} characters long, but the value of \"{name}\" has {text.Length}.");
        switch (definition.Type)
        {
            case "number":
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                    ? null
                    : new InvalidValue(name, "INVALID_NUMBER", $"{text} was not a valid number.");
            case "datetime":
                if (!Instant.TryRead(text, out var instant))
                    return new InvalidValue(name, "INVALID_LONG", $"{text} was not a valid long. Portal {Portal.Id}, object type {type.TypeId}");
                kept = Instant.Iso(instant);
                return null;
            case "date":
                if (!Instant.TryRead(text, out var day))
                    return new InvalidValue(name, "INVALID_LONG", $"{text} was not a valid long. Portal {Portal.Id}, object type {type.TypeId}");
                if (day % 86_400_000 != 0)
                    return new InvalidValue(name, "INVALID_DATE", $"{text} is not at midnight UTC.");
                kept = Instant.Iso(day)[..10];
                return null;
            case "bool":
                return text is "true" or "false" ? null : new InvalidValue(name, "INVALID_OPTION", $"{text} was not one of the allowed options: [true, false]");
            case "enumeration":
                return ReadOptions(definition, name, text, owners, out kept);
            default:
                if (name != "email")
                    return null;
                kept = text.Trim().ToLowerInvariant();
                return IsAddress(kept) ? null : new InvalidValue(name, "INVALID_EMAIL", "Email address is invalid");
        }
    }

    /// <summary>The refusal of everything that was wrong in one call, in HubSpot's words.</summary>
    /// <param name="invalid">All that is wrong, row after row.</param>
    /// <param name="listed">Whether the errors are also listed apart, as batch calls do.</param>
    public static HubSpotRefusal Refuse(IReadOnlyCollection<InvalidValue> invalid, bool listed)
    {
        var details = JsonBytes.Write(json =>
        {
            json.WriteStartArray();
            foreach (var value in invalid)
            {
                json.WriteStartObject();
                json.WriteBoolean("isValid", false);
                json.WriteString("message", value.Message);
                json.WriteString("error", value.Code);
                json.WriteString("name", value.Property);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        return HubSpotRefusal.With(
            400,
            "Property values were not valid: " + Encoding.UTF8.GetString(details.Span),
            "VALIDATION_ERROR",
            errors: !listed ? null : json =>
            {
                foreach (var value in invalid)
                {
                    json.WriteStartObject();
                    json.WriteString("message", value.Message);
                    json.WriteString("code", value.Code);
                    json.WriteStartObject("context");
                    json.WriteStartArray("propertyName");
                    json.WriteStringValue(value.Property);
                    json.WriteEndArray();
                    json.WriteEndObject();
                    json.WriteEndObject();
                }
            });
    }

    private static InvalidValue? ReadOptions(PropertyDefinition definition, string name, string text, Owners owners, out string kept)
    {
        kept = text;
        if (definition.ExternalOptions)
        {
            return name != "hubspot_owner_id" || owners.ById(text) is not null
                ? null
                : new InvalidValue(name, "INVALID_OWNER_ID", $"Owner id {text} does not exist or is not active.");
        }
        var several = definition.FieldType == "checkbox";
        var values = several ? text.Split(';', StringSplitOptions.RemoveEmptyEntries) : [text];
        foreach (var value in values)
        {
            if (!definition.HasOption(value))
                return new InvalidValue(name, "INVALID_OPTION",
                    $"{value} was not one of the allowed options: [{string.Join(", ", definition.Options.Select(option => option.Value))}]");
        }
        return null;
    }

    private static bool IsAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at == text.LastIndexOf('@') && text.IndexOf('.', at) > at + 1 && text[^1] != '.' && !text.Any(char.IsWhiteSpace);
    }
}
