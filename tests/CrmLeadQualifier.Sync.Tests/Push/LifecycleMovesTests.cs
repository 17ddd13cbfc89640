using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Push;

/// <summary>The CRM's own lifecycle is written once for each transition, and moved back only where the connection allows it.</summary>
public sealed class LifecycleMovesTests : SyncTest
{
    [Fact]
    public async Task The_lifecycle_is_written_once_for_each_transition_and_whoever_moves_it_afterwards_wins()
    {
        await NewMqlAsync();
        Crm.Change("1", contact => contact.Lifecycle = "lead");
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Equal("lead", Crm["1"].Lifecycle);
        Assert.Single(Crm.Log, written => written.Field == "lifecycle");
    }

    [Fact]
    public async Task A_lifecycle_further_on_stops_our_write_and_is_shown()
    {
        var contact = await NewManagerAsync();
        contact.Lifecycle = "opportunity";
        Crm.AskForDemo("1");
        var report = await SyncWellAsync();

        Assert.Equal(("mql", "opportunity"), (contact["stage"], contact.Lifecycle));
        Assert.Contains(report.Notices, notice => notice.Contains("left alone on 1 record(s): the record is further on: opportunity"));
        await SyncWellAsync();
        Assert.DoesNotContain(Crm.Log, written => written.Field == "lifecycle");
    }

    [Fact]
    public async Task A_lifecycle_that_was_cleared_for_a_move_back_is_set_after_all()
    {
        await WriteAsync(async ledger =>
        {
            var hub = (await ledger.Connections.FindAsync("hub"))!;
            var settings = new ConnectionSettings { AllowBackward = true, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
            return await ledger.Connections.SaveAsync(hub with { Settings = settings.Write() });
        });
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        Crm.AfterCall = call =>
        {
            if (call == "write" && Crm["1"].Lifecycle is null)
            {
                throw new ProcessDiedException();
            }
        };
        await Assert.ThrowsAsync<ProcessDiedException>(() => SyncAsync());
        await DieAsync();
        Crm.AfterCall = _ => { };
        await SyncWellAsync();

        Assert.Equal(("recycled", "lead"), (Crm["1"]["stage"], Crm["1"].Lifecycle));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lifecycle_goes_back_only_where_the_connection_allows_it(bool allows)
    {
        var options = new ConnectionOptions { AllowBackward = allows, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        Crm.CallLog.Clear();
        var report = await SyncAsync(options);

        Assert.Equal(("recycled", allows ? "lead" : "marketingqualifiedlead"), (Crm["1"]["stage"], Crm["1"].Lifecycle));
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains(allows ? "moved back on 1 record(s)" : "left alone on 1 record(s): the record is further on"));
        Assert.Equal(allows ? ["read", "write", "write", "read"] : ["read", "write"], Crm.CallLog.Where(call => call is "read" or "write"));
    }

    [Fact]
    public async Task A_move_back_that_the_CRM_did_not_make_is_said_and_not_taken_for_made()
    {
        var options = new ConnectionOptions { AllowBackward = true, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        var cleared = false;
        Crm.BeforeCall = call =>
        {
            // Somebody else sets it between our clearing and our setting.
            if (call == "write" && cleared)
            {
                Crm["1"].Lifecycle = "salesqualifiedlead";
            }
        };
        Crm.AfterCall = call => cleared |= call == "write";
        var report = await SyncAsync(options);

        Assert.Contains(report.Failures, failure => failure.Contains("was to go back to lead and is salesqualifiedlead"));
        Assert.Equal("salesqualifiedlead", (await RecordAsync("1")).Lifecycle);
        Crm.CallLog.Clear();
        await SyncAsync(options);
        Assert.DoesNotContain("write", Crm.CallLog);
    }
}
