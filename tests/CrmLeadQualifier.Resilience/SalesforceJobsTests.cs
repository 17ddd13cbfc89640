using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>More Leads than collections are for: they are written by jobs of the emulated Salesforce, whoever is killed and whatever the org does meanwhile.</summary>
public sealed class SalesforceJobsTests
{
    private const string At = "2026-11-23T09:30:00Z";
    private const int Leads = 2_600;

    [Fact]
    public async Task The_scores_of_very_many_leads_are_written_by_one_job()
    {
        using var sandbox = await StartAsync();
        using var workplace = await GoLiveAsync(sandbox);
        var first = (await SyncAsync(workplace)).Expect(0).Json;

        Assert.Equal(Leads, first["connections"]![0]!["records_written"]!.GetValue<int>());
        // A batch told how fast the org is; who was converted is a Contact, of whom there are few.
        var leads = await sandbox.Org!.QueryAsync("SELECT Id FROM Lead WHERE IsConverted = false");
        Assert.Equal([leads.Count - 200L], await JobsAsync(workplace));
        await AssertWrittenOnceAsync(sandbox);
        Assert.Equal(0, (await SyncAsync(workplace)).Expect(0).Json["connections"]![0]!["records_written"]!.GetValue<int>());
    }

    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_worker_that_is_killed_while_a_job_is_at_work_loses_nothing_and_writes_nothing_twice(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var sandbox = await StartAsync();
        using var workplace = await GoLiveAsync(sandbox, engine);
        using (var worker = workplace.Start("sync", "--yes", "--at", At))
        {
            await UntilAsync(async () => (await sandbox.Org!.QueryAsync("SELECT Id FROM Lead WHERE LQ_Score__c != null LIMIT 201")).Count > 200);
            worker.Kill();
        }

        (await SyncAsync(workplace)).Expect(0);
        await AssertWrittenOnceAsync(sandbox);
        Assert.Equal([0L], Assert.Single(await workplace.QueryAsync("SELECT count(*) FROM write WHERE state IN ('sent', 'unknown')")));
    }

    [Fact]
    public async Task An_org_that_stops_a_job_for_good_gets_the_rest_again()
    {
        using var sandbox = await StartAsync();
        using var workplace = await GoLiveAsync(sandbox);
        await sandbox.FaultsAsync("job-stops=400");
        (await SyncAsync(workplace)).Expect(0);
        await AssertWrittenOnceAsync(sandbox);
        Assert.Equal([400L], await JobsAsync(workplace));
    }

    [Fact]
    public async Task An_org_that_takes_eight_seconds_for_two_hundred_rows_gets_jobs_of_at_most_two_thousand()
    {
        using var sandbox = await StartAsync();
        using var workplace = await GoLiveAsync(sandbox);
        await sandbox.FaultsAsync("slow-chunks=8");
        using var worker = workplace.Start("sync", "--yes", "--at", At);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (!worker.HasEnded)
        {
            await sandbox.AdvanceAsync("5s");
            await Task.Delay(250, patience.Token);
        }

        (await worker.FinishAsync()).Expect(0);
        await AssertWrittenOnceAsync(sandbox);
        var jobs = await JobsAsync(workplace);
        Assert.Equal(2_000, jobs[0]);
        Assert.Equal(2, jobs.Count);
    }

    [Fact]
    public async Task Rows_that_the_orgs_automation_takes_only_by_fifties_are_sent_by_fifties()
    {
        using var sandbox = await StartAsync();
        using var workplace = await GoLiveAsync(sandbox);
        await sandbox.FaultsAsync("cpu-limit=60");
        (await SyncAsync(workplace)).Expect(0);
        await AssertWrittenOnceAsync(sandbox);
    }

    private static Task<SandboxUnderTest> StartAsync() =>
        SandboxUnderTest.StartAsync("--contacts", $"{Leads}", "--seed", "7", "--split", "salesforce", "--rate-limits", "off", "--at", At);

    private static async Task<Workplace> GoLiveAsync(SandboxUnderTest sandbox, Engine engine = Engine.Sqlite)
    {
        var workplace = new Workplace(engine);
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), At);
        await workplace.GoLiveAsync(sandbox.Org!, At);
        return workplace;
    }

    private static Task<Finished> SyncAsync(Workplace workplace) => workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json");

    /// <summary>How many records each job worked off.</summary>
    private static async Task<IReadOnlyList<long>> JobsAsync(Workplace workplace) =>
        [.. (await workplace.QueryAsync("SELECT records FROM write_job WHERE records > 0 ORDER BY first_write")).Select(row => (long)row[0])];

    /// <summary>Each of our fields of each Lead was given one value, and every Lead has a score or a status that says why not.</summary>
    private static async Task AssertWrittenOnceAsync(SandboxUnderTest sandbox)
    {
        Assert.Empty((await sandbox.Org!.QueryAsync("SELECT Id FROM Lead WHERE LQ_Status__c = null AND IsConverted = false")).Select(lead => lead["Id"]!.GetValue<string>()));
        var histories = await sandbox.Org.HistoriesAsync();
        Assert.DoesNotContain(histories, history => history.Value.Contains(" > ", StringComparison.Ordinal));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
