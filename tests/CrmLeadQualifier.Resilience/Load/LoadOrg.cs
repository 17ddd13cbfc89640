using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>An emulated org full of Leads, and a worker that is connected to it and live.</summary>
public sealed class LoadOrg : IDisposable
{
    private LoadOrg(SandboxUnderTest sandbox, SalesforceLeads leads)
    {
        Sandbox = sandbox;
        Leads = leads;
    }

    public SandboxUnderTest Sandbox { get; }

    public OrgUnderTest Org => Sandbox.Org!;

    public SalesforceLeads Leads { get; }

    public Workplace Workplace { get; } = new();

    /// <param name="at">Where the sandbox's clock starts.</param>
    public static async Task<LoadOrg> StartAsync(int leads, DateTimeOffset at, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("load-");
        try
        {
            var file = Path.Combine(folder.FullName, "leads.jsonl");
            var written = await SalesforceLeads.WriteAsync(file, leads);
            // How late a transaction of somebody else commits is Salesforce's own.
            var sandbox = await SandboxUnderTest.StartAsync(["--leads", file, "--split", "salesforce", "--index-lag", "0", "--at", Text(at), .. options]);
            var org = new LoadOrg(sandbox, written);
            await org.Workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Text(at));
            await org.Workplace.GoLiveAsync(org.Org, Text(at));
            await sandbox.ResetCallsAsync();
            return org;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One sync in a process of its own, with the program's clock where Salesforce's is.</summary>
    /// <param name="meanwhile">Again and again as long as it runs.</param>
    public async Task<LoadedRun> SyncAsync(Func<Task>? meanwhile = null)
    {
        var now = (await Sandbox.GetAsync("/__sandbox/clock"))["now"]!.GetValue<string>();
        using var worker = Workplace.Start("sync", "--yes", "--format", "json", "--at", now);
        var peak = worker.PeakMegabytesAsync();
        while (!worker.HasEnded)
        {
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            await Task.Delay(100);
        }

        var finished = (await worker.FinishAsync()).Expect(0);
        var stats = await Sandbox.GetAsync("/__sandbox/stats");
        await Sandbox.ResetCallsAsync();
        return new LoadedRun(finished.Json["run"]!.GetValue<string>(), finished.Json["connections"]![0]!, stats, await peak, finished.Json["leads"]!["scored"]!.GetValue<int>());
    }

    /// <summary>A person gives so many Leads, who had more of a say, the title of an assistant: their scores fall, and nobody is handed over for it.</summary>
    public async Task DemoteAsync(int leads)
    {
        foreach (var id in await IdsAsync($"SELECT Id FROM Lead WHERE Title IN ('CEO', 'IT manager', 'Operations manager') ORDER BY Id LIMIT {leads}"))
        {
            await Org.EditAsync("leads", id, new { Title = "Assistant" }, "claire.dubois@vendor.example");
        }
    }

    /// <summary>Leads that an answer to an e-mail makes MQLs.</summary>
    public Task<IReadOnlyList<string>> CloseToTheBarAsync(int leads) =>
        IdsAsync($"SELECT Id FROM Lead WHERE Title = 'Director' AND LQ_Stage__c = 'lead' AND LQ_Status__c = 'not_yet' ORDER BY Id LIMIT {leads}");

    public Task AnswerAsync(string lead) => Org.ActAsync("leads", lead, new { kind = "email_reply", attributes = new { subject = "Yes, please call me" } });

    /// <summary>Counts begin anew.</summary>
    public async Task<IReadOnlyList<string>> IdsAsync(string soql)
    {
        var rows = await Org.QueryAsync(soql);
        await Sandbox.ResetCallsAsync();
        return [.. rows.Select(row => row["Id"]!.GetValue<string>())];
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        Workplace.Dispose();
    }

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
