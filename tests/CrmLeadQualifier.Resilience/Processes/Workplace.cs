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

    /// <summary>Proposes and signs an agreement for both roles.</summary>
    public async Task SignAsync(string definition, string at)
    {
        (await RunAsync("definition", "propose", definition, "--at", at)).Expect(0);
        (await RunAsync("definition", "sign", "1", "--role", "marketing", "--by", "Ann", "--at", at)).Expect(0);
        (await RunAsync("definition", "sign", "1", "--role", "sales", "--by", "Ben", "--at", at)).Expect(0);
    }

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
