using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Crm;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>A person as one of the emulated CRMs shows it to anybody who asks over HTTP: proof that the fields arrived.</summary>
/// <param name="Id">The record's.</param>
/// <param name="Properties">By the CRM's own names; empty ones are left out.</param>
internal sealed record DemoSample(string Crm, string Id, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>In this order: a lead handed over tells most.</summary>
    private static readonly string[] Stages = ["mql", "sql", "recycled", "lead"];

    private static readonly string[] Shown = ["stage", "status", "answer", "score", "grade", "reasons"];

    [JsonIgnore]
    public string Email => Property(IsSalesforce ? "Email" : "email");

    /// <summary>Who it is.</summary>
    [JsonIgnore]
    public string Title => IsSalesforce
        ? $"Salesforce {Id}  {Property("FirstName")} {Property("LastName")}, {Property("Title")}, {Property("Company")}"
        : $"HubSpot contact {Id}  {Property("firstname")} {Property("lastname")}, {Property("jobtitle")}, {Property("company")}";

    /// <summary>What the worker wrote, by the CRM's own names.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, string>> Fields => Shown
        .Select(name => IsSalesforce ? $"LQ_{char.ToUpperInvariant(name[0])}{name[1..]}__c" : $"lq_{name}")
        .Concat(IsSalesforce ? Array.Empty<string>() : ["lifecyclestage"])
        .Select(name => KeyValuePair.Create(name, Property(name)));

    private bool IsSalesforce => Crm == CrmWords.Salesforce;

    public string Property(string name) => Properties.GetValueOrDefault(name, "");

    /// <summary>One person of each stage that there is, as HubSpot and as Salesforce show it; those with a moved lifecycle first.</summary>
    public static async Task<IReadOnlyList<DemoSample>> ReadAsync(HttpClient http, SandboxAccess sandbox, CancellationToken cancellation)
    {
        var contacts = await HubSpotSample.ReadAllAsync(http, sandbox.Hubspot!, cancellation);
        var chosen = Stages.Select(stage => contacts.Where(contact => contact.Property("lq_stage") == stage)
            .OrderByDescending(contact => contact.Property("lifecyclestage") == "marketingqualifiedlead")
            .ThenByDescending(contact => contact.Property("lq_reasons").Length > 0)
            .FirstOrDefault()).OfType<DemoSample>().ToList();
        var people = await SalesforceSample.ReadAsync(http, sandbox.Salesforce!, [.. chosen.Select(contact => contact.Email)], cancellation);
        return [.. chosen.SelectMany(contact => people.Where(person => person.Email == contact.Email).Prepend(contact))];
    }

    /// <summary>The texts and numbers of an answer's object, whole numbers without a fraction: Salesforce writes 75.0 where HubSpot writes 75.</summary>
    public static Dictionary<string, string> Texts(JsonObject values) => values
        .Where(value => value.Value is JsonValue)
        .Select(value => KeyValuePair.Create(value.Key, TextOf(value.Value!)))
        .Where(value => value.Value.Length > 0)
        .ToDictionary();

    private static string TextOf(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.Number ? value.GetValue<decimal>().ToString("0.##########", CultureInfo.InvariantCulture) : value.ToString();
}
