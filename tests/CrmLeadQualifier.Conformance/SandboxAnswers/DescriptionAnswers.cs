using System.Text.Json;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>The sandbox's answers about properties, pipelines, owners, events and forms beside HubSpot's recorded ones.</summary>
public sealed class DescriptionAnswers
{
    private static async Task<SandboxPortal> WithGroupAsync()
    {
        var recording = Recording.Read("amp/property-group-create-201");
        var portal = await SandboxPortal.StartAsync();
        (await portal.SendAsync("POST", "/crm/v3/properties/Contact/groups", recording.RequestBody)).AssertAsRecorded(recording);
        return portal;
    }

    [SkippableFact]
    public async Task Properties_created_in_a_batch()
    {
        await using var portal = await WithGroupAsync();
        var created = Recording.Read("amp/properties-batch-create-201");
        var answer = await portal.SendAsync("POST", "/crm/v3/properties/Contact/batch/create", created.RequestBody);
        answer.AssertAsRecorded(created);
        Assert.True(JsonElement.DeepEquals(created.Body.GetProperty("results"), answer.Json.GetProperty("results")), answer.Body);
        var partial = Recording.Read("amp/properties-batch-create-207-already-exist");
        var again = await portal.SendAsync("POST", "/crm/v3/properties/Contact/batch/create", partial.RequestBody);
        again.AssertAsRecorded(partial);
        Assert.Equal(partial.Body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("message").GetString()),
            again.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("message").GetString()));
        var patched = Recording.Read("amp/property-patch-enumeration-200");
        (await portal.SendAsync("PATCH", "/crm/v3/properties/Contact/interests__c", patched.RequestBody)).AssertAsRecorded(patched);
    }

    [SkippableFact]
    public async Task A_property_created_alone()
    {
        var recording = Recording.Read("cc/property-create-201");
        await using var portal = await SandboxPortal.StartAsync();
        (await portal.SendAsync("POST", "/crm/v3/properties/contact", recording.RequestBody.Replace("ticketinformation", "contactinformation")))
            .AssertAsRecorded(recording);
    }

    [SkippableFact]
    public async Task Hubspots_own_properties()
    {
        var recording = Recording.Read("amp/properties-contacts-sampled");
        await using var portal = await SandboxPortal.StartAsync();
        var answered = (await portal.SendAsync("GET", "/crm/v3/properties/contacts")).Json.GetProperty("results").EnumerateArray()
            .ToDictionary(property => property.GetProperty("name").GetString()!);
        foreach (var name in new[] { "address", "mobilephone", "associatedcompanyid", "hs_pipeline" })
        {
            var recorded = recording.Body.GetProperty("results").EnumerateArray().Single(property => property.GetProperty("name").GetString() == name);
            Shape.AssertSame(recorded, answered[name]);
            foreach (var key in new[] { "type", "fieldType", "groupName", "externalOptions", "hubspotDefined" })
                Assert.Equal(recorded.GetProperty(key).ToString(), answered[name].GetProperty(key).ToString());
        }
    }

    [SkippableFact]
    public async Task Contacts_have_the_properties_that_a_real_portal_has()
    {
        var recording = Recording.Read("dlt/properties-contacts");
        await using var portal = await SandboxPortal.StartAsync();
        var recorded = recording.Body.GetProperty("results").EnumerateArray().Select(property => property.GetProperty("name").GetString()!).ToHashSet();
        var answered = (await portal.SendAsync("GET", "/crm/v3/properties/contacts")).Json.GetProperty("results").EnumerateArray()
            .Select(property => property.GetProperty("name").GetString()!).ToHashSet();
        string[] read =
        [
            "email", "firstname", "lastname", "phone", "jobtitle", "seniority", "company", "website", "industry", "numemployees", "annualrevenue",
            "country", "state", "city", "zip",
            "hs_language", "hs_analytics_source", "hs_analytics_source_data_1", "hs_lead_status", "hubspot_owner_id", "hs_email_optout", "lifecyclestage",
            "createdate", "lastmodifieddate",
            "associatedcompanyid", "hs_analytics_num_page_views", "hs_analytics_last_url", "hs_analytics_last_timestamp", "num_conversion_events",
            "recent_conversion_event_name",
            "recent_conversion_date", "hs_email_open", "hs_email_click", "hs_email_bounce", "hs_email_last_open_date", "hs_email_last_click_date",
            "hs_email_last_reply_date",
            "hs_additional_emails", "hs_merged_object_ids",
        ];
        Assert.Subset(recorded, read.ToHashSet());
        Assert.Subset(answered, read.ToHashSet());
    }

    [SkippableTheory]
    [InlineData("amp/pipelines-deals", "deals")]
    [InlineData("amp/pipelines-contacts-lifecycle-stages", "contacts")]
    public async Task Pipelines_to_the_letter(string name, string type)
    {
        var recording = Recording.Read(name);
        await using var portal = await SandboxPortal.StartAsync();
        var answer = await portal.SendAsync("GET", $"/crm/pipelines/2026-03/{type}");
        answer.AssertAsRecorded(recording);
        Assert.True(JsonElement.DeepEquals(recording.Body, answer.Json));
    }

    [SkippableFact]
    public async Task Owners()
    {
        await using var portal = await SandboxPortal.StartAsync();
        (await portal.SendAsync("GET", "/crm/v3/owners")).AssertAsRecorded(Recording.Read("cc/owners-list"));
        (await portal.SendAsync("GET", "/crm/v3/owners?archived=false&email=31871817")).AssertAsRecorded(Recording.Read("cc/owners-by-email-empty"));
    }

    [SkippableFact]
    public async Task Page_views()
    {
        var recording = Recording.Read("amp/events-e_visited_page");
        await using var portal = await SandboxPortal.StartAsync(contacts: 60);
        (await portal.SendAsync("GET", "/events/event-occurrences/2026-03?eventType=e_visited_page&limit=1000"))
            .AssertAsRecorded(recording, propertyNames: true);
        (await portal.SendAsync("GET", "/events/event-occurrences/2026-03?eventType=e_visited_page&limit=1"))
            .AssertAsRecorded(Recording.Read("amp/events-e_deal_closed-paging"));
    }

    [SkippableFact]
    public async Task Forms()
    {
        var recording = Recording.Read("amp/forms-list-2026-09-beta");
        await using var portal = await SandboxPortal.StartAsync(contacts: 60);
        (await portal.SendAsync("GET", "/marketing/forms/2026-09-beta?limit=1")).AssertAsRecorded(recording);
    }
}
