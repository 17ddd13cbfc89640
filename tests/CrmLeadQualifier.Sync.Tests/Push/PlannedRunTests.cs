using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Push;

namespace CrmLeadQualifier.Sync.Tests.Push;

public sealed class PlannedRunTests : SyncTest
{
    [Fact]
    public async Task A_dry_run_writes_nothing_and_its_plan_applies()
    {
        var contact = await NewManagerAsync();
        Crm.AskForDemo("1");
        var dry = await SyncAsync(dryRun: true);
        Assert.Empty(Crm.Log);
        Assert.Contains(dry.Plan!.Writes, write => write is { Connection: "hub", Object: "contact", Record: "1", Field: "stage", From: "", To: "mql" });
        Assert.Equal(2, dry.Plan.Calls);

        Clock.Advance(TimeSpan.FromMinutes(10));
        var applied = await new ApplyPlan(Ledger, OpenCrm, Clock).RunAsync(dry.Plan, default);
        Assert.Empty(applied.Failures);
        Assert.Equal(("mql", "marketingqualifiedlead"), (contact["stage"], contact.Lifecycle));
        // The clock of the hand-over starts with the write, and the next run leaves it alone.
        Assert.Equal(Now.ToString(), contact["handed_over_at"]);
        Assert.Equal(Now, (await LeadAsync("1")).State.HandedOverAt);

        Crm.Log.Clear();
        await SyncWellAsync();
        Assert.Empty(Crm.Log);
    }

    [Fact]
    public async Task Values_that_moved_since_the_plan_are_left_alone_and_listed()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Visit("1");
        var dry = await SyncAsync(dryRun: true);
        Crm.Set("1", "CRM_UI", "u-bob", ("score", "99"));
        var applied = await new ApplyPlan(Ledger, OpenCrm, Clock).RunAsync(dry.Plan!, default);

        Assert.Equal(("99", "20"), (Crm["1"]["score"], Crm["1"]["behaviour"]));
        Assert.Contains(applied.Failures, failure => failure.Contains("contact 1: score is no longer what it was"));
    }

    [Fact]
    public async Task A_plan_expires_after_a_day()
    {
        await NewManagerAsync();
        var dry = await SyncAsync(dryRun: true);
        Clock.Advance(TimeSpan.FromHours(25));

        await Assert.ThrowsAsync<ConfigurationException>(() => new ApplyPlan(Ledger, OpenCrm, Clock).RunAsync(dry.Plan!, default));
    }

    [Fact]
    public async Task A_plan_is_not_applied_on_a_paused_connection()
    {
        await NewManagerAsync();
        var dry = await SyncAsync(dryRun: true);
        await SetModeAsync(ConnectionMode.Paused);

        await Assert.ThrowsAsync<ConfigurationException>(() => new ApplyPlan(Ledger, OpenCrm, Clock).RunAsync(dry.Plan!, default));
        Assert.Empty(Crm.Log);
    }

    [Fact]
    public async Task Undo_restores_what_did_not_change_since_and_pauses()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.AskForDemo("1");
        var run = (await SyncWellAsync()).Run;
        Assert.Equal("mql", Crm["1"]["stage"]);
        Crm.Set("1", "CRM_UI", "u-bob", ("intent", "1"));

        var undo = new UndoRun(Ledger, OpenCrm, Clock);
        var preview = await undo.PreviewAsync(run, default);
        Assert.Equal("lifecycle", Assert.Single(preview.CannotBeRestored).Field);
        var report = await undo.RunAsync(run, default);

        Assert.Equal(("lead", "30", "1"), (Crm["1"]["stage"], Crm["1"]["score"], Crm["1"]["intent"]));
        Assert.Contains(report.Failures, failure => failure.Contains("intent is no longer what it was"));
        Assert.Equal(ConnectionMode.Paused, (await ConnectionAsync()).Mode);
        Assert.Equal("lead", (await RecordAsync("1")).Known["stage"]);
        Crm.Log.Clear();
        await SyncWellAsync();
        Assert.Empty(Crm.Log);
    }

    [Fact]
    public async Task A_run_that_wrote_nothing_cannot_be_undone()
    {
        var run = (await SyncWellAsync()).Run;

        await Assert.ThrowsAsync<ConfigurationException>(() => new UndoRun(Ledger, OpenCrm, Clock).PreviewAsync(run, default));
    }
}
