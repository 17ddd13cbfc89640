using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>Contacts as the emulated CRM shows them to anybody who asks over HTTP: proof that the fields arrived.</summary>
internal sealed record DemoSample(string Crm, string Id, IReadOnlyDictionary<string, string> Properties)
{
    private const int Page = 100;

    /// <summary>In this order: a lead handed over whose lifecycle was moved tells most.</summary>
    private static readonly string[] Stages = ["mql", "sql", "recycled", "lead"];

    public string Property(string name) => Properties.GetValueOrDefault(name, "");

    /// <summary>One contact of each stage that there is, those with a moved lifecycle first.</summary>
    public static async Task<IReadOnlyList<DemoSample>> ReadAsync(HttpClient http, SandboxAccess sandbox, CancellationToken cancellation)
    {
        var contacts = new List<DemoSample>();
        string? after = null;
        do
        {
            var (page, next) = await ReadPageAsync(http, sandbox, after, cancellation);
            contacts.AddRange(page);
            after = next;
        }
        while (after is not null);

        return [.. Stages.Select(stage => contacts.Where(contact => contact.Property("lq_stage") == stage)
            .OrderByDescending(contact => contact.Property("lifecyclestage") == "marketingqualifiedlead")
            .ThenByDescending(contact => contact.Property("lq_reasons").Length > 0)
            .FirstOrDefault()).OfType<DemoSample>()];
    }

    private static async Task<(IEnumerable<DemoSample> Contacts, string? Next)> ReadPageAsync(HttpClient http, SandboxAccess sandbox, string? after, CancellationToken cancellation)
    {
        var properties = string.Join(',', LeadField.All.Select(field => $"lq_{field.Name}").Concat(["lifecyclestage", "firstname", "lastname", "email", "company", "jobtitle"]));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{sandbox.BaseUrl}/crm/v3/objects/contacts?limit={Page}&properties={properties}{(after is null ? "" : $"&after={after}")}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", sandbox.Token);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        var json = JsonNode.Parse(await response.Content.ReadAsStreamAsync(cancellation))!;
        return (json["results"]!.AsArray().Select(Read!), json["paging"]?["next"]?["after"]?.GetValue<string>());
    }

    private static DemoSample Read(JsonNode contact) => new(
        "hubspot",
        contact["id"]!.GetValue<string>(),
        contact["properties"]!.AsObject()
            .Where(property => property.Value?.GetValueKind() == JsonValueKind.String)
            .Select(property => KeyValuePair.Create(property.Key, property.Value!.GetValue<string>()))
            .Where(property => property.Value.Length > 0 && property.Key is not ("createdate" or "lastmodifieddate" or "hs_object_id"))
            .ToDictionary());
}
