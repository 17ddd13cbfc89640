using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Score;

public sealed class ScoreStageTests : SyncTest
{
    [Fact]
    public async Task Whoever_is_qualified_at_the_first_read_is_held()
    {
        AddQualified("1");
        await SyncWellAsync();

        var lead = await LeadAsync("1");
        Assert.True(lead.State.IsHeld);
        Assert.Equal(("lead", "qualified", "", ""), (Crm["1"]["stage"], Crm["1"]["status"], Crm["1"]["answer"], Crm["1"]["handed_over_at"]));
        Assert.Equal("lead", Crm["1"].Lifecycle);
        Assert.Empty(await TransitionsAsync("1"));
    }

    [Fact]
    public async Task An_activity_that_scores_ends_the_hold()
    {
        AddQualified("1");
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Equal("mql qualified", await PathAsync("1"));
        Assert.Equal("marketingqualifiedlead", Crm["1"].Lifecycle);
    }

    [Fact]
    public async Task Releasing_all_hands_over_all()
    {
        AddQualified("1");
        AddQualified("2");
        await SyncWellAsync();
        Assert.Equal(2, await new Releases(Ledger).ReleaseAsync(null, false, default));
        await SyncWellAsync();

        Assert.Equal("mql released", await PathAsync("1"));
        Assert.Equal("mql released", await PathAsync("2"));
    }

    [Fact]
    public async Task Releasing_some_takes_the_highest_total_first()
    {
        AddQualified("1");
        AddQualified("2");
        Crm.Visit("2", at: Start);
        await SyncWellAsync();
        await new Releases(Ledger).ReleaseAsync(1, false, default);
        await SyncWellAsync();

        Assert.Equal("lead", Crm["1"]["stage"]);
        Assert.Equal("mql", Crm["2"]["stage"]);
    }

    [Fact]
    public async Task One_lead_is_released_by_its_address()
    {
        AddQualified("1");
        AddQualified("2");
        await SyncWellAsync();
        Assert.True(await new Releases(Ledger).ReleaseAsync("Person1@company.example ", default));
        Assert.False(await new Releases(Ledger).ReleaseAsync("nobody@company.example", default));
        await SyncWellAsync();

        Assert.Equal(("mql", "lead"), (Crm["1"]["stage"], Crm["2"]["stage"]));
    }

    [Fact]
    public async Task A_daily_limit_releases_that_many_a_day_and_excluded_leads_take_no_place()
    {
        await SignAsync(Agreement.Replace("  always: [demo]", "  always: [demo]\n  daily_limit: 1"));
        AddQualified("1");
        AddQualified("2");
        AddQualified("3");
        Crm.Visit("1", at: Start);
        Crm.Visit("1", at: Start);
        // The first run holds all three; its own release comes before it.
        await SyncWellAsync();
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Student");
        await SyncWellAsync();
        await SyncWellAsync();
        Assert.Equal(1, Crm.Contacts.Count(contact => contact["stage"] == "mql"));

        await SyncWellAsync();
        Assert.Equal(1, Crm.Contacts.Count(contact => contact["stage"] == "mql"));
        await SyncWellAsync(TimeSpan.FromDays(1));
        Assert.Equal(2, Crm.Contacts.Count(contact => contact["stage"] == "mql"));
    }

    [Fact]
    public async Task A_daily_limit_releases_nobody_before_a_connection_is_live()
    {
        await SignAsync(Agreement.Replace("  always: [demo]", "  always: [demo]\n  daily_limit: 1"));
        await SetModeAsync(ConnectionMode.Observe);
        AddQualified("1");
        AddQualified("2");
        for (var day = 0; day < 3; day++)
        {
            await SyncWellAsync(TimeSpan.FromDays(1));
        }

        Assert.True((await LeadAsync("1")).State.IsHeld);
        Assert.True((await LeadAsync("2")).State.IsHeld);

        await SetModeAsync(ConnectionMode.Live);
        await SyncWellAsync();
        Assert.Equal(1, Crm.Contacts.Count(contact => contact["stage"] == "mql"));
    }

    [Fact]
    public async Task A_release_lasts_until_a_decision_can_use_it()
    {
        AddQualified("1");
        await SyncWellAsync();
        await new Releases(Ledger).ReleaseAsync("person1@company.example", default);
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Student");
        await SyncWellAsync();
        Assert.Equal("lead", Crm["1"]["stage"]);

        Crm.Change("1", contact => contact.Attributes["job_title"] = "Manager");
        await SyncWellAsync();
        Assert.Equal("mql released", await PathAsync("1"));
    }

    [Fact]
    public async Task A_new_contact_after_the_first_read_becomes_mql_at_once()
    {
        var contact = await NewManagerAsync();
        Crm.AskForDemo("1");
        var asked = Now;
        await SyncWellAsync();

        Assert.Equal(("mql", "qualified", "to_answer"), (contact["stage"], contact["status"], contact["answer"]));
        Assert.Equal("marketingqualifiedlead", contact.Lifecycle);
        Assert.Equal(Now.ToString(), contact["handed_over_at"]);
        Assert.Equal("2026-11-23T17:33:00Z", contact["answer_due_at"]);
        var row = Assert.Single(await TransitionsAsync("1"));
        Assert.Equal((asked, Now), (row.Transition.At, row.SeenAt));
    }

