using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Lists;

/// <summary>What decides who is in an active list: an OR of ANDs of property filters, as HubSpot demands.</summary>
internal abstract record ListFilter
{
    public abstract bool Holds(CrmObject record);

    public abstract void Write(Utf8JsonWriter json);

    public static ListFilter Read(JsonElement branch, PropertyCatalogue catalogue)
    {
        var root = ReadBranch(branch, catalogue);
        return root is ListBranch { Type: "OR" } or && or.Branches.All(child => child.Type == "AND") && or.Filters.Count == 0 ? root
            : throw HubSpotRefusal.Validation("The root filter branch must be of type OR, without filters of its own, over branches of type AND.");
    }

    private static ListBranch ReadBranch(JsonElement branch, PropertyCatalogue catalogue)
    {
        var type = Text(branch, "filterBranchType") is "OR" or "AND" ? Text(branch, "filterBranchType")!
            : throw HubSpotRefusal.Validation("filterBranchType must be OR or AND");
        return new ListBranch(type, [.. Items(branch, "filterBranches").Select(child => ReadBranch(child, catalogue))],
            [.. Items(branch, "filters").Select(filter => ListPropertyFilter.ReadProperty(filter, catalogue))]);
    }

    protected static string? Text(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) ? JsonText.Read(value) : null;

