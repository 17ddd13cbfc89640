using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Feedback;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Feedback;

public sealed class FeedbackStageTests : SyncTest
{
    [Fact]
    public async Task A_status_that_sales_uses_is_a_verdict_where_it_is_mapped()
    {
        var options = new ConnectionOptions { Verdicts = new Dictionary<string, string> { ["working"] = "accepted", ["Unqualified"] = "rejected: no_need" } };
        var contact = await NewMqlAsync();
        Crm.Change("1", status => status.Attributes["lead_status"] = "New");
        await SyncAsync(options);
        Assert.Equal("mql", contact["stage"]);

        Crm.Change("1", status => status.Attributes["lead_status"] = "UNQUALIFIED");
        var changed = contact.Stamp;
        await SyncAsync(options);
        Assert.Equal(("recycled", "answered"), (contact["stage"], contact["answer"]));
        var verdict = (await LeadAsync("1")).State.Verdict!;
        Assert.Equal(("no_need", true, null, changed), (verdict.Reason, verdict.IsApproximate, verdict.By, verdict.At));
        Crm.Change("1", status => status.Attributes["job_title"] = "Sales manager");
        await SyncAsync(options);
        Assert.Equal(verdict, (await LeadAsync("1")).State.Verdict);

        Crm.Change("1", status => status.Attributes["lead_status"] = "Working");
        await SyncAsync(options);
        Assert.Equal("sql", contact["stage"]);
    }

    [Theory]
    [InlineData("accepted", true)]
    [InlineData("rejected", true)]
    [InlineData("rejected: no_need", true)]
    [InlineData("rejected:", false)]
    [InlineData("accepted: no_need", false)]
    [InlineData("won", false)]
    public void A_mapped_status_means_a_verdict_or_is_a_mistake(string text, bool isVerdict) => Assert.Equal(isVerdict, StatusVerdicts.Meaning(text) is not null);

    [Fact]
    public async Task A_verdict_qualified_makes_an_sql_with_who_and_when()
    {
        var contact = await NewMqlAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        var said = Now;
        Crm.Say("1", "qualified");
        await SyncWellAsync();

        Assert.Equal(("sql", "answered", "Alice Roy", said.ToString()), (contact["stage"], contact["answer"], contact["verdict_by"], contact["verdict_at"]));
        Assert.Equal("salesqualifiedlead", contact.Lifecycle);
        Assert.Equal(said, (await TransitionsAsync("1"))[^1].Transition.At);
    }

