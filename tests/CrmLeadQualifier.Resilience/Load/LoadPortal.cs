using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>An emulated portal full of people, and a worker that is connected to it and live.</summary>
public sealed class LoadPortal : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly Workplace _workplace = new();

    private LoadPortal(SandboxUnderTest sandbox, LoadLeads leads)
    {
        Sandbox = sandbox;
        Leads = leads;
    }

    public SandboxUnderTest Sandbox { get; }

    public LoadLeads Leads { get; }

    /// <summary>The program's processes on it.</summary>
    public Workplace Workplace => _workplace;

    /// <param name="at">Where the portal's clock begins; null: always at the same instant.</param>
    public static async Task<LoadPortal> StartAsync(int contacts, string limits, int latency, DateTimeOffset? at = null)
    {
        var start = at ?? Start;
        var folder = Directory.CreateTempSubdirectory("load-");
        try
        {
            var file = Path.Combine(folder.FullName, "leads.jsonl");
            var leads = await LoadLeads.WriteAsync(file, contacts, start);
            var sandbox = await SandboxUnderTest.StartAsync(
                "--leads", file, "--split", "hubspot", "--rate-limits", limits, "--latency", latency.ToString(CultureInfo.InvariantCulture), "--at", Text(start));
            var portal = new LoadPortal(sandbox, leads);
            await portal._workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Text(start));
            await portal._workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, Text(start));
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
        var run = new LoadedRun(finished.Json["run"]!.GetValue<string>(), finished.Json["connections"]![0]!, stats, peak, finished.Json["leads"]!["scored"]!.GetValue<int>());
        await Sandbox.ResetCallsAsync();
        return run;
    }

    /// <summary>How many transitions of a cause a run made.</summary>
    public Task<long> TransitionsAsync(LoadedRun run, string cause) => CountAsync($"SELECT count(*) FROM transition WHERE run = '{run.Run}' AND cause = '{cause}'");

    /// <summary>On how many records a run moved the CRM's own lifecycle.</summary>
    public Task<long> LifecycleWritesAsync(LoadedRun run) => CountAsync($"SELECT count(*) FROM write WHERE run = '{run.Run}' AND field = 'lifecycle'");

    /// <summary>A person gives so many contacts, always the same ones, another value.</summary>
    public async Task ChangeAsync(int contacts, string property, string value)
    {
        var ids = (await Sandbox.ContactsAsync(contacts, "lastname")).Keys.Take(contacts).ToList();
        await Sandbox.ResetCallsAsync();
        foreach (var id in ids)
        {
            await ChangeAsync(id, property, value);
        }
    }

    public Task ChangeAsync(string id, string property, string value) =>
        Sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new Dictionary<string, string> { [property] = value }, user = "1" });

    /// <summary>A person does something, of the kinds of a leads file.</summary>
    public Task ActAsync(string id, string kind, Dictionary<string, string> attributes) =>
        Sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind, attributes });

    /// <summary>Contacts of which the ledger says something, in the order in which they were read.</summary>
    public async Task<IReadOnlyList<string>> ContactsAsync(string condition, int most) =>
        [.. (await _workplace.QueryAsync($"SELECT r.external_id FROM record r JOIN lead l ON l.id = r.lead_id WHERE {condition} ORDER BY r.id LIMIT {most}")).Select(row => (string)row[0])];

    /// <summary>When the run began that last wrote a contact, by its own name for itself.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> RunsOfWritesAsync() =>
        (await _workplace.QueryAsync("SELECT r.external_id, max(w.run) FROM write w JOIN record r ON r.id = w.record_id GROUP BY r.external_id"))
            .ToDictionary(row => (string)row[0], row => DateTimeOffset.Parse(((string)row[1])[..24], CultureInfo.InvariantCulture));

    private async Task<long> CountAsync(string sql) => (long)(await _workplace.QueryAsync(sql))[0][0];

    public void Dispose()
    {
        Sandbox.Dispose();
        _workplace.Dispose();
    }

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What a run did, by its own report and by the portal's count.</summary>
/// <param name="PeakMegabytes">VmHWM.</param>
public sealed record LoadedRun(string Run, JsonNode Report, JsonNode Stats, long PeakMegabytes, int Scored)
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