    [Fact]
    public async Task The_transition_has_the_instant_of_the_attribute_that_decided()
    {
        await NewManagerAsync();
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Clerk");
        Crm.AskForDemo("1");
        Crm.Visit("1");
        await SignAsync(Agreement.Replace("at_least: 60 }", "at_least: 100 }"));
        await SyncWellAsync();
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Manager");
        await SyncWellAsync(TimeSpan.FromHours(1));

        var row = Assert.Single(await TransitionsAsync("1"));
        Assert.Equal(Now, row.Transition.At);
    }

    [Fact]
    public async Task A_lead_without_an_active_owner_waits_and_is_handed_over_when_it_has_one()
    {
        var contact = await NewManagerAsync();
        contact.OwnerId = null;
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Assert.Equal(("mql", "waiting", ""), (contact["stage"], contact["answer"], contact["handed_over_at"]));

        Crm.Change("1", changed => changed.OwnerId = "bob");
        await SyncWellAsync();
        Assert.Equal(("to_answer", Now.ToString()), (contact["answer"], contact["handed_over_at"]));
    }

    [Fact]
    public async Task An_owner_who_becomes_active_gets_the_leads_that_waited()
    {
        Crm.SetOwner("carol", isActive: false);
        var contact = await NewManagerAsync();
        contact.OwnerId = "carol";
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Assert.Equal("waiting", contact["answer"]);

        Crm.SetOwner("carol", isActive: true);
        await SyncWellAsync(TimeSpan.FromHours(1));
        Assert.Equal("to_answer", contact["answer"]);
    }

    [Fact]
    public async Task An_owner_who_leaves_does_not_stop_the_clock()
    {
        var contact = await NewMqlAsync();
        var (handedOver, due) = (contact["handed_over_at"], contact["answer_due_at"]);
        Crm.SetOwner("alice", isActive: false);
        await SyncWellAsync(TimeSpan.FromHours(1));

        Assert.Equal(("to_answer", handedOver, due), (contact["answer"], contact["handed_over_at"], contact["answer_due_at"]));
    }

    [Fact]
    public async Task An_answer_that_is_due_becomes_overdue_by_itself()
    {
        var contact = await NewMqlAsync();
        await SyncWellAsync(TimeSpan.FromHours(26));

        Assert.Equal("overdue", contact["answer"]);
    }

    [Fact]
    public async Task Another_agreement_hands_nobody_over()
    {
        await NewManagerAsync();
        Crm.Visit("1");
        await SyncWellAsync();
        await SignAsync(Agreement.Replace("at_least: 60 }", "at_least: 40 }"));
        await SyncWellAsync();

        Assert.Equal(("lead", "qualified"), (Crm["1"]["stage"], Crm["1"]["status"]));
        Assert.True((await LeadAsync("1")).State.IsHeld);
    }

    [Fact]
    public async Task A_lead_whose_records_are_all_gone_stays_as_it_was()
    {
        await NewMqlAsync();
        Crm["1"].IsGone = true;
        Crm.Visit("1");
        await SyncWellAsync();
        await SyncWellAsync();
        var report = await SyncWellAsync();

        Assert.Equal(Stage.Mql, (await LeadAsync("1")).State.Stage);
        Assert.Equal(0, report.Scored);
    }

    [Fact]
    public async Task A_deal_makes_an_opportunity_and_one_that_loses_the_person_is_no_longer_open_for_it()
    {
        await NewManagerAsync();
        Crm.AddDeal("d", DealState.Open, "1");
        await SyncWellAsync();
        Assert.Equal("opportunity", Crm["1"]["stage"]);

        Crm.AddDeal("d", DealState.Open);
        var report = await SyncWellAsync();
        Assert.Equal(1, report.Scored);
        Assert.Equal("opportunity", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task An_expired_mql_is_recycled()
    {
        var contact = await NewMqlAsync();
        await SyncWellAsync(TimeSpan.FromDays(61));

        Assert.Equal("recycled", contact["stage"]);
        Assert.Equal("mql qualified, recycled expired", await PathAsync("1"));
    }

    [Fact]
    public async Task A_third_return_waits_for_a_release_by_name()
    {
        var contact = await NewMqlAsync();
        for (var i = 0; i < 3; i++)
        {
            Crm.Say("1", "rejected", "no_need");
            await SyncWellAsync();
            Assert.Equal("recycled", contact["stage"]);
            Clock.Advance(TimeSpan.FromDays(2));
            Crm.AskForDemo("1");
            await SyncWellAsync();
        }

        Assert.Equal("recycled", contact["stage"]);
        Assert.True((await LeadAsync("1")).State.NeedsRelease);
        Assert.Equal(0, await new Releases(Ledger).ReleaseAsync(null, false, default));

        Assert.True(await new Releases(Ledger).ReleaseAsync("person1@company.example", default));
        await SyncWellAsync();
        Assert.Equal("mql", contact["stage"]);
    }

    [Fact]
    public async Task Only_the_hand_over_record_carries_the_hand_over()
    {
        await NewManagerAsync();
        Crm.Add("2", "person1@company.example").OwnerId = null;
        Crm.AskForDemo("2");
        await SyncWellAsync();

        Assert.Equal(("mql", "to_answer"), (Crm["1"]["stage"], Crm["1"]["answer"]));
        Assert.NotEqual("", Crm["1"]["handed_over_at"]);
        Assert.Equal(("mql", "", ""), (Crm["2"]["stage"], Crm["2"]["answer"], Crm["2"]["handed_over_at"]));
        Assert.EndsWith("contact 1", Crm["2"]["reasons"]);
    }

    private void AddQualified(string id)
    {
        Crm.Add(id, $"person{id}@company.example", ("job_title", "Manager"));
        Crm.AskForDemo(id);
    }
}
