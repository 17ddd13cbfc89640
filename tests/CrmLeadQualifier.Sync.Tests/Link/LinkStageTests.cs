using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Link;

public sealed class LinkStageTests : SyncTest
{
    [Fact]
    public async Task Records_with_one_address_are_one_lead_however_it_is_written()
    {
        Crm.Add("1", "Ann@Company.example");
        Crm.Add("2", " ann@company.example ");
        await SyncWellAsync();

        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
    }

    [Fact]
    public async Task An_additional_address_joins_two_leads_and_both_pasts_are_one()
    {
        await NewManagerAsync();
        Crm.Add("2", "ann@private.example");
        Crm.Visit("1");
        Crm.Visit("2");
        await SyncWellAsync();
        Assert.Equal("50", Crm["1"]["score"]);

        Crm.Change("2", contact => contact.Emails.Add("person1@company.example"));
        await SyncWellAsync();

        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
        Assert.Equal("70", Crm["1"]["score"]);
        Assert.Equal("70", Crm["2"]["score"]);
    }

    [Fact]
    public async Task An_address_that_is_taken_away_splits_a_lead_and_each_keeps_its_own()
    {
        await NewManagerAsync();
        Crm.Add("2", "ann@private.example").Emails.Add("person1@company.example");
        Crm.Visit("1");
        Crm.Visit("2");
        await SyncWellAsync();
        Assert.Equal("70", Crm["2"]["score"]);

        Crm.Change("2", contact => contact.Emails.Remove("person1@company.example"));
        await SyncWellAsync();

        Assert.NotEqual((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
        Assert.Equal("50", Crm["1"]["score"]);
        Assert.Equal("20", Crm["2"]["score"]);
    }

    [Theory]
    [InlineData("info@company.example")]
    [InlineData("noreply@company.example")]
    [InlineData("@company.example")]
    [InlineData("nobody")]
    public async Task A_shared_or_placeholder_address_joins_nobody(string address)
    {
        Crm.Add("1", address);
        Crm.Add("2", address);
        await SyncWellAsync();

        Assert.NotEqual((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
    }

    [Fact]
    public async Task An_address_on_more_than_five_records_joins_nobody_any_more()
    {
        for (var i = 1; i <= 5; i++)
        {
            Crm.Add($"{i}", "desk@company.example");
        }

        await SyncWellAsync();
        Assert.Single(await LeadsAsync(5));

        Crm.Add("6", "desk@company.example");
        await SyncWellAsync();
        Assert.Equal(6, (await LeadsAsync(6)).Count);
    }

    /// <summary>What merges left behind holds the address too, and is no record any more.</summary>
    [Fact]
    public async Task A_person_merged_again_and_again_stays_one_person_in_both_crms()
    {
        var org = new FakeCrm(Clock, "00D000000000001") { Kind = CrmKind.Salesforce };
        await ConnectAsync("sf", org);
        org.AddLead("lead", "desk@company.example");
        var last = "0";
        Crm.Add(last, "desk@company.example");
        for (var i = 1; i <= 4; i++)
        {
            Crm.Add($"{i}", "desk@company.example");
            await SyncWellAsync();
            Crm.MergeAnew(last, $"{i}", last = $"merged{i}");
            await SyncWellAsync();
        }

        Assert.Equal((await RecordAsync("lead", "sf")).LeadId, (await RecordAsync(last)).LeadId);
        Assert.Equal((await RecordAsync("0")).LeadId, (await RecordAsync(last)).LeadId);
    }

    [Fact]
    public async Task Whom_sales_has_an_mql_of_the_programs_does_not_take_back()
    {
        await NewMqlAsync("1");
        Crm.Say("1", "qualified");
        await SyncWellAsync();
        await NewMqlAsync("2");
        Crm.MergeAnew("2", "1", "3");
        await SyncWellAsync();

        Assert.Equal("sql", Crm["3"]["stage"]);
        Assert.Equal("mql qualified, sql verdict, mql qualified", await PathAsync("3"));
    }

    [Fact]
    public async Task A_survivor_with_a_new_id_keeps_what_people_set_and_hears_no_verdict_twice()
    {
        await NewMqlAsync("1");
        Crm.Add("2", "ann@private.example");
        Crm.Say("1", "rejected", "no_need");
        Crm.Set("1", "CRM_UI", "u-alice", ("grade", "A1"));
        await SyncWellAsync();
        var path = await PathAsync("1");

        Crm.MergeAnew("1", "2", "3");
        await SyncWellAsync();

        Assert.Equal("A1", Crm["3"]["grade"]);
        Assert.True((await RecordAsync("3")).Overrides.ContainsKey("grade"));
        Assert.Equal(path, await PathAsync("3"));
        var lead = (await RecordAsync("3")).LeadId;
        Assert.Single((await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([lead])))[lead]);
    }

    [Fact]
    public async Task A_merged_record_is_gone_and_its_facts_are_the_survivors()
    {
        await NewManagerAsync();
        Crm.Add("2", "ann@private.example");
        Crm.AskForDemo("2");
        await SyncWellAsync();

        Crm.Merge("1", "2");
        await SyncWellAsync();

        Assert.True((await RecordAsync("2")).IsGone);
        Assert.Equal("90", Crm["1"]["score"]);
        Assert.Equal("mql", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task What_a_merge_brought_into_our_fields_is_nobodys_drift()
    {
        await NewManagerAsync();
        Crm.Add("2", "ann@private.example");
        await SyncWellAsync();
        Crm.Merge("1", "2");
        Crm.Set("1", "MERGE_OBJECTS", null, ("score", "0"));
        var report = await SyncWellAsync();

        Assert.DoesNotContain(report.Notices, notice => notice.Contains("drift"));
        Assert.Equal("30", Crm["1"]["score"]);
    }

    [Fact]
    public async Task A_join_keeps_the_stage_that_sales_gave()
    {
        await NewManagerAsync();
        Crm.Add("2", "ann@private.example", ("job_title", "Manager"));
        Crm.AskForDemo("2");
        await SyncWellAsync();
        Crm.Say("2", "qualified");
        await SyncWellAsync();
        Assert.Equal("sql", Crm["2"]["stage"]);

        Crm.Change("1", contact => contact.Emails.Add("ann@private.example"));
        await SyncWellAsync();

        Assert.Equal("sql", Crm["1"]["stage"]);
        Assert.Equal("sql", Crm["2"]["stage"]);
        Assert.Equal("qualified", Crm["1"]["verdict"]);
        Assert.Equal("mql qualified, sql verdict", await PathAsync("1"));
    }

    [Fact]
    public async Task An_activity_with_an_address_waits_until_somebody_has_it()
    {
        await SyncWellAsync();
        Crm.AskForDemoByEmail("Person1@company.example");
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Add("1", "person1@company.example", ("job_title", "Manager"));
        await SyncWellAsync();

        Assert.Equal("90", Crm["1"]["score"]);
    }

    /// <summary>A chain of two thousand records, each sharing an address with the next, is longer than what is looked at at once.</summary>
    [Fact]
    public async Task A_person_larger_than_a_batch_does_not_stop_the_run()
    {
        const int Records = 2600;
        for (var i = 0; i < Records; i++)
        {
            Crm.Add($"{i:D5}", $"a{i}@company.example").Emails.Add($"a{i + 1}@company.example");
        }

        Crm.PageSize = 5000;
        await SyncWellAsync();

        Assert.All(await AllRecordsAsync(Records), record => Assert.True(record is { LeadId: > 0, IsLinkDue: false }));
    }

    [Fact]
    public async Task A_thousand_people_are_a_thousand_leads()
    {
        for (var i = 0; i < 1000; i++)
        {
            Crm.Add($"{i}", $"person{i}@company.example");
        }

        Crm.PageSize = 200;
        await SyncWellAsync();

        Assert.Equal(1000, (await LeadsAsync(1000, 0)).Count);
    }

    [Fact]
    public async Task A_person_in_two_accounts_is_one_lead_and_its_first_records_there_are_a_baseline()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        var other = new FakeCrm(Clock, "4712");
        other.Add("x", "person1@company.example");
        other.AskForDemo("x", Start);
        await ConnectAsync("other", other);
        await SyncAsync();

        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync("x", "other")).LeadId);
        Assert.Equal("90", Crm["1"]["score"]);
        var lead = await LeadAsync("1");
        Assert.Equal((Stage.Lead, true), (lead.State.Stage, lead.State.IsHeld));
    }

    private async Task<IReadOnlyList<Storage.Rows.RecordRow>> AllRecordsAsync(int records)
    {
        var hub = await ConnectionAsync();
        return await ReadAsync(ledger => ledger.Records.GetAsync(hub.Id, "contact", [.. Enumerable.Range(0, records).Select(i => $"{i:D5}")]));
    }

    private async Task<HashSet<long>> LeadsAsync(int records, int first = 1)
    {
        var hub = await ConnectionAsync();
        return [.. (await ReadAsync(ledger => ledger.Records.GetAsync(hub.Id, "contact", [.. Enumerable.Range(first, records).Select(i => $"{i}")]))).Select(record => record.LeadId)];
    }
}
