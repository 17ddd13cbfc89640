using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>One call on the org, or one of the calls inside a composite one.</summary>
internal sealed class SalesforceCall
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };
    private JsonElement? _json;

    public required string Method { get; init; }

    /// <summary>From the leading slash, decoded, without the query.</summary>
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Query { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "";

    /// <summary>The sandbox clock's instant at which the call is handled: one stamp for everything that it changes.</summary>
    public required long Now { get; init; }

    /// <summary>What the route's pattern left open.</summary>
    public IReadOnlyDictionary<string, string> Values { get; set; } = new Dictionary<string, string>();

    /// <summary>"66.0" of /services/data/v66.0.</summary>
    public string Version => Values.GetValueOrDefault("version") ?? "";

    public string Route(string name) => Values[name];

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public bool HeaderSays(string name, string value) => string.Equals(Header(name)?.Trim(), value, StringComparison.OrdinalIgnoreCase);

    public JsonElement Json => _json ??= Parse();

    public JsonElement JsonObject => Json.ValueKind == JsonValueKind.Object
        ? Json
        : throw SalesforceRefusal.BadJson("Can not deserialize: unexpected array or value where an object was expected at [line:1, column:1]");

    public string? BodyText(string name) => JsonObject.TryGetProperty(name, out var value) ? JsonText.Read(value) : null;

    public SalesforceCall With(JsonElement body) => new()
    {
        Method = Method, Path = Path, Query = Query, Headers = Headers, Now = Now, Values = Values, _json = body,
    };

    private JsonElement Parse()
    {
        try
        {
            return JsonDocument.Parse(Body, Strict).RootElement;
        }
        catch (JsonException broken)
        {
            throw SalesforceRefusal.BadJson($"Unexpected character at [line:{broken.LineNumber + 1}, column:{broken.BytePositionInLine + 1}]");
        }
    }
}
