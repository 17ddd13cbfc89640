using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.HubSpot;
using Microsoft.Extensions.DependencyInjection;

namespace CrmLeadQualifier.Conformance.HubSpotClient;

/// <summary>The sandbox's executable, started on a free port; ends when disposed or when this process ends.</summary>
public sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ServiceProvider _services;

    private SandboxProcess(Process process, string baseUrl, string token)
    {
        _process = process;
        BaseUrl = baseUrl;
        Token = token;
        Control = new HttpClient { BaseAddress = new Uri(baseUrl) };
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddHubSpot().BuildServiceProvider();
    }

    public string BaseUrl { get; }

    public string Token { get; }

    public HttpClient Control { get; }

    public static async Task<SandboxProcess> StartAsync(params string[] arguments)
    {
        var (process, ready) = await LaunchAsync(["--split", "hubspot", .. arguments]);
        var hubspot = ready.GetProperty("hubspot");
        return new SandboxProcess(process, hubspot.GetProperty("base_url").GetString()!, hubspot.GetProperty("token").GetString()!);
    }

    /// <summary>The executable and the line that tells where its CRMs are; it ends when its standard input closes.</summary>
    public static async Task<(Process Process, JsonElement Ready)> LaunchAsync(IEnumerable<string> arguments)
    {
        var directory = Path.GetDirectoryName(typeof(SandboxProcess).Assembly.Location)!;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { Path.Combine(directory, typeof(Sandbox.SandboxServer).Assembly.GetName().Name + ".dll") },
        };
        foreach (var argument in arguments.Append("--until-stdin-closes"))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        var ready = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sandbox ended before it was ready.");
        using var line = JsonDocument.Parse(ready);
        return (process, line.RootElement.Clone());
    }

    public static void End(Process process)
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    public HubSpotConnection Connection => new(Token) { BaseUrl = BaseUrl };

    public HubSpotCrm Client(HubSpotConnection? connection = null) => _services.GetRequiredService<HubSpotCrmFactory>().Create(connection ?? Connection);

    public Task AdvanceAsync(string by) => PostAsync("/__sandbox/clock", new { advance = by });

    public Task PlanFaultsAsync(string faults) => PostAsync("/__sandbox/faults", new { faults });

    public async Task<long> CallsAsync()
    {
        using var statistics = JsonDocument.Parse(await Control.GetStringAsync("/__sandbox/stats"));
        return statistics.RootElement.GetProperty("calls").GetProperty("total").GetInt64();
    }

    public async Task PostAsync(string path, object body)
    {
        using var answer = await Control.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Creates an object and associates it with contacts, through HubSpot's own routes and none of our client's code.</summary>
    public async Task CreateAsync(string objectType, object body, IEnumerable<string> contacts)
    {
        using var created = await SendAsync($"/crm/v3/objects/{objectType}", body);
        using var answer = JsonDocument.Parse(await created.Content.ReadAsStringAsync());
        var id = answer.RootElement.GetProperty("id").GetString();
        var inputs = contacts.Select(contact => new { from = new { id }, to = new { id = contact } });
        using var associated = await SendAsync($"/crm/v4/associations/{objectType}/contacts/batch/associate/default", new { inputs });
    }

    public async Task<HttpResponseMessage> SendAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { Authorization = new("Bearer", Token) } };
        var answer = await Control.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await _services.DisposeAsync();
        End(_process);
    }
}
