using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Runs;

/// <summary>One person in HubSpot (<c>hub</c>) and in Salesforce (<c>sf</c>) is one lead.</summary>
public sealed class TwoCrmsTests : SyncTest
{
    private const string Contact = "003000000000001AAA";
    private const string Lead = "00Q000000000001AAA";

    private readonly FakeCrm _salesforce;

    public TwoCrmsTests() => _salesforce = new FakeCrm(Clock, "00D000000000001AAA") { Kind = CrmKind.Salesforce };

    [Fact]
    public async Task The_same_address_in_both_is_one_lead_with_one_score_in_both()
    {
        await ConnectBothAsync();
        Crm.Add("1", "Ann@company.example", ("job_title", "Manager"));
        _salesforce.AddLead(Lead, "ann@company.example");
        Crm.AskForDemo("1");

        await SyncWellAsync();

        Assert.Equal((await LeadAsync("1")).Id, (await LeadAsync(Lead, "sf")).Id);
        Assert.Equal(Crm["1"]["score"], _salesforce[Lead]["score"]);
        Assert.Equal("90", _salesforce[Lead]["score"]);
    }

    [Theory]
    [InlineData("003000000000001AAA")]
    [InlineData("003000000000001")]
    public async Task A_contact_meets_the_record_that_it_names_in_the_long_or_the_short_form_of_its_id(string named)
    {
        await ConnectBothAsync();
        _salesforce.Add(Contact, "ann@private.example");
        var contact = Crm.Add("1", "ann@company.example");
        await SyncWellAsync();
        Assert.NotEqual((await LeadAsync("1")).Id, (await LeadAsync(Contact, "sf")).Id);

        Crm.Change("1", _ => contact.Aliases.Add("salesforce:" + named));
        await SyncWellAsync();

        Assert.Equal((await LeadAsync("1")).Id, (await LeadAsync(Contact, "sf")).Id);
    }

