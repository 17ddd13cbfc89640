using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>One filter. Values are compared by the property's type: numbers and dates as such, enumerations case-sensitively, texts without case.</summary>
internal sealed record SearchFilter(string Property, string Operator, string? Value, string? HighValue, string[] Values, string ValueType,
    ObjectType? Associated)
{
    private const string AssociationPrefix = "associations.";

    public static SearchFilter Read(JsonElement filter, ObjectType type, PropertyCatalogue catalogue)
    {
        if (filter.ValueKind != JsonValueKind.Object)
            throw HubSpotRefusal.BadJson("a filter must be an object");
        var property = Text(filter, "propertyName") ?? throw HubSpotRefusal.Validation("Some required fields were not set: [propertyName]");
        var wanted = Text(filter, "operator") ?? throw HubSpotRefusal.Validation("Some required fields were not set: [operator]");
        var values = filter.TryGetProperty("values", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => JsonText.Read(item) ?? "").ToArray()
            : [];
        ObjectType? associated = null;
        var valueType = "string";
        if (property.StartsWith(AssociationPrefix, StringComparison.Ordinal))
        {
            associated = ObjectType.Find(property[AssociationPrefix.Length..])
                ?? throw HubSpotRefusal.Validation($"There was a problem with the request: {property} is no association.");
        }
        else
        {
            valueType = catalogue.Find(property)?.Type ?? throw HubSpotRefusal.Validation($"There was a problem with the request: property {property} does not exist.");
        }
        var read = new SearchFilter(property, wanted, Text(filter, "value"), Text(filter, "highValue"), values, valueType, associated);
        read.Check(type);
        return read;
    }

    /// <summary>Whether the record matches, as search knows it.</summary>
    public bool Holds(CrmObject record, Portal portal)
    {
        if (Associated is { } type)
        {
            var links = portal.Associations.Of(record, type);
            return Operator switch
            {
                "EQ" => links.Any(link => link.ToId.ToString(CultureInfo.InvariantCulture) == Value),
                "IN" => links.Any(link => Values.Contains(link.ToId.ToString(CultureInfo.InvariantCulture))),
                "HAS_PROPERTY" => links.Count > 0,
                "NOT_HAS_PROPERTY" => links.Count == 0,
                _ => false,
            };
        }
        var value = record.Indexed(Property);
        var known = !string.IsNullOrEmpty(value);
        return Operator switch
        {
            "HAS_PROPERTY" => known,
            "NOT_HAS_PROPERTY" => !known,
            "NEQ" => !known || Compare(value!, Value!) != 0,
            "NOT_IN" => known && !Array.Exists(Values, other => Same(value!, other)),
            "NOT_CONTAINS_TOKEN" => !known || !ContainsToken(value!, Value!),
            _ when !known => false,
            "EQ" => Same(value!, Value!),
            "LT" => Compare(value!, Value!) < 0,
            "LTE" => Compare(value!, Value!) <= 0,
            "GT" => Compare(value!, Value!) > 0,
            "GTE" => Compare(value!, Value!) >= 0,
            "BETWEEN" => Compare(value!, Value!) >= 0 && Compare(value!, HighValue!) <= 0,
            "IN" => Array.Exists(Values, other => Same(value!, other)),
            "CONTAINS_TOKEN" => ContainsToken(value!, Value!),
            _ => false,
        };
    }

    /// <summary>The least and greatest instant that can match; null where the filter bounds no instant.</summary>
    public (long From, long To)? InstantRange()
    {
        if (ValueType != "datetime" || Value is null || !Instant.TryRead(Value, out var instant))
            return null;
        return Operator switch
        {
            "EQ" => (instant, instant),
            "GT" => (instant + 1, long.MaxValue),
            "GTE" => (instant, long.MaxValue),
            "LT" => (long.MinValue, instant - 1),
            "LTE" => (long.MinValue, instant),
            "BETWEEN" when HighValue is not null && Instant.TryRead(HighValue, out var high) => (instant, high),
            _ => null,
        };
    }

    private static string? Text(JsonElement filter, string name) => filter.TryGetProperty(name, out var value) ? JsonText.Read(value) : null;

    private void Check(ObjectType type)
    {
        switch (Operator)
        {
            case "HAS_PROPERTY" or "NOT_HAS_PROPERTY":
                return;
            case "IN" or "NOT_IN":
                if (Values.Length == 0)
                    throw HubSpotRefusal.Validation($"operator {Operator} requires values");
                if (ValueType == "string" && Associated is null && Array.Exists(Values, value => value.Any(char.IsUpper)))
                    throw HubSpotRefusal.Validation($"operator {Operator} requires lower-case values for the text property {Property}");
                return;
            case "BETWEEN" when Value is null || HighValue is null:
                throw HubSpotRefusal.Validation("operator BETWEEN requires value and highValue");
            case "EQ" or "NEQ" or "LT" or "LTE" or "GT" or "GTE" or "BETWEEN" or "CONTAINS_TOKEN" or "NOT_CONTAINS_TOKEN":
                if (Value is null)
                    throw HubSpotRefusal.Validation($"operator {Operator} requires a value");
                if (ValueType == "datetime" && !Instant.TryRead(Value, out _))
                    throw HubSpotRefusal.Validation($"{Value} was not a valid long. Portal {Portal.Id}, object type {type.TypeId}");
                return;
            default:
                throw HubSpotRefusal.Validation($"Invalid input JSON: unknown operator {Operator}");
        }
    }

    private bool Same(string value, string other) => Compare(value, other) == 0;

    private int Compare(string value, string other)
    {
        if (ValueType is "datetime" or "date" && Instant.TryRead(value, out var at) && Instant.TryRead(other, out var otherAt))
            return at.CompareTo(otherAt);
        if (ValueType == "number" && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var otherNumber))
            return number.CompareTo(otherNumber);
        return string.Compare(value, other, ValueType == "enumeration" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
    }

    private static bool ContainsToken(string value, string wanted)
    {
        var tokens = value.Split([' ', ',', ';', '.', '@', '-', '_', '/'], StringSplitOptions.RemoveEmptyEntries);
        if (!wanted.Contains('*', StringComparison.Ordinal))
            return value.Equals(wanted, StringComparison.OrdinalIgnoreCase) || tokens.Contains(wanted, StringComparer.OrdinalIgnoreCase);
        var core = wanted.Trim('*');
        return tokens.Append(value).Any(token => (wanted.StartsWith('*'), wanted.EndsWith('*')) switch
        {
            (true, true) => token.Contains(core, StringComparison.OrdinalIgnoreCase),
            (true, false) => token.EndsWith(core, StringComparison.OrdinalIgnoreCase),
            _ => token.StartsWith(core, StringComparison.OrdinalIgnoreCase),
        });
    }
}
