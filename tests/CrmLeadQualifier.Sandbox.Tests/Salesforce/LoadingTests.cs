using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class LoadingTests
{
    private static readonly SandboxOptions Options = new() { Limits = LimitTier.Off, At = DateTimeOffset.Parse("2026-11-23T09:30:00Z"), IndexLag = TimeSpan.Zero };

    [Fact]
    public async Task Attributes_go_to_the_mapped_fields_and_own_ones_to_custom_fields()
    {
        await using var org = await RunningOrg.StartAsync(Options,
            """{"id": "1", "attributes": {"email": "Ana@acme.fr", "company": "Acme", "job_title": "CTO", "source": "Google", "seats_wanted": 12.5, "pilot": true, "budget": "50k", "interests": ["crm", "erp"], "employees": 12}}""",
            """{"id": "2", "attributes": {"last_name": "Roy"}}""");
        var row = (await org.RowsAsync("SELECT LastName, Company, Email, Title, LeadSource, NumberOfEmployees, Seats_Wanted__c, Pilot__c, Budget__c, Interests__c FROM Lead"))[0];
        Assert.Equal("""["[not provided]","Acme","Ana@acme.fr","CTO","Google",12,12.5,"true","50k","crm;erp"]""", "[" + string.Join(',', row.EnumerateObject().Skip(1).Select(member => member.Value.GetRawText())) + "]");
        var fields = (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Contact/describe"))["fields"].EnumerateArray().ToDictionary(field => field.GetProperty("name").GetString()!);
        Assert.Equal(("double", "multipicklist", "picklist"), (Type("Seats_Wanted__c"), Type("Interests__c"), Type("Pilot__c")));
        string Type(string name) => fields[name].GetProperty("type").GetString()!;
    }

    [Fact]
    public async Task Activities_become_tasks_events_campaign_members_and_messages()
    {
        await using var org = await RunningOrg.StartAsync(Options, """
            {"id": "1", "attributes": {"email": "a@acme.fr", "last_name": "Roy", "created_at": "2026-10-01T08:00:00Z", "owner_email": "tom.hughes@vendor.example"}, "activities": [
            {"kind": "call", "at": "2026-11-02T08:00:00Z", "attributes": {"outcome": "Connected", "direction": "OUTBOUND", "duration_seconds": 61}},
            {"kind": "meeting", "at": "2026-11-03T08:00:00Z", "attributes": {"title": "Demo"}},
            {"kind": "meeting", "at": "2026-11-03T09:00:00Z", "attributes": {"title": "Demo", "outcome": "CANCELED"}},
            {"kind": "email_sent", "at": "2026-11-04T08:00:00Z", "attributes": {"subject": "Hello"}},
            {"kind": "email_open", "at": "2026-11-04T09:00:00Z"},
            {"kind": "event_registration", "at": "2026-11-05T08:00:00Z", "attributes": {"event": "Webinar X"}},
            {"kind": "event_attendance", "at": "2026-11-06T08:00:00Z", "attributes": {"event": "Webinar X"}},
            {"kind": "page_view", "at": "2026-11-06T08:00:00Z", "attributes": {"url": "https://x.fr"}}]}
            """.ReplaceLineEndings(""));
        var call = (await org.RowsAsync("SELECT CallDisposition, CallType, CallDurationInSeconds, Status, CompletedDateTime, ActivityDate, Owner.Name, Who.Type FROM Task WHERE TaskSubtype = 'Call'"))[0];
        Assert.Equal(("Connected", "Outbound", 61, "Completed"), (call.GetProperty("CallDisposition").GetString(), call.GetProperty("CallType").GetString(), call.GetProperty("CallDurationInSeconds").GetInt32(), call.GetProperty("Status").GetString()));
        Assert.Equal(("2026-11-02T08:00:00.000+0000", "2026-11-02", "Tom Hughes"), (call.GetProperty("CompletedDateTime").GetString(), call.GetProperty("ActivityDate").GetString(), call.GetProperty("Owner").GetProperty("Name").GetString()));
        Assert.Single(await org.RowsAsync("SELECT Id FROM Event"));
        Assert.Equal(2, (await org.RowsAsync("SELECT Id FROM Event", all: true)).Length);
        var message = (await org.RowsAsync("SELECT Subject, FirstOpenedDate, ActivityId, Incoming FROM EmailMessage"))[0];
        Assert.Equal("2026-11-04T09:00:00.000+0000", message.GetProperty("FirstOpenedDate").GetString());
        Assert.Equal("Email", (await org.RowsAsync($"SELECT TaskSubtype FROM Task WHERE Id = '{message.GetProperty("ActivityId").GetString()}'"))[0].GetProperty("TaskSubtype").GetString());
        var member = (await org.RowsAsync("SELECT Campaign.Name, Campaign.Type, HasResponded, FirstRespondedDate, CreatedDate FROM CampaignMember")).Single();
        Assert.Equal(("Webinar X", true, "2026-11-06", "2026-11-05T08:00:00.000+0000"), (member.GetProperty("Campaign").GetProperty("Name").GetString(), member.GetProperty("HasResponded").GetBoolean(),
            member.GetProperty("FirstRespondedDate").GetString(), member.GetProperty("CreatedDate").GetString()));
        Assert.Contains(org.Notices, notice => notice.StartsWith("1 activities left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_bought_is_a_contact_with_opportunities_and_a_converted_lead()
    {
        await using var org = await RunningOrg.StartAsync(Options,
            """{"id": "1", "attributes": {"email": "a@acme.fr", "last_name": "Roy", "company": "Acme", "industry": "SOFTWARE", "is_customer": true}, "deals": [{"id": "D1", "created_at": "2026-10-01T08:00:00Z", "closed_at": "2026-11-01T08:00:00Z", "won": true, "amount": 1200}]}""");
        var contact = (await org.RowsAsync("SELECT Id, Email, Account.Name, Account.Type, Account.Industry FROM Contact")).Single();
        Assert.Equal(("Acme", "Customer - Direct", "SOFTWARE"), (contact.GetProperty("Account").GetProperty("Name").GetString(), contact.GetProperty("Account").GetProperty("Type").GetString(), contact.GetProperty("Account").GetProperty("Industry").GetString()));
        var role = (await org.RowsAsync("SELECT ContactId, Opportunity.IsWon, Opportunity.Amount, Opportunity.CloseDate FROM OpportunityContactRole")).Single();
        Assert.Equal(contact.GetProperty("Id").GetString(), role.GetProperty("ContactId").GetString());
        Assert.Equal((true, "1200.0", "2026-11-01"), (role.GetProperty("Opportunity").GetProperty("IsWon").GetBoolean(), role.GetProperty("Opportunity").GetProperty("Amount").GetRawText(), role.GetProperty("Opportunity").GetProperty("CloseDate").GetString()));
        Assert.True((await org.RowsAsync("SELECT IsConverted FROM Lead")).Single().GetProperty("IsConverted").GetBoolean());
    }

    [Fact]
    public async Task Verdicts_show_with_their_history_as_soon_as_the_field_exists()
    {
        await using var org = await RunningOrg.StartAsync(Options,
            """{"id": "1", "attributes": {"last_name": "Roy"}, "verdicts": [{"value": "qualified", "at": "2026-11-02T10:00:00Z"}, {"value": "rejected", "at": "2026-11-23T12:00:00Z"}]}""");
        var modified = (await org.RowsAsync("SELECT SystemModstamp FROM Lead"))[0].GetProperty("SystemModstamp").GetString();
        await org.ProvisionAsync();
        var row = (await org.RowsAsync("SELECT LQ_Verdict__c, SystemModstamp, LastModifiedBy.Name FROM Lead"))[0];
        Assert.Equal(("qualified", "Claire Dubois"), (row.GetProperty("LQ_Verdict__c").GetString(), row.GetProperty("LastModifiedBy").GetProperty("Name").GetString()));
        Assert.True(string.CompareOrdinal(row.GetProperty("SystemModstamp").GetString(), modified) >= 0);
        var history = (await org.RowsAsync("SELECT CreatedDate, CreatedBy.Name, NewValue FROM LeadHistory WHERE Field = 'LQ_Verdict__c'")).Single();
        Assert.Equal("2026-11-02T10:00:00.000+0000", history.GetProperty("CreatedDate").GetString());
        await org.AdvanceAsync("1d");
        await org.SignInAsync();
        Assert.Equal("rejected", (await org.RowsAsync("SELECT LQ_Verdict__c FROM Lead"))[0].GetProperty("LQ_Verdict__c").GetString());
    }

    [Fact]
    public async Task A_files_leads_are_in_both_crms_and_made_up_people_mostly()
    {
        await using (var org = await RunningOrg.StartAsync(Options with { Split = Split.Both }, """{"id": "1", "attributes": {"email": "a@acme.fr", "last_name": "Roy"}}"""))
        {
            Assert.Equal("a@acme.fr", (await org.RowsAsync("SELECT Email FROM Lead")).Single().GetProperty("Email").GetString());
            Assert.Contains("a@acme.fr", await org.HubSpot!.GetStringAsync("/crm/v3/objects/contacts"));
        }
        await using var made = await RunningOrg.StartAsync(Options with { Split = Split.Both, Contacts = 80, Seed = 4 });
        var contacts = JsonDocument.Parse(await made.HubSpot!.GetStringAsync("/crm/v3/objects/contacts?limit=100")).RootElement.GetProperty("results").EnumerateArray()
            .Select(contact => contact.GetProperty("properties").GetProperty("email").GetString()).OfType<string>().ToHashSet();
        var leads = (await made.RowsAsync("SELECT Email FROM Lead WHERE Email != null")).Select(lead => lead.GetProperty("Email").GetString()!).ToHashSet();
        Assert.InRange(leads.Count(contacts.Contains), 50, 75);
        Assert.Contains(leads, lead => !contacts.Contains(lead));
        Assert.Contains(contacts, contact => !leads.Contains(contact));
    }

    [SkippableFact]
    public async Task The_x_education_leads_are_all_there()
    {
        var file = SharedFolder.Find("data/x-education.leads.jsonl");
        Skip.If(file is null, "../shared/data is not beside the repository.");
        await using var org = await RunningOrg.StartAsync(Options with { Leads = file, Split = Split.Both });
        Assert.Empty(org.Notices);
        Assert.Equal(9_240, (await org.QueryAsync("SELECT COUNT() FROM Lead WHERE Visits__c != null OR Email LIKE 'lead%'"))["totalSize"].GetInt32());
    }

    [Fact]
    public async Task Each_crm_has_a_page_of_every_person()
    {
        await using var org = await RunningOrg.StartAsync(Options with { Split = Split.Both }, """{"id": "1", "attributes": {"email": "a@acme.fr", "last_name": "<b>Roy</b>"}, "activities": [{"kind": "call", "at": "2026-11-02T08:00:00Z"}]}""");
        var lead = (await org.RowsAsync("SELECT Id FROM Lead"))[0].GetProperty("Id").GetString();
        var contact = JsonDocument.Parse(await org.HubSpot!.GetStringAsync("/crm/v3/objects/contacts")).RootElement.GetProperty("results")[0].GetProperty("id").GetString();
        foreach (var (http, id) in new[] { (org.Http, lead), (org.HubSpot, contact) })
        {
            Assert.Contains($"/__sandbox/records/{id}", await http.GetStringAsync("/__sandbox/records"));
            var page = await http.GetStringAsync("/__sandbox/records/" + id);
            Assert.Contains("a@acme.fr", page);
            Assert.Contains("&lt;b&gt;Roy&lt;/b&gt;", page);
            Assert.Contains("Activities", page);
        }
        Assert.Equal(404, (await org.SendAsync("GET", "/__sandbox/records/00Qd20000009999EAA")).Status);
    }
}
