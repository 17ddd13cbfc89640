using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>An emulated org whose faults can be switched, and a worker that is live on it.</summary>
public sealed class FaultyOrg : FaultyCrm
{
    /// <summary>More than collections are for, with more activities than pages of queries are for.</summary>
    public const int ManyLeads = 2_600;

    private FaultyOrg(SandboxUnderTest sandbox, Workplace workplace)
        : base(sandbox, workplace, "sf")
    {
    }

    public OrgUnderTest Org => Sandbox.Org!;

    /// <summary>With so many made-up people, signed, provisioned and live, without faults.</summary>
    public static Task<FaultyOrg> StartAsync(int people) => StartAsync("--contacts", $"{people}");

    /// <summary>With leads of a file (<see cref="OrgLeads"/>), none of whom was converted.</summary>
    public static async Task<FaultyOrg> StartWithLeadsAsync(int leads)
    {
        using var folder = new TemporaryFolder();
        await OrgLeads.WriteAsync(folder.File("leads.jsonl"), leads);
        return await StartAsync("--leads", folder.File("leads.jsonl"));
    }

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

    /// <summary>Who is in quarantine, and why, in Salesforce's words.</summary>
    public async Task<SortedDictionary<string, string>> QuarantineAsync() => new(
        (await Workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray()
            .ToDictionary(entry => entry!["record"]!.GetValue<string>(), entry => entry!["reason"]!.GetValue<string>()),
        StringComparer.Ordinal);

    public async Task<JsonArray> OverridesAsync() => (await Workplace.RunAsync("overrides", "--format", "json")).Expect(0).Json.AsArray();

    /// <summary>Every Lead has its fields, each of which was given one value, and nobody has to look after anything.</summary>
    public async Task AssertAllWrittenOnceAsync()
    {
        Assert.All(await ValuesAsync("LQ_Status__c"), lead => Assert.True(lead.Value.Length > 0, $"{lead.Key} has no status\n{Said}"));
        Assert.DoesNotContain(await Org.HistoriesAsync(), history => history.Value.Contains(" > ", StringComparison.Ordinal));
        Assert.Empty(await QuarantineAsync());
    }

    private static async Task<FaultyOrg> StartAsync(params string[] people)
    {
        var sandbox = await PreparedOrg.StartAsync(people);
        return new FaultyOrg(sandbox, await PreparedOrg.CopyAsync(sandbox.Org!));
    }

    private static string TypeOf(string id) => id.StartsWith("003", StringComparison.Ordinal) ? "contact" : "lead";
}
