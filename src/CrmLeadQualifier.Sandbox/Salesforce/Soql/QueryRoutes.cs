using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>
/// query, queryAll and the pages that follow. A page is often smaller than asked for; the next one is found under /query, whatever the first was
/// asked from.
/// </summary>
/// <param name="org">The org.</param>
/// <param name="tooling">Whether it is the Tooling API.</param>
internal sealed class QueryRoutes(Org org, bool tooling = false)
{
    private const int MostRows = 2_000;
    private const int LeastRows = 200;

    /// <summary>Rows with long texts come in smaller pages.</summary>
    private const int MostLongRows = 1_000;

    private const int MostRowsWithChildren = 500;

    private const long LocatorLife = 2 * 86_400_000L;

    private readonly Dictionary<string, Cursor> _open = new(StringComparer.Ordinal);
    private uint _pages;
    private long _queries;

    public Answer Query(SalesforceCall call) => Run(call, all: false);

    public Answer QueryAll(SalesforceCall call) => Run(call, all: true);

    public Answer Next(SalesforceCall call)
    {
        var locator = call.Route("locator");
        var dash = locator.LastIndexOf('-');
        if (dash < 0 || !_open.TryGetValue(locator[..dash], out var cursor) || call.Now - cursor.OpenedAt > LocatorLife
            || !int.TryParse(locator.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || offset >= cursor.Rows.Count)
            throw SalesforceRefusal.With(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        return Page(call, cursor, offset);
    }

    private Answer Run(SalesforceCall call, bool all)
    {
        if (!call.Query.TryGetValue("q", out var text))
            throw SalesforceRefusal.Malformed("A query string has to be specified");
        var query = Fields(SoqlParser.Parse(text));
        var run = new QueryRun(org, query, all, call.Now, tooling);
        if (call.Query.GetValueOrDefault("columns") == "true")
            return ColumnMetadata.Write(run, query);
        if (query.CountsOnly)
            return SalesforceJson.Object(200, json =>
            {
                json.WriteNumber("totalSize", run.Count());
                json.WriteBoolean("done", true);
                json.WriteStartArray("records");
                json.WriteEndArray();
            });
        if (query.Aggregates)
            return WriteAggregates(run.Aggregate());
        return Page(call, new Cursor(Locator(), run, run.Find(), Asked(call, run), call.Now), 0);
    }

    private Answer Page(SalesforceCall call, Cursor cursor, int from)
    {
        var rows = Math.Min(PageSize(cursor.Asked, cursor.Rows.Count - from), cursor.Rows.Count - from);
        var to = from + rows;
        var done = to == cursor.Rows.Count;
        if (!done)
            Keep(cursor, call.Now);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteNumber("totalSize", cursor.Rows.Count);
            json.WriteBoolean("done", done);
            if (!done)
                json.WriteString("nextRecordsUrl",
                    $"/services/data/v{call.Version}/{(tooling ? "tooling/" : "")}query/{cursor.Locator}-{to.ToString(CultureInfo.InvariantCulture)}");
            json.WriteStartArray("records");
            for (var i = from; i < to; i++)
                cursor.Run.Write(json, cursor.Rows[i], call.Version);
            json.WriteEndArray();
        }) with { RowsRead = rows };
    }

    /// <summary>The batch size that the first call asks for serves all pages of the query.</summary>
    private static int Asked(SalesforceCall call, QueryRun run)
    {
        var asked = MostRows;
        foreach (var option in (call.Header("sforce-query-options") ?? "").Split(',', ';'))
        {
            var pair = option.Split('=', StringSplitOptions.TrimEntries);
            if (pair.Length == 2 && pair[0].Equals("batchSize", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                asked = Math.Clamp(size, LeastRows, MostRows);
        }
        if (run.HasLongTexts)
            asked = Math.Min(asked, MostLongRows);
        return run.HasChildren ? Math.Min(asked, MostRowsWithChildren) : asked;
    }

    /// <summary>Every other page that is not the last is up to a quarter smaller than it could be.</summary>
    private int PageSize(int asked, int left)
    {
        var page = ++_pages * 2_654_435_761u >> 7;
        return left <= LeastRows || page % 2 == 0 ? asked : asked - (int)(page % (uint)(asked / 4));
    }

    /// <summary>FIELDS(ALL) and its like as the fields that the user sees.</summary>
    private SoqlQuery Fields(SoqlQuery query)
    {
        if (!query.Select.Exists(selection => selection is FunctionSelection { Function: "FIELDS" }))
            return query;
        var binder = new NameBinder(org, query.Text, tooling: tooling);
        var type = binder.Object(query.From);
        var select = new List<Selection>();
        foreach (var selection in query.Select)
        {
            if (selection is not FunctionSelection { Function: "FIELDS" } fields)
            {
                select.Add(selection);
                continue;
            }
            var which = fields.Argument!.ToString().ToUpperInvariant();
            if (which is not ("ALL" or "STANDARD" or "CUSTOM"))
                throw SalesforceRefusal.Malformed($"FIELDS({which}) is unknown");
            if (which != "STANDARD" && query.Limit is null or > 200)
                throw SalesforceRefusal.Malformed("The SOQL FIELDS function must have a LIMIT of at most 200");
            select.AddRange(type.Fields.Where(field => binder.Sees(type, field) && (which == "ALL" || field.Custom == (which == "CUSTOM")))
                .Select(field => new FieldSelection(new FieldPath([field.Name], 0), null)));
        }
        return query with { Select = select };
    }

    private static Answer WriteAggregates(List<AggregateRow> rows) => SalesforceJson.Object(200, json =>
    {
        json.WriteNumber("totalSize", rows.Count);
        json.WriteBoolean("done", true);
        json.WriteStartArray("records");
        foreach (var row in rows)
            row.Write(json);
        json.WriteEndArray();
    }) with { RowsRead = rows.Count };

    private void Keep(Cursor cursor, long now)
    {
        if (!_open.TryAdd(cursor.Locator, cursor))
            return;
        foreach (var old in _open.Values.Where(open => now - open.OpenedAt > LocatorLife).ToList())
            _open.Remove(old.Locator);
    }

    private string Locator() => "0r8" + SalesforceId.Make("xx5", 7_919L * ++_queries)[3..];

    private sealed record Cursor(string Locator, QueryRun Run, List<SObject> Rows, int Asked, long OpenedAt);
}
