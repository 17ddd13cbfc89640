using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;
using CrmLeadQualifier.Sandbox.Tests.Salesforce;

namespace CrmLeadQualifier.Sandbox.Tests.Connector;

public sealed class NativeConnectorTests
{
    private const string Contacts = "/crm/objects/2026-03/contacts";

    private static Task<RunningOrg> StartAsync() => RunningOrg.StartAsync(
        new SandboxOptions { Limits = LimitTier.Off, Split = Split.Both, Connector = true, At = DateTimeOffset.Parse("2026-11-23T09:30:00Z"), IndexLag = TimeSpan.Zero },
        """{"id": "1", "attributes": {"email": "a@acme.fr", "last_name": "Roy", "company": "Acme", "owner_email": "claire.dubois@vendor.example", "created_at": "2026-10-01T08:00:00Z"}}""",
        """{"id": "2", "attributes": {"email": "b@beta.fr", "last_name": "Bel", "company": "Beta", "created_at": "2026-10-01T08:00:00Z"}, "deals": [{"id": "D1", "created_at": "2026-10-02T08:00:00Z"}]}""");

    private static async Task<JsonElement> ReadAsync(RunningOrg org, string path) => JsonDocument.Parse(await org.HubSpot!.GetStringAsync(path)).RootElement;

    private static async Task<JsonElement> ContactAsync(RunningOrg org, string email, string properties) =>
        (await ReadAsync(org, $"{Contacts}/{Uri.EscapeDataString(email)}?idProperty=email&properties={properties}")).GetProperty("properties");

    [Fact]
    public async Task Who_is_in_both_is_joined_from_the_start_with_the_stamps_of_then()
    {
        await using var org = await StartAsync();
        var lead = (await org.RowsAsync("SELECT Id, HubSpot_Lifecycle_Stage__c FROM Lead WHERE Email = 'a@acme.fr'"))[0];
        var contact = await ContactAsync(org, "a@acme.fr", "salesforceleadid,lastmodifieddate");
        Assert.Equal(lead.GetProperty("Id").GetString(), contact.GetProperty("salesforceleadid").GetString());
        Assert.StartsWith("2026-10-01", contact.GetProperty("lastmodifieddate").GetString());
        Assert.Equal("lead", lead.GetProperty("HubSpot_Lifecycle_Stage__c").GetString());
        var converted = (await org.RowsAsync("SELECT Id FROM Contact WHERE Email = 'b@beta.fr'"))[0].GetProperty("Id").GetString();
        Assert.Equal(converted, (await ContactAsync(org, "b@beta.fr", "salesforcecontactid")).GetProperty("salesforcecontactid").GetString());
        var deal = (await ReadAsync(org, "/crm/v3/objects/deals?properties=hs_salesforceopportunityid")).GetProperty("results")[0].GetProperty("properties");
        Assert.Equal((await org.RowsAsync("SELECT Id FROM Opportunity"))[0].GetProperty("Id").GetString(), deal.GetProperty("hs_salesforceopportunityid").GetString());
    }

    [Fact]
    public async Task Activities_are_logged_once_on_the_other_side_and_never_come_back()
    {
        await using var org = await StartAsync();
        var contact = (await ReadAsync(org, $"{Contacts}/a@acme.fr?idProperty=email")).GetProperty("id").GetString();
        var lead = (await org.RowsAsync("SELECT Id FROM Lead WHERE Email = 'a@acme.fr'"))[0].GetProperty("Id").GetString();
        (await org.HubSpot!.PostAsJsonAsync($"/__sandbox/people/contacts/{contact}/activities", new { kind = "form_submission", attributes = new { form = "Demo" } })).EnsureSuccessStatusCode();
        (await org.HubSpot!.PostAsJsonAsync($"/__sandbox/people/contacts/{contact}/activities", new { kind = "call", attributes = new { outcome = "Connected" } })).EnsureSuccessStatusCode();
        await org.ControlAsync($"people/leads/{lead}/activities", new { kind = "meeting", attributes = new { title = "Demo" }, user = "claire.dubois@vendor.example" });
        for (var round = 0; round < 4; round++)
        {
            await org.AdvanceAsync("20m");
            var tasks = await org.RowsAsync("SELECT Subject, CreatedBy.Name, Status FROM Task ORDER BY Subject");
            Assert.Equal(["Call in HubSpot", "Submitted form: Demo"], tasks.Select(task => task.GetProperty("Subject").GetString()));
            Assert.All(tasks, task => Assert.Equal(("HubSpot Integration", "Completed"), (task.GetProperty("CreatedBy").GetProperty("Name").GetString(), task.GetProperty("Status").GetString())));
            var meetings = (await ReadAsync(org, "/crm/v3/objects/meetings?properties=hs_meeting_title,hs_object_source")).GetProperty("results").EnumerateArray().ToList();
            Assert.Equal("SALESFORCE", meetings.Single().GetProperty("properties").GetProperty("hs_object_source").GetString());
            Assert.Single((await ReadAsync(org, "/crm/v3/objects/calls")).GetProperty("results").EnumerateArray());
            Assert.Empty(await org.RowsAsync("SELECT Id FROM Event WHERE CreatedBy.Name = 'HubSpot Integration'"));
        }
    }

