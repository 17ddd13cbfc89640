using System.Globalization;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>The API's versions: three a year, 31.0 of Summer '14 to 66.0 of Spring '26.</summary>
internal static class Versions
{
    private const int First = 31;
    private const int Last = 66;
    private static readonly string[] Seasons = ["Summer", "Winter", "Spring"];

    public static bool Serves(string version) => version.EndsWith(".0", StringComparison.Ordinal)
        && int.TryParse(version.AsSpan(0, version.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= First and <= Last;

    public static Answer List() => SalesforceJson.Value(200, json =>
    {
        json.WriteStartArray();
        for (var version = First; version <= Last; version++)
        {
            var release = version - First;
            json.WriteStartObject();
            // Winter '15 follows Summer '14: the year turns with winter.
            json.WriteString("label", $"{Seasons[release % 3]} '{14 + ((release + 2) / 3)}");
            json.WriteString("url", $"/services/data/v{version}.0");
            json.WriteString("version", $"{version}.0");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    public static Answer Resources(SalesforceCall call) => SalesforceJson.Object(200, json =>
    {
        foreach (var resource in new[] { "composite", "jobs", "limits", "metadata", "query", "queryAll", "sobjects", "tooling" })
            json.WriteString(resource, $"/services/data/v{call.Version}/{resource}");
    });
}
