using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_shows_the_whole_way_and_a_person_read_back_from_both_crms()
    {
        using var workplace = new Workplace();

        var run = (await workplace.RunAsync("demo", "--once", "--format", "json")).Expect(ExitCode.Done).Json;

        Assert.True(run["leads"]!["scored"]!.GetValue<int>() > 0);
        Assert.Equal(["hubspot", "salesforce"], run["connections"]!.AsArray().Select(connection => connection!["crm"]!.GetValue<string>()));
        foreach (var connection in run["connections"]!.AsArray())
        {
            Assert.True(connection!["records_written"]!.GetValue<int>() > 0);
            Assert.True(connection["fields_written"]!.GetValue<int>() > 0);
            Assert.True(connection["activities_read"]!.GetValue<int>() > 0);
        }

        Assert.True(run["stages"]!.AsObject().Count(stage => stage.Value!.GetValue<int>() > 0) >= 3);
        Assert.Equal(["lead", "mql", "sal", "sql", "opportunity", "customer", "recycled", "disqualified"], run["stages"]!.AsObject().Select(stage => stage.Key));
        var contact = run["sample"]![0]!["properties"]!;
        Assert.Equal("mql", contact["lq_stage"]!.GetValue<string>());
        Assert.Equal("marketingqualifiedlead", contact["lifecyclestage"]!.GetValue<string>());
        Assert.NotEmpty(contact["lq_score"]!.GetValue<string>());
        Assert.NotEmpty(contact["lq_reasons"]!.GetValue<string>());
        var person = run["sample"]![1]!;
        Assert.Equal("salesforce", person["crm"]!.GetValue<string>());
        Assert.Equal(contact["email"]!.GetValue<string>(), person["properties"]!["Email"]!.GetValue<string>());
        Assert.Equal(contact["lq_score"]!.GetValue<string>(), person["properties"]!["LQ_Score__c"]!.GetValue<string>());
        Assert.Equal("to_answer", person["properties"]!["LQ_Answer__c"]!.GetValue<string>());
        Assert.False(File.Exists(Path.Combine(workplace.Data, "ledger.db")), "the demo never touches the data folder's own ledger");
    }

    [SkippableFact]
    public async Task The_demo_stays_up_for_commands_typed_beside_it_until_ctrl_c()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to a process.");
        using var workplace = new Workplace();
        using var demo = workplace.Start("demo");
        await demo.UntilItSaysAsync("Ctrl-C ends it");

        var beside = (await WorkerProcess.RunAsync(workplace.Folder, ["connections", "--data", Path.Combine(workplace.Data, "demo")])).Expect(ExitCode.Done);
        demo.Interrupt();

        Assert.Contains("live", beside.Output);
        (await demo.FinishAsync()).Expect(ExitCode.Done);
    }

    /// <summary>Takes two minutes: the simulated sales team calls before it answers, and a sync a minute hears it.</summary>
    [SkippableFact]
    public async Task The_demo_serves_jobs_and_pages_hears_what_sales_says_and_leaves_no_process_behind()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The processes are read from /proc.");
        using var workplace = new Workplace();
        using var demo = await ServingWorker.StartAsync(workplace.Start("demo", "--format", "json"));
        using var admin = await demo.SignInAsync("admin", demo.Password!);
        var before = await AnsweredAsync(workplace);

        foreach (var job in new[] { "sync:hubspot", "sync:salesforce" })
        {
            await ServingWorker.UntilAsync(() => admin.JobStateAsync(job), state => state == "done", job);
        }

        using (var second = workplace.Start("demo", "--once"))
        {
            Assert.Contains("Another worker serves", (await second.FinishAsync()).Expect(ExitCode.WrongUsage).Error);
        }

        await ServingWorker.UntilAsync(() => AnsweredAsync(workplace), answered => answered > before, "what sales said");
        using var http = new HttpClient();
        foreach (var crm in new[] { "hubspot", "salesforce" })
        {
            Assert.Contains("mql", await http.GetStringAsync(demo.Addresses[crm]!.GetValue<string>()));
        }

        Assert.Contains("sync:hubspot", await admin.PageAsync("hangfire/recurring"));
        var children = ChildrenOf(demo.Process.Id);
        Assert.NotEmpty(children);
        demo.Process.Terminate();
        (await demo.Process.FinishAsync()).Expect(ExitCode.Done);
        Assert.DoesNotContain(children, child => Directory.Exists($"/proc/{child}"));
    }

    /// <summary>Leads that sales took a stand on, or that a deal moved, as the last run that counted tells.</summary>
    private static async Task<int> AnsweredAsync(Workplace workplace)
    {
        var runs = (await WorkerProcess.RunAsync(workplace.Folder, ["runs", "--format", "json", "--data", Path.Combine(workplace.Data, "demo")])).Expect(ExitCode.Done).Json.AsArray();
        var counted = runs.Select(run => run!["stages"]).First(stages => stages is not null)!;
        return new[] { "sal", "sql", "recycled", "disqualified" }.Sum(stage => counted[stage]!.GetValue<int>());
    }

    private static List<int> ChildrenOf(int process) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _) && StatusOf(folder).Contains($"PPid:\t{process}\n"))
            .Select(folder => int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static string StatusOf(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/status");
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return "";
        }
    }

    [SkippableFact]
    public async Task The_sandbox_ends_with_its_parent()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGINT to send to a process.");
        using var workplace = new Workplace();
        using var sandbox = WorkerProcess.Start(workplace.Folder, ["sandbox", "--contacts", "5"]);
        await sandbox.UntilItSaysAsync("\"hubspot\"");
        var address = System.Text.Json.Nodes.JsonNode.Parse(sandbox.Output)!["hubspot"]!["base_url"]!.GetValue<string>();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        Assert.True((await http.GetAsync("/__sandbox/stats")).IsSuccessStatusCode);

        sandbox.Kill();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            while (true)
            {
                patience.Token.ThrowIfCancellationRequested();
                await http.GetAsync("/__sandbox/stats", patience.Token);
            }
        });
    }
}
