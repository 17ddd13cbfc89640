using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.Sync.Tests.Push;

public sealed class PushStageTests : SyncTest
{
    [Fact]
    public async Task Only_the_fields_that_changed_are_sent()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Log.Clear();
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Equal(["behaviour", "reasons", "score"], Crm.Log.Select(written => written.Field).Order());
    }

    [Fact]
    public async Task Where_calls_are_few_scores_wait_and_hand_overs_go_on()
    {
        Crm.BatchSizes = new(1, 100, 50);
        await NewManagerAsync("1");
        Crm.Add("2", "person2@company.example", ("job_title", "Manager"));
        await SyncWellAsync();
        Crm.Visit("1");
        Crm.AskForDemo("2");
        var writes = 0;
        Crm.BeforeCall = call =>
        {
            if (call == "write" && ++writes == 1)
            {
                throw new BudgetSpentException("our share of the day is used up", TimeSpan.FromHours(3));
            }
        };
        var report = await SyncAsync();
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains("scores wait"));
        Assert.Equal("mql", Crm["2"]["stage"]);
        Assert.Equal("30", Crm["1"]["score"]);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("50", Crm["1"]["score"]);
    }

    [Fact]
    public async Task Where_calls_are_few_a_stream_waits_while_the_others_go_on_and_goes_on_later()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Visit("1");
        Crm.Change("1", contact => contact.Attributes["industry"] = "Software");
        Crm.BeforeCall = call =>
        {
            if (call == "page visits")
            {
                throw new BudgetSpentException("our share of the day is used up", TimeSpan.FromHours(3));
            }
        };
        var report = await SyncAsync();
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains("visits waits"));
        Assert.Equal("35", Crm["1"]["score"]);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("55", Crm["1"]["score"]);
    }

    [Fact]
    public async Task A_run_with_no_change_sends_no_write()
    {
        await NewMqlAsync();
        Crm.CallLog.Clear();
        await SyncWellAsync();

        Assert.DoesNotContain("write", Crm.CallLog);
    }

    [Fact]
    public async Task The_agreements_name_is_never_sent_alone_and_rides_along_with_the_next_change()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Log.Clear();
        await SignAsync(Agreement.Replace("first_contact_within: 8h", "first_contact_within: 4h"));
        await SyncWellAsync();
        Assert.Empty(Crm.Log);

        Crm.Visit("1");
        await SyncWellAsync();
        Assert.Equal("Test agreement, version 2", Crm["1"]["definition"]);
    }

    [Fact]
    public async Task What_time_alone_changed_waits_for_the_quiet_hour()
    {
        await NewManagerAsync();
        Crm.Visit("1");
        await SyncWellAsync();
        Crm.Log.Clear();
        // A month on: the visit has lost points, at half past nine in the morning.
        await SyncWellAsync(TimeSpan.FromDays(31));
        Assert.Empty(Crm.Log);
        Assert.True((await LeadAsync("1")).Score!.Total < 50);

        Clock.Advance(TimeSpan.FromHours(17));
        await SyncWellAsync();
        Assert.Contains(Crm.Log, written => written.Field == "score");
    }

    [Fact]
    public async Task A_deferred_difference_goes_at_once_with_a_changed_fact()
    {
        await NewManagerAsync();
        Crm.Visit("1");
        await SyncWellAsync();
        await SyncWellAsync(TimeSpan.FromDays(31));
        Crm.Log.Clear();
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Contains(Crm.Log, written => written.Field == "score");
    }
}