    protected static JsonElement.ArrayEnumerator Items(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray() : default;
}

internal sealed record ListBranch(string Type, IReadOnlyList<ListBranch> Branches, IReadOnlyList<ListPropertyFilter> Filters) : ListFilter
{
    public override bool Holds(CrmObject record)
    {
        var parts = Branches.Concat<ListFilter>(Filters);
        return Type == "OR" ? parts.Any(part => part.Holds(record)) : parts.All(part => part.Holds(record));
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("filterBranches");
        foreach (var branch in Branches)
            branch.Write(json);
        json.WriteEndArray();
        json.WriteStartArray("filters");
        foreach (var filter in Filters)
            filter.Write(json);
        json.WriteEndArray();
        json.WriteString("filterBranchType", Type);
        json.WriteString("filterBranchOperator", Type);
        json.WriteEndObject();
    }
}

/// <summary>One property compared by its kind of operation. Time points and ranges relative to today are accepted and hold for nobody.</summary>
internal sealed record ListPropertyFilter(string Property, string OperationType, string Operator, string? Value, string[] Values, bool IncludesUnset) : ListFilter
{
    private static readonly Dictionary<string, string[]> Operators = new(StringComparer.Ordinal)
    {
        ["ALL_PROPERTY"] = ["IS_KNOWN", "IS_UNKNOWN"],
        ["BOOL"] = ["IS_EQUAL_TO", "IS_NOT_EQUAL_TO"],
        ["ENUMERATION"] = ["IS_ANY_OF", "IS_NONE_OF", "IS_EXACTLY", "IS_NOT_EXACTLY", "CONTAINS_ALL", "DOES_NOT_CONTAIN_ALL"],
        ["MULTISTRING"] = ["IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "CONTAINS", "DOES_NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH"],
        ["NUMBER"] = ["IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "IS_GREATER_THAN", "IS_GREATER_THAN_OR_EQUAL_TO", "IS_LESS_THAN", "IS_LESS_THAN_OR_EQUAL_TO"],
        ["STRING"] = ["IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "CONTAINS", "DOES_NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH", "HAS_EVER_BEEN_EQUAL_TO"],
        ["TIME_POINT"] = ["IS_BEFORE", "IS_AFTER"],
        ["TIME_RANGED"] = ["IS_BETWEEN", "IS_NOT_BETWEEN"],
    };

    public static ListPropertyFilter ReadProperty(JsonElement filter, PropertyCatalogue catalogue)
    {
        if (Text(filter, "filterType") != "PROPERTY")
            throw HubSpotRefusal.Validation("The sandbox has lists by filters of type PROPERTY only.");
        var property = Text(filter, "property") ?? throw HubSpotRefusal.Validation("Some required fields were not set: [property]");
        if (catalogue.Find(property) is not { } definition)
            throw HubSpotRefusal.Validation($"Property {property} does not exist");
        if (!filter.TryGetProperty("operation", out var operation))
            throw HubSpotRefusal.Validation("Some required fields were not set: [operation]");
        var (type, wanted) = (Text(operation, "operationType") ?? "", Text(operation, "operator") ?? "");
        if (!Operators.TryGetValue(type, out var allowed))
            throw HubSpotRefusal.Validation($"operationType must be one of [{string.Join(", ", Operators.Keys)}], but was {type}");
        if (!allowed.Contains(wanted))
            throw HubSpotRefusal.Validation($"operator {wanted} is not valid for the operationType {type}");
        if (type == "ENUMERATION" && definition.Type is not ("enumeration" or "bool"))
            throw HubSpotRefusal.Validation($"Property {property} of type {definition.Type} cannot be compared by ENUMERATION");
        return new ListPropertyFilter(property, type, wanted, Text(operation, "value"),
            [.. Items(operation, "values").Select(value => JsonText.Read(value) ?? "")], Text(operation, "includeObjectsWithNoValueSet") == "true");
    }

    public override bool Holds(CrmObject record)
    {
        var value = record[Property];
        if (OperationType == "ALL_PROPERTY")
            return Operator == "IS_KNOWN" == !string.IsNullOrEmpty(value);
        if (string.IsNullOrEmpty(value))
            return IncludesUnset;
        return OperationType switch
        {
            "ENUMERATION" => Enumerated(value.Split(';', StringSplitOptions.RemoveEmptyEntries)),
            "NUMBER" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Counted(number),
            "STRING" or "MULTISTRING" or "BOOL" => Spelt(value),
            _ => false,
        };
    }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("property", Property);
        json.WriteStartObject("operation");
        json.WriteString("operator", Operator);
        json.WriteBoolean("includeObjectsWithNoValueSet", IncludesUnset);
        if (Value is not null)
            json.WriteString("value", Value);
        if (Values.Length > 0)
        {
            json.WriteStartArray("values");
            foreach (var value in Values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteString("operationType", OperationType);
        json.WriteEndObject();
        json.WriteString("filterType", "PROPERTY");
        json.WriteEndObject();
    }

    private bool Enumerated(string[] given) => Operator switch
    {
        "IS_ANY_OF" => given.Any(Values.Contains),
        "IS_NONE_OF" => !given.Any(Values.Contains),
        "IS_EXACTLY" => given.ToHashSet().SetEquals(Values),
        "IS_NOT_EXACTLY" => !given.ToHashSet().SetEquals(Values),
        "CONTAINS_ALL" => Values.All(given.Contains),
        _ => !Values.All(given.Contains),
    };

    private bool Counted(double number)
    {
        if (!double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var other))
            return false;
        return Operator switch
        {
            "IS_EQUAL_TO" => number.Equals(other),
            "IS_NOT_EQUAL_TO" => !number.Equals(other),
            "IS_GREATER_THAN" => number > other,
            "IS_GREATER_THAN_OR_EQUAL_TO" => number >= other,
            "IS_LESS_THAN" => number < other,
            _ => number <= other,
        };
    }

    private bool Spelt(string value)
    {
        string[] wanted = Values.Length > 0 ? Values : [Value ?? ""];
        return Operator switch
        {
            "IS_EQUAL_TO" or "HAS_EVER_BEEN_EQUAL_TO" => wanted.Contains(value, StringComparer.OrdinalIgnoreCase),
            "IS_NOT_EQUAL_TO" => !wanted.Contains(value, StringComparer.OrdinalIgnoreCase),
            "CONTAINS" => wanted.Any(part => value.Contains(part, StringComparison.OrdinalIgnoreCase)),
            "DOES_NOT_CONTAIN" => !wanted.Any(part => value.Contains(part, StringComparison.OrdinalIgnoreCase)),
            "STARTS_WITH" => wanted.Any(part => value.StartsWith(part, StringComparison.OrdinalIgnoreCase)),
            _ => wanted.Any(part => value.EndsWith(part, StringComparison.OrdinalIgnoreCase)),
        };
    }
}
