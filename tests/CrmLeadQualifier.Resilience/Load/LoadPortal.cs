using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>An emulated portal full of people, and a worker that is connected to it and live.</summary>
public sealed class LoadPortal : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly Workplace _workplace = new();
    private IReadOnlyList<string> _ids = [];

    private LoadPortal(SandboxUnderTest sandbox, LoadLeads leads)
    {
        Sandbox = sandbox;
        Leads = leads;
    }

    public SandboxUnderTest Sandbox { get; }

    public LoadLeads Leads { get; }

    public static async Task<LoadPortal> StartAsync(int contacts, string limits, int latency)
    {
        var folder = Directory.CreateTempSubdirectory("load-");
        try
        {
            var file = Path.Combine(folder.FullName, "leads.jsonl");
            var leads = await LoadLeads.WriteAsync(file, contacts);
            var sandbox = await SandboxUnderTest.StartAsync(
                "--leads", file, "--split", "hubspot", "--rate-limits", limits, "--latency", latency.ToString(CultureInfo.InvariantCulture), "--at", Text(Start));
            var portal = new LoadPortal(sandbox, leads);
            await portal._workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Text(Start));
            await portal._workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, Text(Start));
            await sandbox.ResetCallsAsync();
            return portal;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One sync in a process of its own, with the program's clock where HubSpot's is.</summary>
    public async Task<LoadedRun> SyncAsync()
    {
        var now = (await Sandbox.GetAsync("/__sandbox/clock"))["now"]!.GetValue<string>();
        using var worker = _workplace.Start("sync", "--yes", "--format", "json", "--at", now);
        var peak = await worker.PeakMegabytesAsync();
        var finished = (await worker.FinishAsync()).Expect(0);
        var stats = await Sandbox.GetAsync("/__sandbox/stats");
        var run = new LoadedRun(finished.Json["connections"]![0]!, stats, peak, finished.Json["leads"]!["scored"]!.GetValue<int>());
        await Sandbox.ResetCallsAsync();
        return run;
    }

    /// <summary>A person gives so many contacts, always the same ones, another value.</summary>
    public async Task ChangeAsync(int contacts, string property, string value)
    {
        if (_ids.Count < contacts)
        {
            _ids = [.. (await Sandbox.ContactsAsync(contacts, "lastname")).Keys];
            await Sandbox.ResetCallsAsync();
        }

        foreach (var id in _ids.Take(contacts))
        {
            await Sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new Dictionary<string, string> { [property] = value }, user = "1" });
        }
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        _workplace.Dispose();
    }

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What a run did, by its own report and by the portal's count.</summary>
/// <param name="PeakMegabytes">VmHWM.</param>
public sealed record LoadedRun(JsonNode Report, JsonNode Stats, long PeakMegabytes, int Scored)
{
    public long Calls => Stats["calls"]!["total"]!.GetValue<long>();

    public long Refused => Stats["refused"]!.GetValue<long>();

    public long Written => Report["records_written"]!.GetValue<long>();

    public double Seconds => Report["seconds"]!.GetValue<double>();

    public double BusySeconds => Report["busy_seconds"]!.GetValue<double>();

    public long BusyCalls => Report["busy_calls"]!.GetValue<long>();

    /// <summary>Calls whose route has this in it.</summary>
    public long Of(string part) => Stats["calls"]!["by_route"]!.AsObject().Where(route => route.Key.Contains(part, StringComparison.Ordinal)).Sum(route => route.Value!.GetValue<long>());

    /// <summary>
    /// Of the time in which there were five or more calls to send, the part that the limit itself demands for as many calls: so many leave at once, as many again ten seconds later. 1: no client
    /// that keeps the limit can be faster.
    /// </summary>
    public double Used(int perTenSeconds) => BusyCalls <= perTenSeconds ? 1 : Math.Min(1, (BusyCalls - 1) / perTenSeconds * 10 / BusySeconds);
}
