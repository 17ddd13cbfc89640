using System.Text.Json;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>The sandbox's answers about companies, deals, engagements and associations beside HubSpot's recorded ones.</summary>
public sealed class ObjectAnswers
{
    [SkippableTheory]
    [InlineData("dlt/companies-list", "companies")]
    [InlineData("dlt/deals-list", "deals")]
    public async Task Lists_with_default_properties(string name, string type)
    {
        var recording = Recording.Read(name);
        await using var portal = await SandboxPortal.StartAsync();
        if (type == "companies")
            await portal.CreateAsync(type, new { name = "Acme", domain = "acme.fr" });
        else
            await portal.CreateAsync(type, new { dealname = "D", amount = "500" });
        (await portal.SendAsync("GET", $"/crm/v3/objects/{type}")).AssertAsRecorded(recording, propertyNames: true);
    }

    [SkippableFact]
    public async Task Meetings()
    {
        var created = Recording.Read("cc/meeting-create-201");
        await using var portal = await SandboxPortal.StartAsync();
        var body = created.RequestBody.Replace("156644386", "31871817");
        (await portal.SendAsync("POST", "/crm/v3/objects/meetings", body)).AssertAsRecorded(created);
        var refused = Recording.Read("cc/meeting-create-400-invalid-long");
        var answer = await portal.SendAsync("POST", "/crm/v3/objects/meetings", refused.RequestBody.Replace("156644386", "31871817"));
        answer.AssertAsRecorded(refused);
        Assert.Equal(refused.Body.GetProperty("message").GetString()!.Replace("62515", "44237313"), answer.Json.GetProperty("message").GetString());

        var contact = await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        for (var i = 0; i < 5; i++)
        {
            var meeting = (await portal.SendAsync("POST", "/crm/v3/objects/meetings", body)).Json.GetProperty("id").GetString()!;
            await portal.AssociateAsync("meetings", meeting, "contacts", contact);
        }
        await portal.IndexAsync();
        const string list = "/crm/v3/objects/meetings?limit=2&properties=hubspot_owner_id,hs_meeting_title,hs_meeting_body,hs_meeting_start_time,hs_meeting_end_time";
        (await portal.SendAsync("GET", list)).AssertAsRecorded(Recording.Read("cc/meetings-list-paging"), propertyNames: true);
        var search = Recording.Read("cc/meetings-search-assoc-sorted-paged");
        var found = await portal.SendAsync("POST", "/crm/v3/objects/meetings/search", search.RequestBody.Replace("1451", contact));
        found.AssertAsRecorded(search, propertyNames: true);
        Assert.Equal("3", found.Json.GetProperty("paging").GetProperty("next").GetProperty("after").GetString());
    }

    [SkippableFact]
    public async Task Tasks()
    {
        var recording = Recording.Read("cc/task-create-201-with-associations");
        await using var portal = await SandboxPortal.StartAsync();
        var contact = await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        var body = new { properties = recording.Request.GetProperty("body").GetProperty("properties"),
            associations = new[] { new { to = new { id = contact } } } };
        var created = await portal.SendAsync("POST", "/crm/v3/objects/tasks", body);
        created.AssertAsRecorded(recording);
        var id = created.Json.GetProperty("id").GetString();
        (await portal.SendAsync("PATCH", $"/crm/v3/objects/tasks/{id}", new { properties = new { hs_task_status = "COMPLETED" } }))
            .AssertAsRecorded(Recording.Read("cc/task-patch"));
        await portal.IndexAsync();
        var search = Recording.Read("cc/tasks-search-by-association");
        (await portal.SendAsync("POST", "/crm/v3/objects/tasks/search", search.RequestBody.Replace("associations.ticket", "associations.contact")
            .Replace("16676542642", contact)))
            .AssertAsRecorded(search, propertyNames: true);
        (await portal.SendAsync("GET", "/crm/v3/objects/tasks/996174569112?properties=hs_task_subject,hs_task_status"))
            .AssertAsRecorded(Recording.Read("cc/task-get-404-html"));
    }

