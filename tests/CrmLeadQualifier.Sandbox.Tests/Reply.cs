using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>An answer as it came over the wire.</summary>
public sealed record Reply(int Status, string Body, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement this[string name] => Json.GetProperty(name);

    public JsonElement? TryGet(string name) => Json.TryGetProperty(name, out var value) ? value : null;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
