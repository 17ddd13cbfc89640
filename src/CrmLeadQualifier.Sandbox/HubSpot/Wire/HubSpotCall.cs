using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>One call on an emulated HubSpot route, its body already read.</summary>
internal sealed class HubSpotCall(HttpRequest request, ReadOnlyMemory<byte> body, long now)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };
    private JsonElement? _json;

    /// <summary>The sandbox clock's instant at which the call is handled: one stamp for everything that it changes.</summary>
    public long Now { get; } = now;

    /// <summary>What the caller's token may.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>();

    /// <summary>The fault that this call meets; null: none.</summary>
    public FaultKind? Fault { get; init; }

    public int BodyLength => body.Length;

    public string PathAndQuery => request.Path + request.QueryString;

    /// <summary>The dated version of the path; empty where it has none.</summary>
    public string Version => request.RouteValues["version"] as string ?? "";

    public string Route(string name) => (string)request.RouteValues[name]!;

    public ObjectType Type(string name = "type") => ObjectType.Find(Route(name))
        ?? throw HubSpotRefusal.With(400, $"Unable to infer object type from: {Route(name)}", category: null);

    public string? Query(string name)
    {
        var value = request.Query[name];
        return value.Count == 0 ? null : value[^1];
    }

    /// <summary>A list given as a,b or by repeating the parameter.</summary>
    public string[] QueryList(string name) =>
        [.. request.Query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    public int QueryLimit(int whenAbsent, int most)
    {
        if (Query("limit") is not { } text)
            return Shortened(whenAbsent);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) || limit < 0)
            throw HubSpotRefusal.Validation($"Invalid limit: {text}");
        if (limit > most)
            throw HubSpotRefusal.Validation($"limit must be at most {most}, but was {limit}");
        return Shortened(Math.Max(1, limit));
    }

    /// <summary>The rows of this page: so many, or two where the fault is a short page.</summary>
    public int Shortened(int rows) => Fault == FaultKind.ShortPage ? Math.Min(2, rows) : rows;

    /// <summary>The body as a form (a=b&amp;c=d); the first of each name.</summary>
    public IReadOnlyDictionary<string, string> Form()
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body.Span).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            form.TryAdd(Unescape(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Unescape(pair[(equals + 1)..]));
        }
        return form;

        static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    public bool QueryFlag(string name) => string.Equals(Query(name), "true", StringComparison.OrdinalIgnoreCase);

    public long? QueryInstant(string name)
    {
        if (Query(name) is not { Length: > 0 } text)
            return null;
        return Clock.Instant.TryRead(text, out var instant) ? instant : throw HubSpotRefusal.Validation($"Invalid date-time in {name}: {text}");
    }

    /// <summary>The body, which must be a JSON object.</summary>
    public JsonElement Json
    {
        get
        {
            if (_json is { } parsed)
                return parsed;
            try
            {
                var document = JsonDocument.Parse(body, Strict);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                    throw HubSpotRefusal.BadJson("an object was expected");
                _json = document.RootElement;
                return document.RootElement;
            }
            catch (JsonException broken)
            {
                throw HubSpotRefusal.Validation($"Invalid input JSON on line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}");
            }
        }
    }

    /// <summary>The body, which must be a bare array of ids, as numbers or texts.</summary>
    public IReadOnlyList<long> Ids()
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(id => long.TryParse(JsonText.Read(id), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw HubSpotRefusal.BadJson("every id must be a number"))]
                : throw HubSpotRefusal.BadJson("an array was expected");
        }
        catch (JsonException broken)
        {
            throw HubSpotRefusal.Validation($"Invalid input JSON on line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}");
        }
    }

    /// <summary>The body, which must be a bare array of objects.</summary>
    public IReadOnlyList<JsonElement> Labels()
    {
        try
        {
            var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()]
                : throw HubSpotRefusal.BadJson("an array was expected");
        }
        catch (JsonException broken)
        {
            throw HubSpotRefusal.Validation($"Invalid input JSON on line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}");
        }
    }

    /// <summary>The inputs of a batch; more than <paramref name="most"/> refuse it.</summary>
    public List<JsonElement> Inputs(int most)
    {
        if (!Json.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array)
            throw HubSpotRefusal.Validation("Invalid input JSON on line 1, column 1. Some required fields were not set: [inputs]");
        var count = inputs.GetArrayLength();
        if (count > most)
            throw HubSpotRefusal.Validation($"The maximum number of inputs supported in a batch request is {most}, but {count} were given.");
        if (inputs.EnumerateArray().Any(input => input.ValueKind != JsonValueKind.Object))
            throw HubSpotRefusal.BadJson("every input must be an object");
        return [.. inputs.EnumerateArray()];
    }

    public string[] BodyList(string name)
    {
        if (!Json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw HubSpotRefusal.BadJson($"{name} must be an array");
        return [.. list.EnumerateArray().Select(item => JsonText.Read(item) ?? "").Where(item => item.Length > 0)];
    }

    public string? BodyText(string name) => Json.TryGetProperty(name, out var value) ? JsonText.Read(value) : null;
}