    [SkippableFact]
    public async Task Associations_of_contacts_and_companies()
    {
        await using var portal = await SandboxPortal.StartAsync();
        var contact = await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        var alone = await portal.CreateAsync("contacts", new { email = "c@b.fr" });
        var company = await portal.CreateAsync("companies", new { name = "Acme" });
        object pair = new { from = new { id = contact }, to = new { id = company } };
        (await portal.SendAsync("POST", "/crm/associations/2026-03/0-1/0-2/batch/create", new { inputs = new[] { pair } }))
            .AssertAsRecorded(Recording.Read("amp/assoc-batch-create-contact-company"));
        object unknown = new { from = new { id = contact }, to = new { id = "unknown_id_123456798" } };
        object itself = new { from = new { id = contact }, to = new { id = contact } };
        (await portal.SendAsync("POST", "/crm/associations/2026-03/0-1/0-1/batch/create", new { inputs = new[] { unknown, itself } }))
            .AssertAsRecorded(Recording.Read("amp/assoc-batch-create-207-invalid-and-self"));
        (await portal.SendAsync("POST", "/crm/associations/2026-03/contacts/companies/batch/read",
            new { inputs = new[] { new { id = contact }, new { id = alone } } }))
            .AssertAsRecorded(Recording.Read("amp/assoc-batch-read-207-no-associations-found"));
    }

    [SkippableFact]
    public async Task Associations_of_deals_under_v4()
    {
        var recording = Recording.Read("cc/assoc-v4-batch-create-201");
        await using var portal = await SandboxPortal.StartAsync();
        var deal = await portal.CreateAsync("deals", new { dealname = "D" });
        var contact = await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        var company = await portal.CreateAsync("companies", new { name = "Acme" });
        (await portal.AssociateAsync("Deal", deal, "Contact", contact)).AssertAsRecorded(recording);
        await portal.AssociateAsync("Deal", deal, "Company", company);
        (await portal.AssociateAsync("Deal", deal, "Contact", "1234")).AssertAsRecorded(Recording.Read("cc/assoc-v4-batch-create-207-partial"));
        (await portal.SendAsync("GET", $"/crm/v4/objects/Deal/{deal}/associations/Contact")).AssertAsRecorded(Recording.Read("cc/assoc-v4-get"));
        object inputs = new { inputs = new[] { new { from = new { id = deal }, to = new[] { new { id = company } } } } };
        (await portal.SendAsync("POST", "/crm/v4/associations/Deal/Company/batch/archive", inputs))
            .AssertAsRecorded(Recording.Read("cc/assoc-v4-batch-archive-204"));
    }

    [SkippableFact]
    public async Task A_ticket_with_properties_that_have_no_value()
    {
        var recording = Recording.Read("cc/ticket-get-null-properties");
        await using var portal = await SandboxPortal.StartAsync(limits: "190");
        var ticket = await portal.CreateAsync("tickets", new { subject = "test ticket", hs_pipeline = "0", hs_pipeline_stage = "1", hs_ticket_priority = "HIGH" });
        const string asked = "content,createdate,hs_lastmodifieddate,hs_object_id,hs_pipeline,hs_pipeline_stage,hs_ticket_category,hs_ticket_priority,hubspot_owner_id,subject";
        (await portal.SendAsync("GET", $"/crm/v3/objects/tickets/{ticket}?properties={asked}")).AssertAsRecorded(recording, propertyNames: true);
    }

    [SkippableFact]
    public async Task What_the_token_has_no_scope_for()
    {
        var recording = Recording.Read("amp/schemas-403-missing-scopes");
        await using var portal = await SandboxPortal.StartAsync();
        var answer = await portal.SendAsync("GET", "/crm-object-schemas/2026-03/schemas/contacts");
        answer.AssertAsRecorded(recording);
        Assert.Equal(recording.Body.GetProperty("message").GetString(), answer.Json.GetProperty("message").GetString());
        Assert.Equal("custom-object-read", answer.Json.GetProperty("context").GetProperty("requiredGranularScopes")[0].GetString());
    }
}
