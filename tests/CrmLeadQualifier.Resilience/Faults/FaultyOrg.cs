using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>An emulated org whose faults can be switched, and a worker that is live on it.</summary>
public sealed class FaultyOrg : IDisposable
{
    /// <summary>More than collections are for, with more activities than pages of queries are for.</summary>
    public const int ManyLeads = 2_600;

    public const string Start = "2026-11-23T09:00:00Z";

    public const string Salesperson = "claire.dubois@vendor.example";

    private FaultyOrg(SandboxUnderTest sandbox, Workplace workplace) => (Sandbox, Workplace) = (sandbox, workplace);

    public SandboxUnderTest Sandbox { get; }

    public OrgUnderTest Org => Sandbox.Org!;

    public Workplace Workplace { get; }

    /// <summary>What the runs said on standard error, and how often they had to be started.</summary>
    public string Said { get; private set; } = "";

    /// <summary>With so many made-up people, signed, provisioned and live, without faults.</summary>
    public static Task<FaultyOrg> StartAsync(int people) => StartAsync("--contacts", $"{people}");

    /// <summary>With leads of a file (<see cref="OrgLeads"/>), none of whom was converted.</summary>
    public static async Task<FaultyOrg> StartWithLeadsAsync(int leads)
    {
        using var folder = new TemporaryFolder();
        await OrgLeads.WriteAsync(folder.File("leads.jsonl"), leads);
        return await StartAsync("--leads", folder.File("leads.jsonl"));
    }

    /// <summary>From now on these faults; at random ones where a rate is given.</summary>
    public Task FaultsAsync(string list, double rate = 0, int seed = 1) => Sandbox.PostAsync("/__sandbox/faults", new { faults = list, rate, seed });

    /// <summary>One run, however it ends.</summary>
    public async Task<Finished> RunAsync(string at)
    {
        var run = await Workplace.RunAsync("sync", "sf", "--yes", "--at", at, "--format", "json");
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

    /// <summary>A user's edit in Salesforce's own pages, which its history dates.</summary>
    public Task EditAsync(string lead, object fields, string at, string user = Salesperson) =>
        Sandbox.PostAsync($"/__sandbox/people/{TypeOf(lead)}/{lead}", new { fields, user, at });

    public Task ActAsync(string lead, string kind, string at, object attributes) =>
        Sandbox.PostAsync($"/__sandbox/people/{TypeOf(lead)}/{lead}/activities", new { kind, at, attributes, user = Salesperson });

    /// <summary>One value of every Lead that nobody converted, and with <c>Contact</c> of every Contact; an empty text where there is none.</summary>
    public async Task<SortedDictionary<string, string>> ValuesAsync(string field, string type = "Lead") => new(
        (await Org.QueryAsync($"SELECT Id, {field} FROM {type}{(type == "Lead" ? " WHERE IsConverted = false" : "")}"))
            .ToDictionary(row => row["Id"]!.GetValue<string>(), row => row[field]?.ToString() ?? ""),
        StringComparer.Ordinal);

    public async Task<string> ValueAsync(string id, string field) =>
        (await Org.QueryAsync($"SELECT {field} FROM {TypeOf(id)} WHERE Id = '{id}'")).Single()[field]?.ToString() ?? "";

    /// <summary>Every Lead that nobody converted, in the order of the ids.</summary>
    public async Task<List<string>> LeadsAsync() => [.. (await ValuesAsync("OwnerId")).Keys];

    /// <summary>Leads that were handed over, in the order of their ids.</summary>
    public async Task<List<string>> HandedOverAsync() =>
        [.. (await ValuesAsync("LQ_Handed_Over_At__c")).Where(lead => lead.Value.Length > 0).Select(lead => lead.Key)];

    /// <summary>How often each fault was met since the start.</summary>
    public async Task<IReadOnlyDictionary<string, long>> FaultsMetAsync() =>
        (await Sandbox.GetAsync("/__sandbox/stats"))["faults"]!.AsObject().ToDictionary(fault => fault.Key, fault => fault.Value!.GetValue<long>());

    /// <summary>Who is in quarantine, and why, in Salesforce's words.</summary>
    public async Task<SortedDictionary<string, string>> QuarantineAsync() => new(
        (await Workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray()
            .ToDictionary(entry => entry!["record"]!.GetValue<string>(), entry => entry!["reason"]!.GetValue<string>()),
        StringComparer.Ordinal);

    public async Task<JsonArray> OverridesAsync() => (await Workplace.RunAsync("overrides", "--format", "json")).Expect(0).Json.AsArray();

    /// <summary>Nobody ever had two instants of being handed over.</summary>
    public static void AssertHandedOverOnce(IReadOnlyDictionary<string, string> histories)
    {
        var handed = histories.Where(history => history.Key.EndsWith(" LQ_Handed_Over_At__c", StringComparison.Ordinal))
            .Select(history => (history.Key, Count: history.Value.Split(" > ").Count(value => value.Length > 0))).ToList();
        Assert.Contains(handed, history => history.Count == 1);
        Assert.DoesNotContain(handed, history => history.Count > 1);
    }

    /// <summary>Every Lead has its fields, each of which was given one value, and nobody has to look after anything.</summary>
    public async Task AssertAllWrittenOnceAsync()
    {
        Assert.All(await ValuesAsync("LQ_Status__c"), lead => Assert.True(lead.Value.Length > 0, $"{lead.Key} has no status\n{Said}"));
        Assert.DoesNotContain(await Org.HistoriesAsync(), history => history.Value.Contains(" > ", StringComparison.Ordinal));
        Assert.Empty(await QuarantineAsync());
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        Workplace.Dispose();
    }

    private static async Task<FaultyOrg> StartAsync(params string[] people)
    {
        var sandbox = await PreparedOrg.StartAsync(people);
        return new FaultyOrg(sandbox, await PreparedOrg.CopyAsync(sandbox.Org!));
    }

    private static string TypeOf(string id) => id.StartsWith("003", StringComparison.Ordinal) ? "contact" : "lead";
}
