using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>Reads contacts back from the emulated HubSpot.</summary>
internal static class HubSpotSample
{
    private const int Page = 100;

    public static async Task<IReadOnlyList<DemoSample>> ReadAllAsync(HttpClient http, HubSpotAccess access, CancellationToken cancellation)
    {
        var contacts = new List<DemoSample>();
        string? after = null;
        do
        {
            var page = await ReadPageAsync(http, access, after, cancellation);
            contacts.AddRange(page["results"]!.AsArray().Select(contact => Read(contact!)));
            after = page["paging"]?["next"]?["after"]?.GetValue<string>();
        }
        while (after is not null);

        return contacts;
    }

    private static async Task<JsonNode> ReadPageAsync(HttpClient http, HubSpotAccess access, string? after, CancellationToken cancellation)
    {
        var properties = string.Join(',', LeadField.All.Select(field => $"lq_{field.Name}").Concat(["lifecyclestage", "firstname", "lastname", "email", "company", "jobtitle"]));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{access.BaseUrl}/crm/v3/objects/contacts?limit={Page}&properties={properties}{(after is null ? "" : $"&after={after}")}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access.Token);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStreamAsync(cancellation))!;
    }

    private static DemoSample Read(JsonNode contact) => new(
        CrmWords.HubSpot,
        contact["id"]!.GetValue<string>(),
        DemoSample.Texts(contact["properties"]!.AsObject())
            .Where(property => property.Key is not ("createdate" or "lastmodifieddate" or "hs_object_id"))
            .ToDictionary());
}
