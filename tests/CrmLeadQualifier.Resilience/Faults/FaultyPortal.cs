using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>An emulated portal whose faults can be switched, and a worker that is live on it.</summary>
public sealed class FaultyPortal : FaultyCrm
{
    /// <summary>Every field of ours, and the CRM's own lifecycle.</summary>
    public static readonly string[] Fields =
    [
        "lq_stage", "lq_status", "lq_answer", "lq_score", "lq_profile", "lq_behaviour", "lq_intent", "lq_grade", "lq_reasons", "lq_definition", "lq_handed_over_at",
        "lq_answer_due_at", "lq_first_contact_at", "lq_previous", "lq_verdict", "lq_rejection_reason", "lq_comment", "lq_recontact_on", "lq_verdict_at", "lq_verdict_by", "lifecyclestage",
    ];

    private FaultyPortal(SandboxUnderTest sandbox)
        : base(sandbox, new Workplace(), "hub")
    {
    }

    /// <summary>Signed, provisioned and live, without faults.</summary>
    public static Task<FaultyPortal> StartAsync(int contacts, params string[] options) => StartWithAsync(Repository.File("definitions", "b2b-software.en.yaml"), contacts, options);

    /// <param name="definition">The file of the agreement.</param>
    public static async Task<FaultyPortal> StartWithAsync(string definition, int contacts, params string[] options)
    {
        var portal = new FaultyPortal(await StartSandboxAsync(contacts, options));
        await portal.Workplace.SignAsync(definition, Start);
        await portal.Workplace.GoLiveAsync(portal.Sandbox.BaseUrl, portal.Sandbox.Token, Start);
        return portal;
    }

    /// <summary>The same, connected by an app that an admin authorized in the browser: its access token lives for half an hour of the portal's clock.</summary>
    public static async Task<FaultyPortal> StartByAppAsync(int contacts)
    {
        var portal = new FaultyPortal(await StartSandboxAsync(contacts));
        await portal.AuthorizeAsync();
        await portal.Workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Start);
        (await portal.Workplace.RunAsync("provision", "hub", "--at", Start)).Expect(0);
        (await portal.Workplace.RunAsync("mode", "hub", "live", "--at", Start)).Expect(0);
        return portal;
    }

    /// <summary>A user's edit in HubSpot's own pages.</summary>
    public Task EditAsync(string contact, object properties, string at) =>
        Sandbox.PostAsync($"/__sandbox/people/contacts/{contact}", new { properties, user = Salesperson, at });

    /// <summary>A contact that is there from now on.</summary>
    public async Task<string> CreateAsync(object properties) => (await Sandbox.PostAsync("/crm/v3/objects/contacts", new { properties }))!["id"]!.GetValue<string>();

    public Task ActAsync(string contact, string kind, object attributes) =>
        Sandbox.PostAsync($"/__sandbox/people/contacts/{contact}/activities", new { kind, attributes });

    /// <summary>Contacts that were handed over, in the order of their ids.</summary>
    public async Task<List<string>> HandedOverAsync() =>
        [.. (await Sandbox.ContactsAsync("lq_handed_over_at")).Where(contact => Value(contact.Value, "lq_handed_over_at").Length > 0).Select(contact => contact.Key)
            .Order(StringComparer.Ordinal)];

    public async Task<string> ValueAsync(string contact, string property) =>
        Value((await Sandbox.GetAsync($"/crm/v3/objects/contacts/{contact}?properties={property}"))["properties"]!.AsObject(), property);

    public Task<IReadOnlyDictionary<string, string>> HistoriesAsync() => Sandbox.HistoriesAsync(Fields);

    /// <summary>What the worker leaves to people: <c>RECORD field=value</c>.</summary>
    public async Task<List<string>> OverridesAsync() =>
        [.. (await Workplace.RunAsync("overrides", "--format", "json")).Expect(0).Json.AsArray()
            .Select(entry => $"{entry!["record"]} {entry["field"]}={entry["value"]}").Order(StringComparer.Ordinal)];

    public async Task<JsonArray> QuarantineAsync() => (await Workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray();

    private static Task<SandboxUnderTest> StartSandboxAsync(int contacts, params string[] options) =>
        SandboxUnderTest.StartAsync(["--contacts", $"{contacts}", "--seed", "7", "--rate-limits", "off", "--split", "hubspot", "--at", Start, .. options]);

    /// <summary>A worker serves for as long as the browser goes to HubSpot and back.</summary>
    private async Task AuthorizeAsync()
    {
        using var worker = await ServingWorker.StartAsync(Workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);
        var asked = (await Workplace.RunWithAsync(
            new Dictionary<string, string?> { ["CLQ_HUBSPOT_CLIENT_SECRET"] = Sandbox.ClientSecret },
            "connect", "hubspot", "--name", "hub", "--client-id", Sandbox.ClientId, "--base-url", Sandbox.BaseUrl, "--console", worker.Console.ToString(), "--format", "json")).Expect(0).Json;
        using var start = await admin.GetAsync(worker.Console.MakeRelativeUri(new Uri(asked["authorize"]!.GetValue<string>())).ToString());
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var agreed = await browser.GetAsync(start.Headers.Location);
        Assert.Contains("Connection hub", await admin.PageAsync(agreed.Headers.Location!.PathAndQuery[1..]), StringComparison.Ordinal);
    }

    private static string Value(JsonObject properties, string name) => properties[name]?.GetValue<string>() ?? "";
}
