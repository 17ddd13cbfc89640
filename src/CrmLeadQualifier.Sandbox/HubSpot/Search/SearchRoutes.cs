using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Search;

/// <summary>Search, over what its index knows: at most 10,000 results, at most 200 a page, the cursor an offset.</summary>
internal sealed class SearchRoutes(Portal portal)
{
    /// <summary>What a text in "query" is looked for in.</summary>
    private static readonly string[] TextProperties = ["firstname", "lastname", "email", "phone", "company", "name", "domain", "dealname"];

    public Answer Search(HubSpotCall call)
    {
        var type = call.Type();
        var catalogue = portal.Properties(type);
        var query = SearchQuery.Read(call, type, catalogue);
        var shown = ObjectProjection.Asked(catalogue, call, type, call.BodyList("properties"), []);
        var byModification = query.SortBy == type.Modified;
        var (from, to) = Window(type, query);
        var matches = portal.Store(type).Index.Between(from, to).Where(record => Matches(record, query)).ToList();
        if (!byModification)
            matches = Sorted(matches, query, type);
        else if (query.Descending)
            matches.Reverse();
        var page = matches.Skip(query.After).Take(call.Shortened(query.Limit)).ToList();
        var stray = call.Fault == FaultKind.OutsideWindow && page.Count < query.Limit ? portal.Store(type).Index.Beside(from, to) : null;
        return Answer.Json(200, json =>
        {
            json.WriteNumber("total", matches.Count);
            json.WriteStartArray("results");
            foreach (var record in page)
                ObjectJson.WriteIndexed(json, record, shown);
            if (stray is not null)
                ObjectJson.WriteIndexed(json, stray, shown);
            json.WriteEndArray();
            if (query.After + page.Count >= matches.Count)
                return;
            json.WriteStartObject("paging");
            json.WriteStartObject("next");
            json.WriteString("after", (query.After + page.Count).ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }) with { RowsRead = page.Count };
    }

    /// <summary>The stamps of modification that can match: all of them unless every group bounds the stamp.</summary>
    private static (long From, long To) Window(ObjectType type, SearchQuery query)
    {
        var from = query.Groups.Count == 0 ? long.MinValue : long.MaxValue;
        var to = query.Groups.Count == 0 ? long.MaxValue : long.MinValue;
        foreach (var group in query.Groups)
        {
            var (groupFrom, groupTo) = (long.MinValue, long.MaxValue);
            foreach (var filter in group)
            {
                if (filter.Property != type.Modified || filter.InstantRange() is not { } range)
                    continue;
                groupFrom = Math.Max(groupFrom, range.From);
                groupTo = Math.Min(groupTo, range.To);
            }
            from = Math.Min(from, groupFrom);
            to = Math.Max(to, groupTo);
        }
        return (from, to);
    }

    private bool Matches(CrmObject record, SearchQuery query) =>
        (query.Groups.Count == 0 || query.Groups.Any(group => group.All(filter => filter.Holds(record, portal))))
        && (string.IsNullOrEmpty(query.Text)
            || Array.Exists(TextProperties, property => record.Indexed(property)?.Contains(query.Text, StringComparison.OrdinalIgnoreCase) == true));

    private static List<CrmObject> Sorted(List<CrmObject> matches, SearchQuery query, ObjectType type)
    {
        var property = query.SortBy ?? type.Created;
        IOrderedEnumerable<CrmObject> sorted;
        if (property == type.Created)
            sorted = query.Descending ? matches.OrderByDescending(record => record.CreatedAt) : matches.OrderBy(record => record.CreatedAt);
        else if (property == "hs_object_id")
            sorted = query.Descending ? matches.OrderByDescending(record => record.Id) : matches.OrderBy(record => record.Id);
        else
            sorted = query.Descending
                ? matches.OrderByDescending(record => SortKey(record.Indexed(property)))
                : matches.OrderBy(record => SortKey(record.Indexed(property)));
        return [.. sorted.ThenBy(record => record.Id)];
    }

    private static (double Number, string Text) SortKey(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return (double.PositiveInfinity, "");
        if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return (number, "");
        return Instant.TryRead(value, out var instant) ? (instant, "") : (0, value.ToUpperInvariant());
    }
}
