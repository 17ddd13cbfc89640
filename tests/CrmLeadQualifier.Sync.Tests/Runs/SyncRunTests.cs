using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Runs;

public sealed class SyncRunTests : SyncTest
{
    [Fact]
    public async Task Another_accounts_token_reads_and_writes_nothing()
    {
        Crm.Add("1", "a@company.example");
        Crm.AccountId = "other";
        var report = await SyncAsync();

        Assert.True(report.IsRefused);
        Assert.Contains(report.Failures, failure => failure.Contains("bound to hubspot account 4711"));
        Assert.Equal(["account"], Crm.CallLog);
    }

    [Fact]
    public async Task One_connection_that_fails_does_not_stop_the_others()
    {
        var bad = new FakeCrm(Clock, "4712") { BeforeCall = _ => throw new FatalCrmException("the token was withdrawn", "Connect again.") };
        await ConnectAsync("bad", bad);
        Crm.Add("1", "a@company.example");
        var report = await SyncAsync();

        Assert.True(report.IsRefused);
        Assert.Contains("bad: the token was withdrawn. Connect again.", report.Failures);
        Assert.Equal("lead", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task A_connection_that_could_not_be_read_is_not_written()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Visit("1");
        Crm.BeforeCall = call =>
        {
            if (call == "page deals")
            {
                throw new RetriableCrmException("too many requests", TimeSpan.FromSeconds(10));
            }
        };
        Crm.Log.Clear();
        await SyncAsync();
        Assert.Empty(Crm.Log);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("50", Crm["1"]["score"]);
    }

    [Fact]
    public async Task A_plan_of_one_connection_is_made_though_another_fails()
    {
        var bad = new FakeCrm(Clock, "4712");
        await ConnectAsync("bad", bad);
        await new ModeChanges(Ledger).SetAsync("bad", ConnectionMode.Pilot, "list", default);
        bad.BeforeCall = call =>
        {
            if (call == "list")
            {
                throw new RetriableCrmException("the list is not there now", TimeSpan.Zero);
            }
        };
        Crm.Add("1", "a@company.example");
        bad.Add("9", "b@other.example");
        var report = await SyncAsync(dryRun: true);

        Assert.Contains("bad: the list is not there now", report.Failures);
        Assert.NotEmpty(report.Plan!.Writes);
    }

    [Fact]
    public async Task A_connection_that_another_process_works_on_is_left_to_it()
    {
        var hub = await ConnectionAsync();
        var lease = await Ledger.TakeLeaseAsync(hub.Id, "other", default);
        var report = await SyncAsync();
        Assert.Equal(["hub: another process is syncing this connection; try again when it is done"], report.Failures);
        Assert.Empty(Crm.CallLog);

        await Ledger.ReleaseLeaseAsync(lease!, default);
        await SyncWellAsync();
    }

    [Fact]
    public async Task A_connection_that_is_given_up_in_time_is_waited_for()
    {
        var lease = await Ledger.TakeLeaseAsync((await ConnectionAsync()).Id, "the reconcile", default);
        var run = new SyncRun(Ledger, OpenCrm, Clock) { Patience = TimeSpan.FromMinutes(1) }.RunAsync(new SyncRequest(), null, default);
        Assert.False(run.IsCompleted);

        await Ledger.ReleaseLeaseAsync(lease!, default);

        Assert.Empty((await run).Failures);
    }

    [Fact]
    public async Task A_settlement_that_fails_gives_the_lease_back()
    {
        await NewManagerAsync();
        Crm.BeforeCall = call => Throw(call is "write", new UnknownOutcomeException("no answer"), call is "read");
        await SyncAsync();
        Assert.NotEmpty((await SyncAsync()).Failures);
        Crm.BeforeCall = _ => { };

        await SyncWellAsync();
        Assert.Equal("lead", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task A_cancelled_run_is_stopped_not_running()
    {
        using var cancellation = new CancellationTokenSource();
        Crm.BeforeCall = call =>
        {
            if (call == "page contacts")
            {
                cancellation.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new SyncRun(Ledger, OpenCrm, Clock).RunAsync(new SyncRequest(), null, cancellation.Token));

        Assert.Equal(("stopped", "cancelled"), await LastRunAsync());
        await SyncWellAsync();
        Assert.Equal("done", (await LastRunAsync()).State);
    }

    [Fact]
    public async Task A_run_whose_process_was_killed_is_shown_as_stopped_by_the_next_one()
    {
        var killed = await WriteAsync(ledger => ledger.Runs.StartAsync(Now));
        await SyncWellAsync();

        var rows = await ReadAsync(ledger => ledger.Runs.ListAsync(10));
        Assert.Equal("stopped", rows.Single(row => row.Id == killed).State);
    }

    [Fact]
    public async Task An_unknown_connection_is_answered_with_a_sentence()
    {
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => SyncAsync(connection: "nope"));
        Assert.Contains("there is no connection 'nope'", wrong.Message);
    }

    [Fact]
    public void Settings_that_are_not_named_keep_their_defaults()
    {
        var settings = ConnectionSettings.Read("""{"allow_backward": true}""");

        Assert.Equal((true, 200, 0), (settings.AllowBackward, settings.MaxHandOversPerDay, settings.LifecycleStages.Count));
        Assert.Equal(200, ConnectionSettings.Read("{}").MaxHandOversPerDay);
    }

    [Fact]
    public async Task A_pilot_needs_a_list() =>
        await Assert.ThrowsAsync<ConfigurationException>(() => SetModeAsync(ConnectionMode.Pilot));

    [Fact]
    public async Task Resuming_goes_back_to_the_mode_before()
    {
        Crm.Lists["l"] = [];
        await SetModeAsync(ConnectionMode.Pilot, "l");
        await SetModeAsync(ConnectionMode.Paused);
        await SetModeAsync(ConnectionMode.Paused);
        var resumed = Assert.Single(await new ModeChanges(Ledger).ResumeAsync(null, default));

        Assert.Equal(ConnectionMode.Pilot, resumed.Mode);
    }

    private static void Throw(bool isWrite, Exception lost, bool isRead)
    {
        if (isWrite)
        {
            throw lost;
        }

        if (isRead)
        {
            throw new RetriableCrmException("not now", TimeSpan.Zero);
        }
    }

    private async Task<(string State, string? Message)> LastRunAsync()
    {
        var row = Assert.Single(await ReadAsync(ledger => ledger.Runs.ListAsync(1)));
        return (row.State, row.Message);
    }
}
