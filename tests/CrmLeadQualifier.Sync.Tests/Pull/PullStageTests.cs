using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Sync.Pull;

namespace CrmLeadQualifier.Sync.Tests.Pull;

public sealed class PullStageTests : SyncTest
{
    [Fact]
    public async Task A_row_that_search_shows_late_is_found_by_the_slow_cursor()
    {
        await SyncWellAsync();
        Crm.IndexingLag = TimeSpan.FromMinutes(8);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Add("late", "late@company.example");
        for (var minute = 0; minute < 40; minute++)
        {
            await SyncWellAsync();
        }

        Assert.True((await RecordAsync("late")).LeadId > 0);
    }

    [Fact]
    public async Task A_fast_window_shows_a_change_within_one_cycle()
    {
        await NewManagerAsync();
        await SyncWellAsync();

        Assert.Equal("30", Crm["1"]["score"]);
    }

    [Fact]
    public async Task A_window_in_progress_goes_on_where_it_stopped()
    {
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.PageSize = 2;
        for (var i = 0; i < 6; i++)
        {
            Crm.Add($"c{i}", $"c{i}@company.example");
        }

        var pages = 0;
        Crm.BeforeCall = call => Fail(call == "page contacts" && ++pages == 2);
        Assert.NotEmpty((await SyncAsync()).Failures);
        var cursor = (await CursorsAsync())["contacts"];
        Assert.NotNull(cursor.Position);
        Assert.NotNull(cursor.WindowTo);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();

        Assert.Null((await CursorsAsync())["contacts"].Position);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal("0", Crm[$"c{i}"]["score"]));
    }

    [Fact]
    public async Task A_first_read_that_stops_in_the_middle_goes_on_and_brings_everybody_as_a_baseline()
    {
        Crm.PageSize = 2;
        for (var i = 0; i < 5; i++)
        {
            Crm.Add($"c{i}", $"c{i}@company.example", ("job_title", "Manager"));
            Crm.AskForDemo($"c{i}");
        }

        var pages = 0;
        Crm.BeforeCall = call => Fail(call == "page contacts" && ++pages == 2);
        await SyncAsync();
        Assert.False((await CursorsAsync())["contacts"].IsFirstReadDone);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();

        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal("lead", Crm[$"c{i}"]["stage"]));
        Assert.True((await LeadAsync("c0")).State.IsHeld);
        Assert.True((await LeadAsync("c4")).State.IsHeld);
    }

    /// <summary>The contacts were there, their visits were not yet: scored too early, each of them would have become MQL with the next run.</summary>
    [Fact]
    public async Task A_first_read_that_stops_before_the_activities_hands_nobody_over()
    {
        Crm.Add("1", "a@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("1");
        Crm.BeforeCall = call => Fail(call == "page visits");
        await SyncAsync();
        Crm.BeforeCall = _ => { };
        await SyncWellAsync();

        Assert.Equal("lead", Crm["1"]["stage"]);
        Assert.True((await LeadAsync("1")).State.IsHeld);
        Assert.Empty(await TransitionsAsync("1"));
    }

    [Fact]
    public async Task The_echo_of_our_own_write_costs_no_further_read_no_scoring_and_no_write()
    {
        await NewMqlAsync();
        Crm.CallLog.Clear();
        var report = await SyncWellAsync();

        Assert.Equal(0, report.Scored);
        Assert.DoesNotContain("fetch", Crm.CallLog);
        Assert.DoesNotContain("write", Crm.CallLog);
        Assert.Equal(0, report.Connections[0].RecordsRead);
    }

    [Fact]
    public async Task What_a_person_changed_between_our_read_and_our_write_is_not_lost()
    {
        await NewManagerAsync();
        var done = false;
        Crm.BeforeCall = call =>
        {
            if (call == "write" && !done)
            {
                done = true;
                Crm.Change("1", contact => contact.Attributes["job_title"] = "Student");
            }
        };
        await SyncWellAsync();
        await SyncWellAsync();

        Assert.Equal("excluded", Crm["1"]["status"]);
    }

    [Fact]
    public async Task A_refused_stream_is_switched_off_while_the_others_go_on_and_tried_again_after_a_day()
    {
        Crm.RefusedStreams.Add("deals");
        Crm.Add("1", "a@company.example");
        var report = await SyncWellAsync();
        Assert.Contains(report.Notices, notice => notice.Contains("deals is switched off"));
        Assert.Equal("lead", Crm["1"]["stage"]);

        Crm.CallLog.Clear();
        await SyncWellAsync();
        Assert.DoesNotContain("page deals", Crm.CallLog);

        Crm.RefusedStreams.Clear();
        await SyncWellAsync(StreamWindows.RefusalLasts);
        Assert.Contains("page deals", Crm.CallLog);
        Assert.Null((await CursorsAsync())["deals"].Refusal);
    }

    [Fact]
    public async Task An_unreadable_row_goes_to_quarantine_and_the_others_go_on()
    {
        await NewManagerAsync();
        Crm.UnreadableVisits.Add("bad");
        Crm.Visit("1", id: "bad");
        Crm.AskForDemo("1");
        var report = await SyncWellAsync();

        Assert.Equal(1, report.Connections[0].Quarantined);
        var row = Assert.Single(await ReadAsync(ledger => ledger.Writes.QuarantinedAsync(null)));
        Assert.Equal(("visits", "bad", "it has no time"), (row.Stream, row.ExternalId, row.Reason));
        Assert.Equal("mql", Crm["1"]["stage"]);

        // It is met again by the window of the slow cursor, and can be read now.
        Crm.UnreadableVisits.Clear();
        await SyncWellAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(await ReadAsync(ledger => ledger.Writes.QuarantinedAsync(null)));
        Assert.Equal("110", Crm["1"]["score"]);
    }

    /// <summary>The plan did not include the stream on the first day; on the second it brings what happened in years.</summary>
    [Fact]
    public async Task A_stream_that_is_granted_later_hands_nobody_over_for_what_it_brings()
    {
        Crm.RefusedStreams.Add("visits");
        Crm.Add("1", "a@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Assert.Equal("not_yet", Crm["1"]["status"]);

        Crm.RefusedStreams.Clear();
        await SyncWellAsync(StreamWindows.RefusalLasts);
        Assert.Equal(("lead", "qualified"), (Crm["1"]["stage"], Crm["1"]["status"]));
        Assert.True((await LeadAsync("1")).State.IsHeld);

        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Visit("1");
        await SyncWellAsync();
        Assert.Equal("mql", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task An_archived_contact_that_comes_back_is_scored_again()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm["1"].IsGone = true;
        Crm.AskForDemo("1");
        await SyncAsync();
        Assert.True((await RecordAsync("1")).IsGone);

        Crm.Change("1", contact => contact.IsGone = false);
        await SyncWellAsync();

        Assert.False((await RecordAsync("1")).IsGone);
        Assert.Equal("mql", Crm["1"]["stage"]);
        Assert.Equal(Stage.Mql, (await LeadAsync("1")).State.Stage);
    }

    [Fact]
    public async Task What_a_contact_did_before_it_was_known_is_read_when_it_is_new_and_half_an_hour_after_a_merge_again()
    {
        var known = await NewManagerAsync();
        await SyncWellAsync();
        Crm.LateVisits["2"] = Visit("before");
        Crm.Add("2", "new@company.example", ("job_title", "Manager"));
        Crm.CallLog.Clear();

        await SyncWellAsync();

        Assert.Contains("late 2", Crm.CallLog);
        Assert.Equal("50", Crm["2"]["score"]);

        Crm.CallLog.Clear();
        Crm.Merge(known.Id, "2");
        await SyncWellAsync();
        Assert.Contains("late " + known.Id, Crm.CallLog);

        Crm.CallLog.Clear();
        Crm.LateVisits[known.Id] = Visit("of the merged one");
        await SyncWellAsync();
        Assert.DoesNotContain("late " + known.Id, Crm.CallLog);
        await SyncWellAsync(TimeSpan.FromMinutes(36));
        Assert.Contains("late " + known.Id, Crm.CallLog);
        Crm.CallLog.Clear();
        await SyncWellAsync(TimeSpan.FromMinutes(36));
        Assert.DoesNotContain("late " + known.Id, Crm.CallLog);

        CrmActivity Visit(string id) => new("page_view:" + id, "page_view", Now, new Dictionary<string, string> { ["url"] = "https://us.example/pricing" });
    }

    [Fact]
    public async Task A_changed_company_scores_its_people_again()
    {
        Crm.SetCompany("acme", ("industry", "Retail"));
        var contact = await NewManagerAsync();
        contact.CompanyId = "acme";
        await SyncWellAsync();
        Assert.Equal("30", contact["score"]);

        Crm.SetCompany("acme", ("industry", "Software"));
        await SyncWellAsync(TimeSpan.FromMinutes(6));

        Assert.Equal("35", contact["score"]);
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(291, true)]
    [InlineData(280, false)]
    public async Task A_turn_that_begins_a_little_early_reads_all_the_same(int secondsLater, bool isRead)
    {
        await SyncWellAsync();
        Crm.CallLog.Clear();
        await SyncWellAsync(TimeSpan.FromSeconds(secondsLater));

        Assert.Equal(isRead, Crm.CallLog.Contains("page companies"));
    }

    private async Task<Dictionary<string, Storage.Rows.CursorRow>> CursorsAsync()
    {
        var connection = await ConnectionAsync();
        return (await ReadAsync(ledger => ledger.Cursors.ListAsync(connection.Id))).ToDictionary(cursor => cursor.Stream);
    }

    private static void Fail(bool when)
    {
        if (when)
        {
            throw new RetriableCrmException("the CRM does not answer", TimeSpan.Zero);
        }
    }
}
