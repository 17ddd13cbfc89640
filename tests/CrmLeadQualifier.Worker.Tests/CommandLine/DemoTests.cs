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