    [Fact]
    public async Task A_rejection_entered_in_salesforce_is_in_hubspot_after_one_sync_and_its_copy_is_no_verdict()
    {
        await MqlInBothAsync();

        _salesforce.Say(Lead, "rejected", "no_need");
        await SyncWellAsync();

        Assert.Equal(("rejected", "no_need", "recycled"), (Crm["1"]["verdict"], Crm["1"]["rejection_reason"], Crm["1"]["stage"]));
        await SyncWellAsync(TimeSpan.FromMinutes(20));
        var lead = (await RecordAsync("1")).LeadId;
        Assert.Single((await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([lead])))[lead]);
    }

    [Fact]
    public async Task A_verdict_entered_in_hubspot_is_in_salesforce_and_the_latest_stands_in_both()
    {
        await MqlInBothAsync();
        Crm.Say("1", "accepted");
        await SyncWellAsync();
        Assert.Equal("accepted", _salesforce[Lead]["verdict"]);

        _salesforce.Say(Lead, "rejected", "no_need");
        await SyncWellAsync();

        Assert.Equal("rejected", Crm["1"]["verdict"]);
    }

    [Fact]
    public async Task Each_attribute_is_taken_from_the_first_source_in_the_fixed_order_that_knows_it()
    {
        await ConnectBothAsync();
        Crm.Add("1", "ann@company.example", ("job_title", "of HubSpot"), ("source", "PAID_SEARCH"), ("city", "Nantes"), ("opted_out", "true"));
        _salesforce.AddLead(Lead, "ann@company.example", ("job_title", "of the Lead"), ("source", "Web"), ("industry", "Software"));
        _salesforce.Add(Contact, "ann@company.example", ("job_title", "of the Contact"), ("source", "Other"), ("opted_out", "false"));

        await SyncWellAsync();

        var explanation = await Explain.ByEmailAsync(Ledger, "ann@company.example", default);
        var attributes = explanation!.Sections.Single(section => section.Title == "Attributes").Rows.ToDictionary(row => row[0]);
        Assert.Equal(["job_title", "of the Contact", "sf", $"contact {Contact}", $"sf lead {Lead}: of the Lead, hub contact 1: of HubSpot"], attributes["job_title"]);
        Assert.Equal(["source", "PAID_SEARCH", "hub", "contact 1", $"sf contact {Contact}: Other, sf lead {Lead}: Web"], attributes["source"]);
        Assert.Equal(["industry", "Software", "sf", $"lead {Lead}", ""], attributes["industry"]);
        Assert.Equal(["city", "Nantes", "hub", "contact 1", ""], attributes["city"]);
        Assert.Equal("true", attributes["opted_out"][1]);
    }

    [Fact]
    public async Task Sales_works_in_salesforce_where_it_is_connected_on_the_contact_before_the_open_lead()
    {
        await MqlInBothAsync(withContact: true);

        Assert.Equal("to_answer", _salesforce[Contact]["answer"]);
        Assert.NotEmpty(_salesforce[Contact]["handed_over_at"]);
        foreach (var other in new[] { _salesforce[Lead], Crm["1"] })
        {
            Assert.Equal("mql", other["stage"]);
            Assert.Empty(other["answer"]);
            Assert.Empty(other["handed_over_at"]);
            Assert.EndsWith($"see contact {Contact}", other["reasons"]);
        }
    }

    [Fact]
    public async Task Of_two_leads_sales_works_the_one_on_which_something_happened_last_and_what_the_connector_logged_there_did_not_happen_there()
    {
        const string Other = "00Q000000000002AAA";
        await MqlInBothAsync();
        _salesforce.AddLead(Other, "ann@company.example");
        _salesforce.Call(Lead);
        await SyncWellAsync(TimeSpan.FromMinutes(20));

        _salesforce.Call(Other, user: null, copyOf: "the connector");
        await SyncWellAsync(TimeSpan.FromMinutes(20));
        Assert.EndsWith($"see lead {Lead}", _salesforce[Other]["reasons"]);

        _salesforce.Call(Other);
        await SyncWellAsync(TimeSpan.FromMinutes(20));
        Assert.EndsWith($"see lead {Other}", _salesforce[Lead]["reasons"]);
    }

    [Fact]
    public async Task Where_sales_works_is_a_setting()
    {
        await ConnectBothAsync();
        await SyncAsync(CrmKind.HubSpot);
        Crm.Add("1", "ann@company.example", ("job_title", "Manager"));
        _salesforce.AddLead(Lead, "ann@company.example");
        Crm.AskForDemo("1");

        await SyncAsync(CrmKind.HubSpot);

        Assert.Equal("to_answer", Crm["1"]["answer"]);
        Assert.Empty(_salesforce[Lead]["answer"]);
    }

    [Fact]
    public async Task Who_is_not_where_sales_works_waits_and_the_clock_starts_when_the_record_comes()
    {
        await ConnectBothAsync();
        await SyncWellAsync();
        Crm.Add("1", "ann@company.example", ("job_title", "Manager"));
        Crm.AskForDemo("1");
        await SyncWellAsync();
        Assert.Equal(("mql", "waiting", ""), (Crm["1"]["stage"], Crm["1"]["answer"], Crm["1"]["handed_over_at"]));

        _salesforce.AddLead(Lead, "ann@company.example");
        await SyncWellAsync();

        Assert.Equal("to_answer", _salesforce[Lead]["answer"]);
        Assert.NotEmpty(_salesforce[Lead]["handed_over_at"]);
        Assert.Empty(Crm["1"]["answer"]);
    }

    [Fact]
    public async Task Who_opts_out_in_salesforce_unsubscribes_when_the_change_is_read_and_who_was_out_before_does_not()
    {
        await ConnectBothAsync();
        _salesforce.AddLead(Lead, "ann@company.example", ("opted_out", "false"));
        _salesforce.Add(Contact, "ben@company.example", ("opted_out", "true"));
        Crm.Add("1", "cleo@company.example", ("opted_out", "false"));
        await SyncWellAsync();

        foreach (var crm in new[] { (Crm: _salesforce, Id: Lead), (Crm: _salesforce, Id: Contact), (Crm, Id: "1") })
        {
            crm.Crm.Change(crm.Id, contact => contact.Attributes["opted_out"] = "true");
        }

        await SyncWellAsync(TimeSpan.FromMinutes(5));
        await SyncWellAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(["unsubscribe"], await KindsAsync(Lead, "sf"));
        Assert.Empty(await KindsAsync(Contact, "sf"));
        // HubSpot tells it as an event of its own.
        Assert.Empty(await KindsAsync("1", "hub"));

        async Task<List<string>> KindsAsync(string record, string connection)
        {
            var lead = (await LeadAsync(record, connection)).Id;
            return [.. ((await ReadAsync(ledger => ledger.Activities.OfLeadsAsync([lead]))).GetValueOrDefault(lead) ?? []).Select(activity => activity.Kind)];
        }
    }

    [Fact]
    public async Task A_lead_that_a_person_converts_is_an_sql_and_its_contact_takes_its_place()
    {
        await MqlInBothAsync();

        _salesforce.Convert(Lead, Contact);
        await SyncWellAsync();

        Assert.Equal("sql", Crm["1"]["stage"]);
        Assert.Equal("sql", _salesforce[Contact]["stage"]);
        Assert.Equal("mql", _salesforce[Lead]["stage"]);
        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync(Contact, "sf")).LeadId);
        Assert.Equal("converted", (await RecordAsync(Lead, "sf")).Parked);
    }

    [Fact]
    public async Task A_conversion_without_an_address_still_leads_to_the_same_person()
    {
        await ConnectBothAsync();
        _salesforce.AddLead(Lead, "");
        await SyncWellAsync();

        _salesforce.Convert(Lead, Contact);
        await SyncWellAsync();

        Assert.Equal((await RecordAsync(Lead, "sf")).LeadId, (await RecordAsync(Contact, "sf")).LeadId);
    }

    [Fact]
    public async Task A_lead_that_was_merged_away_leads_to_its_survivor_and_is_written_no_more()
    {
        await ConnectBothAsync();
        var loser = _salesforce.AddLead(Lead, "ann@company.example");
        _salesforce.AddLead("00Q000000000002AAA", "ann@private.example");
        await SyncWellAsync();

        _salesforce.Change(Lead, _ =>
        {
            loser.IsGone = true;
            loser.SameAs.Add("00Q000000000002AAA");
        });
        await SyncWellAsync();

        Assert.True((await RecordAsync(Lead, "sf")).IsGone);
        Assert.Equal((await RecordAsync(Lead, "sf")).LeadId, (await RecordAsync("00Q000000000002AAA", "sf")).LeadId);
    }

    [Fact]
    public async Task One_connection_that_fails_does_not_stop_the_other()
    {
        await MqlInBothAsync();
        Crm.Say("1", "rejected", "no_need");
        _salesforce.BeforeCall = _ => throw new RetriableCrmException("Salesforce is not there", TimeSpan.Zero);

        var report = await SyncAsync();

        Assert.Contains("sf: Salesforce is not there", Assert.Single(report.Failures));
        Assert.Equal("recycled", Crm["1"]["stage"]);
        _salesforce.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal(("recycled", "rejected"), (_salesforce[Lead]["stage"], _salesforce[Lead]["verdict"]));
    }

    [Fact]
    public async Task The_run_tells_of_both_connections()
    {
        await ConnectBothAsync();
        Crm.Add("1", "ann@company.example");
        _salesforce.AddLead(Lead, "ann@company.example");

        var report = await SyncAsync();

        Assert.Equal([("hub", "hubspot", 1), ("sf", "salesforce", 1)], report.Connections.Select(connection => (connection.Name, connection.Crm, connection.RecordsWritten)));
    }

    [Fact]
    public async Task What_the_connector_copied_within_two_minutes_counts_once()
    {
        await ConnectBothAsync();
        Crm.Add("1", "ann@company.example");
        _salesforce.Add(Contact, "ann@company.example");
        _salesforce.Call(Contact);
        Crm.Call("1", user: null, at: Now + TimeSpan.FromSeconds(90));
        _salesforce.Call(Contact, at: Now - TimeSpan.FromHours(1));
        Clock.Advance(TimeSpan.FromMinutes(5));

        await SyncWellAsync();

        var explanation = await Explain.ByEmailAsync(Ledger, "ann@company.example", default);
        var calls = explanation!.Sections.Single(section => section.Title == "Activities").Rows;
        Assert.Equal(3, calls.Count);
        Assert.Equal("hub", Assert.Single(calls, call => call[4].EndsWith("not counted", StringComparison.Ordinal))[3]);
    }

    [Fact]
    public async Task Of_a_deal_and_its_opportunity_the_opportunity_s_state_stands()
    {
        await ConnectBothAsync();
        await SyncWellAsync();
        Crm.Add("1", "ann@company.example");
        _salesforce.Add(Contact, "ann@company.example");
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));

        _salesforce.AddDeal("006000000000001AAA", DealState.Open, Contact);
        Crm.AddMirror("77", "006000000000001AAA", DealState.Won, "1");
        await SyncWellAsync();

        Assert.Equal("opportunity", Crm["1"]["stage"]);
    }

    [Fact]
    public async Task The_second_run_of_both_writes_nothing()
    {
        await MqlInBothAsync(withContact: true);
        await SyncWellAsync();
        (int, int) before = (Crm.Log.Count, _salesforce.Log.Count);

        await SyncWellAsync();
        await SyncWellAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(before, (Crm.Log.Count, _salesforce.Log.Count));
    }

    private Task ConnectBothAsync() => ConnectLiveAsync(_salesforce);

    private async Task ConnectLiveAsync(FakeCrm salesforce)
    {
        await ConnectAsync("sf", salesforce);
        var hub = await ConnectionAsync();
        await WriteAsync(async ledger => await ledger.Connections.SaveAsync((await ConnectionAsync("sf")) with { ProvisionedFingerprint = hub.ProvisionedFingerprint }));
    }

    private async Task MqlInBothAsync(bool withContact = false)
    {
        await ConnectBothAsync();
        await SyncWellAsync();
        Crm.Add("1", "ann@company.example", ("job_title", "Manager"));
        _salesforce.AddLead(Lead, "ann@company.example");
        if (withContact)
        {
            _salesforce.Add(Contact, "ann@company.example");
        }

        Crm.AskForDemo("1");
        await SyncWellAsync();
        Assert.Equal("mql", Crm["1"]["stage"]);
    }
}
