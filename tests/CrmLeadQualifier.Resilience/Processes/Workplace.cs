namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>A data folder, and the program run on it.</summary>
public sealed class Workplace : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public string Data => _folder.File("data");

    public string File(string name) => _folder.File(name);

    /// <summary>Of every process that is run here: where PostgreSQL is.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    public Task<Finished> RunAsync(params string[] arguments) => WorkerProcess.RunAsync(Folder, [.. arguments, "--data", Data], Environment);

    public WorkerProcess Start(params string[] arguments) => WorkerProcess.Start(Folder, [.. arguments, "--data", Data], Environment);

    public async Task<Finished> RunWithAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        await WorkerProcess.RunAsync(Folder, [.. arguments, "--data", Data], Environment.Concat(environment).ToDictionary());

    /// <summary>Proposes an agreement and signs it as version 1 for both roles.</summary>
    public async Task SignAsync(string definition, string at)
    {
        await AddSignatoriesAsync();
        (await RunAsync("definition", "propose", definition, "--at", at)).Expect(0);
        (await SignAsync(1, "marketing", at)).Expect(0);
        (await SignAsync(1, "sales", at)).Expect(0);
    }

    /// <summary>Ann signs for marketing, Ben for sales.</summary>
    public async Task AddSignatoriesAsync()
    {
        (await RunWithAsync(Password, "account", "add", "Ann", "--role", "marketing")).Expect(0);
        (await RunWithAsync(Password, "account", "add", "Ben", "--role", "sales")).Expect(0);
    }

    public Task<Finished> SignAsync(int version, string role, string at, params string[] more) =>
        RunWithAsync(Password, ["definition", "sign", $"{version}", "--role", role, "--by", role == "marketing" ? "Ann" : "Ben", "--at", at, .. more]);

    public static IReadOnlyDictionary<string, string?> Password { get; } = new Dictionary<string, string?> { ["CLQ_PASSWORD"] = "signs for the tests" };

    /// <summary>Connects as <c>hub</c>, provisions and goes live.</summary>
    public async Task GoLiveAsync(string baseUrl, string token, string at)
    {
        (await RunWithAsync(new Dictionary<string, string?> { ["CLQ_HUBSPOT_TOKEN"] = token }, "connect", "hubspot", "--name", "hub", "--base-url", baseUrl, "--at", at)).Expect(0);
        (await RunAsync("provision", "hub", "--at", at)).Expect(0);
        (await RunAsync("mode", "hub", "live", "--at", at)).Expect(0);
    }

    /// <summary>Connects Salesforce as <c>sf</c>, provisions and goes live.</summary>
    public async Task GoLiveAsync(OrgUnderTest org, string at)
    {
        (await RunWithAsync(
            new Dictionary<string, string?> { ["CLQ_SALESFORCE_CLIENT_SECRET"] = org.ClientSecret },
            "connect", "salesforce", "--name", "sf", "--client-id", org.ClientId, "--login-url", org.BaseUrl, "--at", at)).Expect(0);
        (await RunAsync("provision", "sf", "--at", at)).Expect(0);
        (await RunAsync("mode", "sf", "live", "--at", at)).Expect(0);
    }

    public void Dispose() => _folder.Dispose();
}