    [Fact]
    public async Task Where_the_crm_kept_no_history_a_verdict_is_as_of_the_records_last_change_and_marked_approximate()
    {
        var contact = await NewMqlAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        Crm.Set("1", "CRM_UI", "u-bob", ("verdict", "rejected"), ("rejection_reason", "no_need"));
        var said = contact.Stamp;
        contact.History.Clear();
        await SyncWellAsync();

        var lead = await LeadAsync("1");
        var verdict = Assert.Single((await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([lead.Id])))[lead.Id]).Verdict;
        Assert.Equal((VerdictValue.Rejected, "no_need", said, true, null), (verdict.Value, verdict.Reason, verdict.At, verdict.IsApproximate, verdict.By));
        Assert.Equal(("recycled", "answered"), (contact["stage"], contact["answer"]));
    }

    [Fact]
    public async Task A_rejected_lead_is_recycled_and_its_next_hand_over_empties_what_sales_said()
    {
        var contact = await NewMqlAsync();
        Crm.Set("1", "CRM_UI", "u-bob", ("verdict", "rejected"), ("rejection_reason", "no_need"), ("comment", "call later"));
        await SyncWellAsync();
        Assert.Equal(("recycled", "answered", "rejected"), (contact["stage"], contact["answer"], contact["verdict"]));

        Clock.Advance(TimeSpan.FromDays(2));
        Crm.AskForDemo("1");
        await SyncWellAsync();

        Assert.Equal(("mql", "to_answer"), (contact["stage"], contact["answer"]));
        Assert.Equal(("", "", ""), (contact["verdict"], contact["rejection_reason"], contact["comment"]));
        Assert.StartsWith("Rejected 23 Nov by Bob Martin", contact["previous"]);
        Assert.Equal(Now.ToString(), contact["handed_over_at"]);
        await SyncWellAsync();
        Assert.Equal("mql", contact["stage"]);
    }

    [Fact]
    public async Task A_rejection_without_a_reason_is_marked()
    {
        var contact = await NewMqlAsync();
        Crm.Say("1", "rejected");
        await SyncWellAsync();

        Assert.Equal(("recycled", "reason_missing"), (contact["stage"], contact["answer"]));
    }

    [Fact]
    public async Task An_emptied_verdict_is_withdrawn_and_the_lead_is_to_be_answered_again()
    {
        var contact = await NewMqlAsync();
        var handedOver = contact["handed_over_at"];
        Crm.Say("1", "qualified");
        await SyncWellAsync();
        Crm.Say("1", "");
        await SyncWellAsync();

        Assert.Equal(("mql", "to_answer", handedOver), (contact["stage"], contact["answer"], contact["handed_over_at"]));
    }

    [Fact]
    public async Task Two_verdicts_between_polls_count_as_two()
    {
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        Clock.Advance(TimeSpan.FromMinutes(5));
        Crm.Say("1", "qualified");
        await SyncWellAsync();

        Assert.Equal("mql qualified, recycled verdict, sql sales_direct", await PathAsync("1"));
        Assert.Equal(2, (await VerdictsAsync("1")).Count);
    }

    [Fact]
    public async Task A_verdict_of_a_flow_counts_by_automation()
    {
        var contact = await NewMqlAsync();
        Crm.Set("1", "AUTOMATION_PLATFORM", null, ("verdict", "qualified"));
        await SyncWellAsync();

        Assert.Equal(("sql", "automation"), (contact["stage"], contact["verdict_by"]));
    }

    [Fact]
    public async Task The_copy_of_a_verdict_on_the_leads_other_record_is_ours_and_no_verdict()
    {
        await NewManagerAsync();
        Crm.Add("2", "person1@company.example");
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Crm.Say("1", "rejected", "no_need");
        await SyncWellAsync();
        await SyncWellAsync();

        Assert.Equal(("rejected", "no_need"), (Crm["2"]["verdict"], Crm["2"]["rejection_reason"]));
        Assert.Single(await VerdictsAsync("1"));
        Assert.Equal("mql qualified, recycled verdict", await PathAsync("1"));
    }

    [Fact]
    public async Task A_later_verdict_on_another_record_stands_and_is_written_over_the_earlier_one()
    {
        await NewManagerAsync();
        Crm.Add("2", "person1@company.example");
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Crm.Say("1", "rejected", "no_need");
        await SyncWellAsync();
        Crm.Say("2", "qualified");
        await SyncWellAsync();

        Assert.Equal(("qualified", "", "sql"), (Crm["1"]["verdict"], Crm["1"]["rejection_reason"], Crm["1"]["stage"]));
        Assert.Equal("mql qualified, recycled verdict, sql sales_direct", await PathAsync("1"));
    }

    [Fact]
    public async Task A_verdict_given_while_a_copy_is_on_its_way_is_heard_first()
    {
        await NewManagerAsync();
        Crm.Add("2", "person1@company.example");
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Crm.Say("1", "rejected", "no_need");
        Crm.BeforeCall = call =>
        {
            if (call == "read")
            {
                Crm.BeforeCall = _ => { };
                Crm.Say("2", "qualified", user: "u-bob");
            }
        };
        await SyncWellAsync();

        Assert.Equal(("sql", "qualified"), (Crm["2"]["stage"], Crm["2"]["verdict"]));
        Assert.Equal(("sql", "qualified"), (Crm["1"]["stage"], Crm["1"]["verdict"]));
        Assert.Equal(2, (await VerdictsAsync("1")).Count);
    }

    [Fact]
    public async Task A_field_that_a_person_set_is_kept_until_it_is_emptied()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Set("1", "CRM_UI", "u-bob", ("score", "99"));
        await SyncWellAsync();
        var set = (await RecordAsync("1")).Overrides["score"];
        Assert.Equal(("99", "Bob Martin"), (set.Value, set.By));

        Crm.Visit("1");
        await SyncWellAsync();
        Assert.Equal(("99", "20"), (Crm["1"]["score"], Crm["1"]["behaviour"]));

        Crm.Set("1", "CRM_UI", "u-bob", ("score", ""));
        await SyncWellAsync();
        Assert.Equal("50", Crm["1"]["score"]);
        Assert.Empty((await RecordAsync("1")).Overrides);
    }

    [Fact]
    public async Task Drift_is_put_back_once_and_the_second_within_a_day_parks_the_record()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        // The field was written long before the other writer came.
        Clock.Advance(TimeSpan.FromDays(3));
        Crm.Set("1", "IMPORT", null, ("score", "1"));
        var report = await SyncWellAsync();
        Assert.Equal("30", Crm["1"]["score"]);
        Assert.Contains(report.Notices, notice => notice.Contains("drift: contact 1: score"));

        Crm.Set("1", "IMPORT", null, ("score", "2"));
        await SyncWellAsync(TimeSpan.FromHours(5));
        Assert.Equal("2", Crm["1"]["score"]);
        Assert.StartsWith("another writer: score", (await RecordAsync("1")).Parked);
    }

    [Fact]
    public async Task Drift_soon_after_our_first_write_is_put_back_too()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Set("1", "IMPORT", null, ("score", "1"));
        await SyncWellAsync();
        Assert.Equal("30", Crm["1"]["score"]);

        Crm.Set("1", "IMPORT", null, ("score", "1"));
        await SyncWellAsync();
        Assert.NotNull((await RecordAsync("1")).Parked);
    }

    [Fact]
    public async Task Too_many_overrides_pause_none_is_taken_and_sales_is_heard_all_the_same()
    {
        for (var i = 0; i < 30; i++)
        {
            Crm.Add($"{i}", $"p{i}@company.example");
        }

        await SyncWellAsync();
        for (var i = 0; i < 25; i++)
        {
            Crm.Set($"{i}", "CRM_UI", "u-bob", ("score", "99"));
        }

        Crm.Say("29", "qualified");
        var report = await SyncAsync();

        Assert.Contains(report.Failures, failure => failure.Contains("paused"));
        Assert.Equal(ConnectionMode.Paused, (await ConnectionAsync()).Mode);
        Assert.Empty((await RecordAsync("0")).Overrides);
        Assert.Equal(Stage.Sql, (await LeadAsync("29")).State.Stage);

        await new ModeChanges(Ledger).ResumeAsync("hub", default);
        await SyncWellAsync();
        Assert.Equal("99", (await RecordAsync("24")).Overrides["score"].Value);
        Assert.Equal("sql", Crm["29"]["stage"]);
        Assert.Null((await ConnectionAsync()).State);
    }

    /// <summary>Each history call explains fifty records, ten calls a batch: these overrides come in several batches.</summary>
    [Fact]
    public async Task Of_too_many_overrides_those_of_earlier_batches_are_given_back()
    {
        var crm = new Fakes.FakeCrm(Clock, "4712") { BatchSizes = new(100, 100, 1) };
        await ConnectAsync("small", crm);
        for (var i = 0; i < 30; i++)
        {
            crm.Add($"{i}", $"p{i}@company.example");
        }

        await SyncWellAsync();
        for (var i = 0; i < 25; i++)
        {
            crm.Set($"{i}", "CRM_UI", "u-bob", ("score", "99"));
        }

        await SyncAsync();

        Assert.Equal(ConnectionMode.Paused, (await ConnectionAsync("small")).Mode);
        for (var i = 0; i < 25; i++)
        {
            var record = await RecordAsync($"{i}", "small");
            Assert.Empty(record.Overrides);
            Assert.True(record.IsHistoryDue);
        }
    }

    [Fact]
    public async Task A_record_that_is_gone_before_its_history_was_read_says_nothing_and_does_not_stop_the_run()
    {
        await NewMqlAsync();
        Crm.Say("1", "qualified");
        Crm.BeforeCall = call =>
        {
            if (call == "history")
            {
                Crm["1"].IsGone = true;
            }
        };
        await SyncWellAsync();
        await SyncWellAsync();

        Assert.False((await RecordAsync("1")).IsHistoryDue);
    }

    private async Task<IReadOnlyList<VerdictRow>> VerdictsAsync(string record)
    {
        var lead = (await RecordAsync(record)).LeadId;
        return (await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([lead]))).GetValueOrDefault(lead) ?? [];
    }
}
