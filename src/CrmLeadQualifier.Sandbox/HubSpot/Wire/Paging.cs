using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>The way to the next page. The link leads to HubSpot itself, as the real one does: who follows it leaves the sandbox.</summary>
internal static class Paging
{
    public static void Write(Utf8JsonWriter json, string after, HubSpotCall call)
    {
        var path = call.PathAndQuery;
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var kept = question < 0 ? [] : path[(question + 1)..].Split('&').Where(pair => !pair.StartsWith("after=", StringComparison.Ordinal));
        var query = string.Join('&', kept.Append("after=" + after));
        json.WriteStartObject("paging");
        json.WriteStartObject("next");
        json.WriteString("after", after);
        json.WriteString("link", $"https://api.hubapi.com{(question < 0 ? path : path[..question])}?{query}");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
