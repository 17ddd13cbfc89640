using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Sandbox.CommandLine;

/// <summary>The one line on standard output: where the emulated CRMs are and how to enter. A CRM that was not started is null.</summary>
internal sealed record ReadyLine([property: JsonPropertyName("hubspot")] HubSpotAccess? HubSpot, SalesforceAccess? Salesforce);

internal sealed record HubSpotAccess(string BaseUrl, string Token, string ClientId, string ClientSecret);

internal sealed record SalesforceAccess(string BaseUrl, string ClientId, string ClientSecret, string Username);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadyLine))]
internal sealed partial class ReadyJson : JsonSerializerContext;