    [Fact]
    public async Task New_people_of_salesforce_and_marketing_qualified_ones_of_hubspot_cross_over()
    {
        await using var org = await StartAsync();
        await org.CreateAsync("Lead", new { LastName = "New", Company = "Nova", Email = "new@nova.fr" });
        (await org.HubSpot!.PostAsJsonAsync(Contacts, new { properties = new { email = "plain@hub.fr", lastname = "Plain" } })).EnsureSuccessStatusCode();
        (await org.HubSpot!.PostAsJsonAsync(Contacts, new { properties = new { email = "mql@hub.fr", lastname = "Mql", lifecyclestage = "marketingqualifiedlead" } })).EnsureSuccessStatusCode();
        await org.AdvanceAsync("20m");
        Assert.Equal("New", (await ContactAsync(org, "new@nova.fr", "lastname")).GetProperty("lastname").GetString());
        Assert.Equal(["mql@hub.fr"], (await org.RowsAsync("SELECT Email FROM Lead WHERE Email LIKE '%@hub.fr'")).Select(lead => lead.GetProperty("Email").GetString()));
        await org.AdvanceAsync("1d");
        await org.SignInAsync();
        Assert.Equal(4, (await org.RowsAsync("SELECT Id FROM Lead")).Length);
        Assert.Equal(5, (await ReadAsync(org, "/crm/v3/objects/contacts")).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Opportunities_are_mirrored_and_followed()
    {
        await using var org = await StartAsync();
        var lead = (await org.RowsAsync("SELECT Id FROM Lead WHERE Email = 'a@acme.fr'"))[0].GetProperty("Id").GetString();
        var opportunity = (await org.ControlAsync($"people/leads/{lead}/convert", new { user = "claire.dubois@vendor.example", opportunity = "Acme" }))["opportunityId"].GetString();
        await org.AdvanceAsync("20m");
        async Task<JsonElement> Deal() => (await ReadAsync(org, "/crm/v3/objects/deals?properties=dealname,dealstage,hs_salesforceopportunityid")).GetProperty("results").EnumerateArray()
            .Select(deal => deal.GetProperty("properties")).Single(deal => deal.GetProperty("hs_salesforceopportunityid").GetString() == opportunity);
        Assert.Equal("appointmentscheduled", (await Deal()).GetProperty("dealstage").GetString());
        Assert.Equal("opportunity", (await ContactAsync(org, "a@acme.fr", "lifecyclestage,salesforcecontactid")).GetProperty("lifecyclestage").GetString());
        await org.PatchAsync("Opportunity", opportunity!, new { StageName = "Closed Won" });
        await org.AdvanceAsync("20m");
        Assert.Equal("closedwon", (await Deal()).GetProperty("dealstage").GetString());
    }

    [Fact]
    public async Task A_day_without_news_changes_nothing()
    {
        await using var org = await StartAsync();
        await org.AdvanceAsync("20m");
        async Task<string> Stamps() => string.Join(' ', (await org.RowsAsync("SELECT SystemModstamp FROM Lead ORDER BY Id")).Select(row => row.GetProperty("SystemModstamp").GetString()))
            + string.Join(' ', (await ReadAsync(org, "/crm/v3/objects/contacts?properties=lastmodifieddate")).GetProperty("results").EnumerateArray().Select(contact => contact.GetProperty("properties").GetProperty("lastmodifieddate").GetString()));
        var before = await Stamps();
        for (var hour = 0; hour < 24; hour++)
            await org.AdvanceAsync("1h");
        await org.SignInAsync();
        Assert.Equal(before, await Stamps());
    }
}
