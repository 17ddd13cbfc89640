namespace CrmLeadQualifier.Sync.Tests.Runs;

/// <summary>A connection that was read before anything was agreed.</summary>
public sealed class FirstAgreementTests : SyncTest
{
    protected override bool HasAgreement => false;

    [Fact]
    public async Task Without_an_agreement_everything_is_read_and_nothing_is_scored_or_written()
    {
        Crm.Add("1", "a@company.example");
        var report = await SyncWellAsync();

        Assert.Contains(report.Notices, notice => notice.StartsWith("no agreement is in force"));
        Assert.Equal((1, 0), (report.Connections[0].RecordsRead, report.Scored));
        Assert.Empty(Crm.Log);
    }

    [Fact]
    public async Task Whoever_came_before_the_first_agreement_is_held_and_whoever_comes_after_it_is_handed_over()
    {
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Add("1", "a@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("1");
        await SyncWellAsync();

        await SignAsync(Agreement);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Add("2", "b@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("2");
        await SyncWellAsync();

        Assert.True((await LeadAsync("1")).State.IsHeld);
        Assert.Equal(("lead", "mql"), (Crm["1"]["stage"], Crm["2"]["stage"]));
    }

    /// <summary>What a person said before anybody agreed on anything sets the stage, and moves no lifecycle.</summary>
    [Fact]
    public async Task A_verdict_from_before_the_first_agreement_is_a_baseline()
    {
        Crm.Add("1", "a@company.example");
        Crm.Say("1", "qualified");
        await SyncWellAsync();
        await SignAsync(Agreement);
        await SyncWellAsync();

        Assert.Equal("sql baseline", await PathAsync("1"));
        Assert.Equal(("sql", "", "lead"), (Crm["1"]["stage"], Crm["1"]["answer"], Crm["1"].Lifecycle));
    }

    [Fact]
    public async Task An_agreement_that_changes_between_two_runs_makes_nobody_an_mql()
    {
        await SignAsync(Agreement.Replace("at_least: 60 }", "at_least: 130 }"));
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Add("1", "a@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("1");
        await SyncWellAsync();
        await SignAsync(Agreement);
        await SyncWellAsync();

        Assert.True((await LeadAsync("1")).State.IsHeld);
        Assert.Empty(await TransitionsAsync("1"));
    }
}
