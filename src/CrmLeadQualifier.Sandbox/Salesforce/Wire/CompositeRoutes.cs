using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Access;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>
/// Several calls in one: composite (one call of the allocation, results of earlier parts may be referred to) and composite/batch (each part is
/// counted).
/// </summary>
internal sealed partial class CompositeRoutes(Org org, SalesforceRouter router, ApiUsage usage)
{
    private const int MostParts = 25;
    private const int MostQueries = 5;

    public Answer Composite(SalesforceCall call)
    {
        var parts = Parts(call, "compositeRequest");
        if (parts.Count(part => QueryOrCollection().IsMatch(TextOf(part, "url"))) > MostQueries)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED",
                $"The maximum number of query and sObject Collections operations in a composite request is {MostQueries}");
        var results = call.BodyText("allOrNone") == "true" ? Together(() => RunAll(call, parts)) : RunAll(call, parts);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteStartArray("compositeResponse");
            foreach (var (reference, answer) in results)
            {
                json.WriteStartObject();
                WriteBody(json, "body", answer);
                json.WriteStartObject("httpHeaders");
                json.WriteEndObject();
                json.WriteNumber("httpStatusCode", answer.Status);
                json.WriteString("referenceId", reference);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }) with { RowsRead = results.Sum(result => result.Answer.RowsRead), RowsWritten = results.Sum(result => result.Answer.RowsWritten) };
    }

    /// <summary>With allOrNone one failed part undoes the others.</summary>
    private List<(string Reference, Answer Answer)> Together(Func<List<(string Reference, Answer Answer)>> run)
    {
        var results = org.Journal.Together(run, done => !done.Exists(result => result.Answer.Status >= 400));
        return !results.Exists(result => result.Answer.Status >= 400) ? results
            : results.ConvertAll(result => result.Answer.Status >= 400 ? result : (result.Reference, SalesforceRefusal.Body(400, "PROCESSING_HALTED",
                "The transaction was rolled back since another operation in the same transaction failed.")));
    }

    private List<(string Reference, Answer Answer)> RunAll(SalesforceCall call, List<JsonElement> parts)
    {
        var answers = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        var results = new List<(string Reference, Answer Answer)>();
        foreach (var part in parts)
        {
            var reference = TextOf(part, "referenceId");
            if (!ReferenceId().IsMatch(reference) || !answers.TryAdd(reference, null))
                throw SalesforceRefusal.With(400, "INVALID_INPUT",
                    $"referenceId must be letters, digits and underscores, and occur once: {reference}");
            var answer = Run(call, part, text => Substitute(text, answers));
            if (answer.Body.Length > 0)
                answers[reference] = JsonNode.Parse(answer.Body.Span);
            results.Add((reference, answer));
        }
        return results;
    }

    public Answer Batch(SalesforceCall call)
    {
        var parts = Parts(call, "batchRequests");
        usage.Take(call.Now, parts.Count - 1);
        var halt = call.BodyText("haltOnError") == "true";
        var results = new List<Answer>();
        foreach (var part in parts)
        {
            results.Add(halt && results.Exists(result => result.Status >= 400)
                ? SalesforceRefusal.Body(412, "BATCH_PROCESSING_HALTED", "Batch processing halted per request")
                : Run(call, part, text => text));
        }
        return SalesforceJson.Object(200, json =>
        {
            json.WriteBoolean("hasErrors", results.Exists(result => result.Status >= 400));
            json.WriteStartArray("results");
            foreach (var answer in results)
            {
                json.WriteStartObject();
                json.WriteNumber("statusCode", answer.Status);
                WriteBody(json, "result", answer);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }) with { RowsRead = results.Sum(result => result.RowsRead), RowsWritten = results.Sum(result => result.RowsWritten) };
    }

    [GeneratedRegex("^/services/data/v[0-9.]+/(query|queryAll|composite/sobjects)([/?]|$)")]
    private static partial Regex QueryOrCollection();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]*$")]
    private static partial Regex ReferenceId();

    [GeneratedRegex(@"@\{([A-Za-z][A-Za-z0-9_]*)((?:\.[A-Za-z0-9_]+|\[[0-9]+\])*)\}")]
    private static partial Regex Reference();

    private static List<JsonElement> Parts(SalesforceCall call, string name)
    {
        if (!call.JsonObject.TryGetProperty(name, out var parts) || parts.ValueKind != JsonValueKind.Array)
            throw SalesforceRefusal.BadJson($"Required field {name} is missing at [line:1, column:1]");
        if (parts.GetArrayLength() is 0 or > MostParts)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED", $"A composite request has from 1 to {MostParts} subrequests");
        return [.. parts.EnumerateArray()];
    }

    private Answer Run(SalesforceCall call, JsonElement part, Func<string, string> substitute)
    {
        var url = substitute(TextOf(part, "url"));
        if (!url.StartsWith('/'))
            url = "/services/data/" + url;
        var question = url.IndexOf('?', StringComparison.Ordinal);
        var body = part.TryGetProperty("body", out var given) || part.TryGetProperty("richInput", out given) ? substitute(given.GetRawText()) : "";
        var headers = new Dictionary<string, string>(call.Headers, StringComparer.OrdinalIgnoreCase);
        if (part.TryGetProperty("httpHeaders", out var own) && own.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in own.EnumerateObject())
                headers[header.Name] = JsonText.Read(header.Value) ?? "";
        }
        return router.Dispatch(new SalesforceCall
        {
            Method = TextOf(part, "method").ToUpperInvariant(),
            Path = Uri.UnescapeDataString(question < 0 ? url : url[..question]),
            Query = SalesforceQuery.Read(question < 0 ? "" : url[question..]),
            Headers = headers,
            Body = System.Text.Encoding.UTF8.GetBytes(body),
            Now = call.Now,
        });
    }

    /// <summary>@{refLead.id} and @{refQuery.records[0].Id}: a value of an earlier part's answer.</summary>
    private static string Substitute(string text, Dictionary<string, JsonNode?> answers) => Reference().Replace(text, match =>
    {
        var node = answers.GetValueOrDefault(match.Groups[1].Value);
        foreach (var step in match.Groups[2].Value.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            node = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? node is JsonArray array && index < array.Count ? array[index] : null
                : (node as JsonObject)?[step];
        }
        return node?.ToString() ?? throw SalesforceRefusal.With(400, "PROCESSING_HALTED", $"Invalid reference specified. No value for {match.Value}");
    });

    private static void WriteBody(Utf8JsonWriter json, string name, Answer answer)
    {
        json.WritePropertyName(name);
        if (answer.Body.Length == 0)
            json.WriteNullValue();
        else
            json.WriteRawValue(answer.Body.Span);
    }

    private static string TextOf(JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw SalesforceRefusal.BadJson($"Required field {name} is missing at [line:1, column:1]");
}
