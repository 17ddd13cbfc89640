using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>A search request, read and checked against every limit that HubSpot documents.</summary>
internal sealed record SearchQuery(IReadOnlyList<IReadOnlyList<SearchFilter>> Groups, string? SortBy, bool Descending, int Limit, int After, string? Text)
{
    public const int MostResults = 10_000;
    private const int LongestBody = 3_000;
    private const int MostRows = 200;
    private const int MostGroups = 5;
    private const int MostFiltersOfGroup = 6;
    private const int MostFilters = 18;

    public static SearchQuery Read(HubSpotCall call, ObjectType type, PropertyCatalogue catalogue)
    {
        if (call.BodyLength > LongestBody)
            throw HubSpotRefusal.Validation($"The request body must be at most {LongestBody} characters, but was {call.BodyLength}.");
        var groups = ReadGroups(call.Json, type, catalogue);
        if (groups.Count > MostGroups)
            throw HubSpotRefusal.Validation($"At most {MostGroups} filterGroups are allowed, but there were {groups.Count}.");
        if (groups.Exists(group => group.Count > MostFiltersOfGroup))
            throw HubSpotRefusal.Validation($"At most {MostFiltersOfGroup} filters are allowed in a filterGroup.");
        if (groups.Sum(group => group.Count) > MostFilters)
            throw HubSpotRefusal.Validation($"At most {MostFilters} filters are allowed in a request.");
        var limit = ReadInt(call, "limit") ?? 10;
        if (limit is < 0 or > MostRows)
            throw HubSpotRefusal.Validation($"limit must be at most {MostRows}, but was {limit}");
        var after = ReadInt(call, "after") ?? 0;
        if (after < 0 || after + limit > MostResults)
            throw HubSpotRefusal.Validation($"Search can only page through the first {MostResults} results: after {after} and limit {limit} go beyond.");
        var (sortBy, descending) = ReadSort(call.Json);
        if (sortBy is not null && catalogue.Find(sortBy) is null)
            throw HubSpotRefusal.Validation($"There was a problem with the request: property {sortBy} does not exist.");
        return new SearchQuery(groups, sortBy, descending, limit, after, call.BodyText("query"));
    }

    private static List<IReadOnlyList<SearchFilter>> ReadGroups(JsonElement body, ObjectType type, PropertyCatalogue catalogue)
    {
        var groups = new List<IReadOnlyList<SearchFilter>>();
        if (body.TryGetProperty("filterGroups", out var given) && given.ValueKind == JsonValueKind.Array)
        {
            foreach (var group in given.EnumerateArray())
                groups.Add(ReadFilters(group, type, catalogue));
        }
        if (body.TryGetProperty("filters", out _))
            groups.Add(ReadFilters(body, type, catalogue));
        return groups;
    }

    private static List<SearchFilter> ReadFilters(JsonElement group, ObjectType type, PropertyCatalogue catalogue)
    {
        if (group.ValueKind != JsonValueKind.Object || !group.TryGetProperty("filters", out var filters) || filters.ValueKind != JsonValueKind.Array)
            throw HubSpotRefusal.BadJson("a filterGroup needs filters");
        return [.. filters.EnumerateArray().Select(filter => SearchFilter.Read(filter, type, catalogue))];
    }

    private static int? ReadInt(HubSpotCall call, string name)
    {
        if (call.BodyText(name) is not { Length: > 0 } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw HubSpotRefusal.Validation($"Cannot deserialize value of type `int` from String \"{text}\": not a valid `int` value");
    }

    private static (string? Property, bool Descending) ReadSort(JsonElement body)
    {
        if (!body.TryGetProperty("sorts", out var sorts) || sorts.ValueKind != JsonValueKind.Array || sorts.GetArrayLength() == 0)
            return (null, false);
        if (sorts.GetArrayLength() > 1)
            throw HubSpotRefusal.Validation("Only one sort is allowed.");
        var sort = sorts[0];
        if (sort.ValueKind == JsonValueKind.String)
        {
            var text = sort.GetString()!;
            return text.StartsWith('-') ? (text[1..], true) : (text, false);
        }
        var property = sort.ValueKind == JsonValueKind.Object && sort.TryGetProperty("propertyName", out var named) ? JsonText.Read(named) : null;
        var direction = property is not null && sort.TryGetProperty("direction", out var given) ? JsonText.Read(given) : "ASCENDING";
        return direction switch
        {
            "ASCENDING" or null => (property, false),
            "DESCENDING" => (property, true),
            _ => throw HubSpotRefusal.Validation($"Invalid sort direction: {direction}"),
        };
    }
}
