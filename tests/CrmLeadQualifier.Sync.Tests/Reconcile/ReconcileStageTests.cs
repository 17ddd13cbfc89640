using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Reconcile;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Reconcile;

public sealed class ReconcileStageTests : SyncTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_that_was_deleted_ends_gone_and_its_lead_keeps_its_history(bool forGood)
    {
        await NewMqlAsync();
        Crm.Add("2", "other@company.example");
        await SyncWellAsync();
        var path = await PathAsync("1");
        Crm.ChangeUnseen("1", contact => (contact.IsGone, contact.IsPurged) = (true, forGood));
        await SyncWellAsync();
        Assert.False((await RecordAsync("1")).IsGone);

        var report = await ReconcileWellAsync();

        Assert.Contains("hub: 1 contacts are no longer in the CRM", report.Notices);
        Assert.True((await RecordAsync("1")).IsGone);
        Assert.False((await RecordAsync("2")).IsGone);
        await SyncWellAsync();
        Assert.Equal(path, await PathAsync("1"));
        Assert.DoesNotContain("no longer in the CRM", string.Join(' ', (await ReconcileWellAsync()).Notices));
    }

    [Fact]
    public async Task A_record_that_came_back_from_the_recycle_bin_is_there_again()
    {
        await NewMqlAsync();
        Crm.ChangeUnseen("1", contact => contact.IsGone = true);
        await ReconcileWellAsync();
        Crm.ChangeUnseen("1", contact => contact.IsGone = false);

        await ReconcileWellAsync();

        Assert.False((await RecordAsync("1")).IsGone);
        Assert.Equal("mql", (await LeadAsync("1")).State.Stage.ToString().ToLowerInvariant());
    }

    [Fact]
    public async Task A_merge_that_polling_did_not_see_makes_one_lead_with_both_histories()
    {
        await NewMqlAsync();
        Crm.Add("2", "second@company.example");
        await SyncWellAsync();
        Crm.ChangeUnseen("1", survivor => survivor.Aliases.Add("2"));
        Crm.ChangeUnseen("2", merged => merged.IsGone = true);

        await ReconcileWellAsync();

        Assert.True((await RecordAsync("2")).IsGone);
        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
        Assert.StartsWith("mql", await PathAsync("1"));
    }

    [Fact]
    public async Task A_value_that_changed_without_a_modification_time_is_put_back_once_and_listed()
    {
        await NewMqlAsync();
        await SyncWellAsync(after: TimeSpan.FromDays(5));
        await SyncWellAsync(after: TimeSpan.FromHours(1));
        var score = Crm["1"]["score"];
        Crm.ChangeUnseen("1", contact => contact.Fields["score"] = "1");
        await SyncWellAsync();
        Assert.Equal("1", Crm["1"]["score"]);

        var report = await ReconcileWellAsync();

        Assert.Contains(report.Notices, notice => notice.Contains("drift: contact 1: score"));
        Assert.Equal("1", Crm["1"]["score"]);
        Crm.Log.Clear();
        await SyncWellAsync();
        Assert.Equal(score, Crm["1"]["score"]);
        Assert.Single(Crm.Log, written => written.Field == "score");
        Assert.DoesNotContain((await ReconcileWellAsync()).Notices, notice => notice.Contains("drift"));
    }

    [Fact]
    public async Task A_value_that_a_person_is_proven_to_have_set_is_an_override_and_stays()
    {
        await NewMqlAsync();
        Crm.ChangeUnseen("1", contact =>
        {
            contact.Fields["grade"] = "A1";
            contact.History.Add(new Crm.Fields.FieldChange("1", "grade", "A1", Now, true, "u-bob", "CRM_UI"));
        });

        await ReconcileWellAsync();
        await SyncWellAsync();

        Assert.Equal("A1", Crm["1"]["grade"]);
        Assert.Equal("Bob Martin", (await RecordAsync("1")).Overrides["grade"].By);
    }

    [Fact]
    public async Task A_calculated_attribute_that_moves_no_modification_time_is_read_again()
    {
        await NewMqlAsync();
        var score = int.Parse(Crm["1"]["score"]);
        Crm.ChangeUnseen("1", contact => contact.Attributes["industry"] = "Software");

        await ReconcileWellAsync();
        await SyncWellAsync(after: TimeSpan.FromHours(24));

        Assert.Equal(score + 5, int.Parse(Crm["1"]["score"]));
    }

    [Fact]
    public async Task An_activity_that_was_given_to_somebody_else_follows()
    {
        await NewMqlAsync();
        Crm.Add("2", "second@company.example", ("job_title", "Manager"));
        await SyncWellAsync();
        Crm.Associate("form:1", "2");
        await SyncWellAsync();

        await ReconcileWellAsync();
        await SyncWellAsync();

        Assert.Equal(30, (await LeadAsync("1")).Score!.Total);
        Assert.Equal(90, (await LeadAsync("2")).Score!.Total);
    }

    [Fact]
    public async Task A_deal_of_long_ago_that_was_given_to_somebody_follows()
    {
        await NewManagerAsync();
        Crm.AddDeal("d", DealState.Open);
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromDays(5));
        await SyncWellAsync();
        Crm.Associate("d", "1");

        await ReconcileWellAsync();
        await SyncWellAsync();

        Assert.Contains("opportunity", await PathAsync("1"));
    }

    [Fact]
    public async Task A_contact_that_no_window_showed_is_found()
    {
        await SyncWellAsync();
        Crm.AddUnseen("lost", "lost@company.example", ("job_title", "Manager"));
        await SyncWellAsync();

        await ReconcileWellAsync();
        await SyncWellAsync();

        Assert.Equal("30", Crm["lost"]["score"]);
    }

    [Fact]
    public async Task Nothing_to_find_changes_nothing_and_writes_nothing()
    {
        await NewMqlAsync();
        await SyncWellAsync();
        await ReconcileWellAsync();
        Crm.Log.Clear();
        var (record, lead) = (await RecordAsync("1"), await LeadAsync("1"));

        await ReconcileWellAsync();

        Assert.Empty(Crm.Log);
        Assert.Equivalent(record, await RecordAsync("1"), strict: true);
        Assert.Equivalent(lead, await LeadAsync("1"), strict: true);
        Assert.DoesNotContain("fetch", Crm.CallLog.TakeLast(10));
    }

    [Fact]
    public async Task A_share_of_a_large_account_is_compared_each_night_and_what_is_gone_is_known_when_all_was_seen()
    {
        Crm.PageSize = 2;
        for (var i = 0; i < 7; i++)
        {
            Crm.Add($"c{i}", $"c{i}@company.example");
        }

        await SyncWellAsync();
        await SyncWellAsync(after: TimeSpan.FromDays(5));
        await WriteAsync(async ledger => await ledger.Connections.SaveAsync((await ledger.Connections.FindAsync("hub"))! with
        {
            Settings = new ConnectionSettings { ReconcileRecordsPerNight = 3 }.Write(),
        }));
        Crm.ChangeUnseen("c5", contact => (contact.IsGone, contact.IsPurged) = (true, true));
        Crm.ChangeUnseen("c6", contact => contact.Attributes["industry"] = "Software");

        Assert.Contains("hub: 4 rows were compared tonight; the next night goes on from there", (await ReconcileWellAsync()).Notices);
        Assert.False((await RecordAsync("c6")).Attributes.ContainsKey("industry"));
        Assert.False((await RecordAsync("c5")).IsGone);
        var second = await ReconcileWellAsync();

        Assert.Equal("Software", (await RecordAsync("c6")).Attributes["industry"]);
        Assert.True((await RecordAsync("c5")).IsGone);
        Assert.Contains("hub: 1 contacts are no longer in the CRM", second.Notices);
        Crm.ChangeUnseen("c0", contact => (contact.IsGone, contact.IsPurged) = (true, true));
        Assert.Contains("hub: 4 rows were compared tonight; the next night goes on from there", (await ReconcileWellAsync()).Notices);
        Assert.False((await RecordAsync("c0")).IsGone);
        await ReconcileWellAsync();
        Assert.True((await RecordAsync("c0")).IsGone);
    }

    [Fact]
    public async Task Killed_at_any_call_the_night_goes_on_where_it_was_and_finds_the_same()
    {
        Crm.PageSize = 2;
        for (var i = 0; i < 5; i++)
        {
            Crm.Add($"c{i}", $"c{i}@company.example");
        }

        await SyncWellAsync();
        Crm.ChangeUnseen("c1", contact => (contact.IsGone, contact.IsPurged) = (true, true));
        Crm.ChangeUnseen("c2", contact => contact.IsGone = true);
        Crm.ChangeUnseen("c3", contact => contact.Fields["score"] = "77");
        var calls = 0;
        var killed = 0;
        Crm.BeforeCall = call =>
        {
            if (call != "account" && ++calls % 3 == 0 && killed++ < 12)
            {
                throw new ProcessDiedException();
            }
        };
        var pages = Crm.CallLog.Count(call => call == "page contacts");
        while (true)
        {
            try
            {
                Assert.Empty((await new ReconcileRun(Ledger, OpenCrm, Clock).RunAsync("hub", null, default)).Failures);
                break;
            }
            catch (ProcessDiedException)
            {
                await DieAsync();
            }
        }

        Assert.InRange(killed, 3, 20);
        Assert.True((await RecordAsync("c1")).IsGone);
        Assert.True((await RecordAsync("c2")).IsGone);
        // Each page once, and once more where it was the one that died.
        Assert.InRange(Crm.CallLog.Count(call => call == "page contacts") - pages, 1, 7 + killed);
        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("0", Crm["c3"]["score"]);
    }

    [Fact]
    public async Task A_write_is_kept_400_days_and_what_the_record_shows_stays_known_beyond()
    {
        Crm.Add("c1", "c1@company.example");
        await SyncWellAsync();
        Assert.NotEmpty(await WritesAsync());

        Clock.Advance(TimeSpan.FromDays(399));
        await ReconcileWellAsync();
        Assert.NotEmpty(await WritesAsync());

        Clock.Advance(TimeSpan.FromDays(2));
        await ReconcileWellAsync();
        Assert.Empty(await WritesAsync());
        Assert.NotEmpty((await RecordAsync("c1")).Known);

        async Task<IReadOnlyList<WriteRow>> WritesAsync()
        {
            var record = await RecordAsync("c1");
            return await ReadAsync(ledger => ledger.Writes.OfRecordsAsync([record.Id], default));
        }
    }

    [Fact]
    public async Task A_stream_that_the_CRM_refuses_does_not_keep_the_others_from_being_compared()
    {
        await NewMqlAsync();
        Crm.RefusedStreams.Add("deals");
        Crm.ChangeUnseen("1", contact => contact.IsGone = true);

        var report = await ReconcileWellAsync();

        Assert.Contains(report.Notices, notice => notice.StartsWith("hub: deals was not reconciled"));
        Assert.True((await RecordAsync("1")).IsGone);
    }

    [Fact]
    public async Task It_waits_for_the_first_read_and_while_the_accounts_calls_run_out()
    {
        Crm.Add("1", "a@company.example");
        Assert.Contains((await ReconcileWellAsync()).Notices, notice => notice.Contains("the first read is not done yet"));
        await SyncWellAsync();
        Crm.Quota = new CallQuota(Used: 81, Allowed: 100);
        Crm.CallLog.Clear();

        Assert.Contains((await ReconcileWellAsync()).Notices, notice => notice.Contains("only 19 of the account's 100 calls are left today"));

        Assert.Equal(["account"], Crm.CallLog);
    }

    [Fact]
    public async Task A_CRM_that_does_not_answer_ends_the_night_and_the_next_turn_goes_on()
    {
        await NewMqlAsync();
        Crm.ChangeUnseen("1", contact => contact.IsGone = true);
        Crm.BeforeCall = call => _ = call == "page deals" ? throw new RetriableCrmException("it did not answer", TimeSpan.Zero) : true;

        Assert.Equal(["hub: it did not answer"], (await ReconcileAsync()).Failures);
        Assert.NotNull((await ReadAsync(async ledger => await ledger.Cursors.ListAsync((await ConnectionAsync()).Id))).Single(cursor => cursor.Stream == ReconcileStage.NightCursor).Position);
        Crm.BeforeCall = _ => { };
        await ReconcileWellAsync();

        Assert.True((await RecordAsync("1")).IsGone);
        var rows = await ReadAsync(ledger => ledger.Runs.ListAsync(2));
        Assert.Equal(["done", "failed"], rows.Select(row => row.State));
        Assert.StartsWith("reconcile of hub", rows[0].Message);
    }

    [Fact]
    public async Task Leads_and_contacts_of_Salesforce_are_compared_alike()
    {
        var org = new FakeCrm(Clock, "00D") { Kind = CrmKind.Salesforce };
        await ConnectAsync("org", org);
        org.AddLead("L1", "lead@company.example");
        org.Add("C1", "contact@company.example");
        await SyncWellAsync();
        org.ChangeUnseen("L1", lead => lead.IsGone = true);
        org.ChangeUnseen("C1", contact => contact.IsPurged = contact.IsGone = true);

        await ReconcileWellAsync("org");

        Assert.True((await RecordAsync("L1", "org")).IsGone);
        Assert.True((await RecordAsync("C1", "org")).IsGone);
    }
}
