using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>An emulated portal whose faults can be switched, and a worker that is live on it.</summary>
public sealed class FaultyPortal : IDisposable
{
    public const string Start = "2026-11-23T09:00:00Z";

    public const string Salesperson = "claire.dubois@vendor.example";

    /// <summary>Every field of ours, and the CRM's own lifecycle.</summary>
    public static readonly string[] Fields =
    [
        "lq_stage", "lq_status", "lq_answer", "lq_score", "lq_profile", "lq_behaviour", "lq_intent", "lq_grade", "lq_reasons", "lq_definition", "lq_handed_over_at",
        "lq_answer_due_at", "lq_first_contact_at", "lq_previous", "lq_verdict", "lq_rejection_reason", "lq_comment", "lq_recontact_on", "lq_verdict_at", "lq_verdict_by", "lifecyclestage",
    ];

    private FaultyPortal(SandboxUnderTest sandbox) => Sandbox = sandbox;

    public SandboxUnderTest Sandbox { get; }

    public Workplace Workplace { get; } = new();

    /// <summary>What the runs said on standard error, and how often they had to be started.</summary>
    public string Said { get; private set; } = "";

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

    /// <summary>From now on these faults; at random ones where a rate is given.</summary>
    public Task FaultsAsync(string list, double rate = 0, int seed = 1) => Sandbox.PostAsync("/__sandbox/faults", new { faults = list, rate, seed });

    /// <summary>One run, however it ends.</summary>
    public async Task<Finished> RunAsync(string at)
    {
        var run = await Workplace.RunAsync("sync", "hub", "--yes", "--at", at, "--format", "json");
        Said += $"sync --at {at}: exit code {run.ExitCode}\n{run.Error}\n";
        return run;
    }

    /// <summary>Runs again, at the same instant, until all is done.</summary>
    public async Task<Finished> SyncAsync(string at, int attempts = 10)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await RunAsync(at);
            if (run.ExitCode == 0)
            {
                return run;
            }

            Assert.True(run.ExitCode == 1 && attempt < attempts, $"attempt {attempt}, exit code {run.ExitCode}\n{run.Output}\n{Said}");
        }
    }

    public async Task ReleaseAsync(string at) => (await Workplace.RunAsync("release", "--yes", "--at", at)).Expect(0);

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

    /// <summary>How often each fault was met since the start.</summary>
    public async Task<IReadOnlyDictionary<string, long>> FaultsMetAsync() =>
        (await Sandbox.GetAsync("/__sandbox/stats"))["faults"]!.AsObject().ToDictionary(fault => fault.Key, fault => fault.Value!.GetValue<long>());

    /// <summary>What the worker leaves to people: <c>RECORD field=value</c>.</summary>
    public async Task<List<string>> OverridesAsync() =>
        [.. (await Workplace.RunAsync("overrides", "--format", "json")).Expect(0).Json.AsArray()
            .Select(entry => $"{entry!["record"]} {entry["field"]}={entry["value"]}").Order(StringComparer.Ordinal)];

    public async Task<JsonArray> QuarantineAsync() => (await Workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray();

    /// <summary>No contact ever had two instants of being handed over.</summary>
    public static void AssertHandedOverOnce(IReadOnlyDictionary<string, string> histories)
    {
        var handed = histories.Where(history => history.Key.EndsWith(" lq_handed_over_at", StringComparison.Ordinal))
            .Select(history => (history.Key, Count: history.Value.Split(" > ").Count(value => value.Length > 0))).ToList();
        Assert.Contains(handed, history => history.Count == 1);
        Assert.DoesNotContain(handed, history => history.Count > 1);
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        Workplace.Dispose();
    }

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
