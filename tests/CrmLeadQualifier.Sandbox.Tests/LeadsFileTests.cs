using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class LeadsFileTests
{
    private const string At = "2026-11-23T09:30:00Z";

    private static Task<RunningSandbox> LoadAsync(params string[] lines) => RunningSandbox.WithLeadsAsync(At, lines);

    private static async Task<JsonElement> FirstAsync(RunningSandbox sandbox, string properties, string type = "contacts") =>
        (await sandbox.GetAsync($"/crm/objects/2026-03/{type}?properties={properties}"))["results"][0].GetProperty("properties");

    [Theory]
    [InlineData("first_name", "\"Zoé\"", "firstname", "Zoé")]
    [InlineData("job_title", "\"CTO\"", "jobtitle", "CTO")]
    [InlineData("region", "\"Rhône\"", "state", "Rhône")]
    [InlineData("postal_code", "\"01000\"", "zip", "01000")]
    [InlineData("source", "\"Google\"", "hs_analytics_source", "Google")]
    [InlineData("source_detail", "\"API\"", "hs_analytics_source_data_1", "API")]
    [InlineData("lead_status", "\"Warm\"", "hs_lead_status", "Warm")]
    [InlineData("language", "\"fr\"", "hs_language", "fr")]
    [InlineData("employees", "120", "numemployees", "120")]
    [InlineData("annual_revenue", "1.5e6", "annualrevenue", "1.5e6")]
    [InlineData("industry", "\"Machines\"", "industry", "Machines")]
    [InlineData("opted_out", "true", "hs_email_optout", "true")]
    [InlineData("opted_out", "\"No\"", "hs_email_optout", "false")]
    [InlineData("need", "\"ERP\"", "need", "ERP")]
    [InlineData("interests", "[\"crm\",\"erp\"]", "interests", "crm;erp")]
    [InlineData("pages_per_visit", "2.67", "pages_per_visit", "2.67")]
    [InlineData("free_copy", "false", "free_copy", "false")]
    [InlineData("is_customer", "true", "lifecyclestage", "customer")]
    [InlineData("created_at", "\"2026-06-01T02:00:00+02:00\"", "createdate", "2026-06-01T00:00:00Z")]
    public async Task An_attribute_is_in_the_property_that_the_mapping_reads_it_from(string attribute, string value, string property, string expected)
    {
        await using var sandbox = await LoadAsync($$"""{"id":"L1","attributes":{"email":"a@b.fr","{{attribute}}":{{value}} } }""");
        Assert.Equal(expected, (await FirstAsync(sandbox, property)).GetProperty(property).GetString());
    }

    [Theory]
    [InlineData("1", "2.5", "number")]
    [InlineData("true", "false", "bool")]
    [InlineData("1", "\"many\"", "string")]
    [InlineData("\"x\"", "\"y\"", "string")]
    public async Task An_attribute_of_the_files_own_becomes_a_property_of_the_type_of_its_values(string first, string second, string type)
    {
        await using var sandbox = await LoadAsync($$"""{"id":"L1","attributes":{"own":{{first}} } }""", $$"""{"id":"L2","attributes":{"own":{{second}} } }""");
        Assert.Equal(type, (await sandbox.GetAsync("/crm/properties/2026-03/contacts/own"))["type"].GetString());
    }

    [Fact]
    public async Task A_value_outside_a_choice_is_added_to_its_options()
    {
        await using var sandbox = await LoadAsync("""{"id":"L1","attributes":{"source":"Olark Chat"}}""");
        var options = (await sandbox.GetAsync("/crm/properties/2026-03/contacts/hs_analytics_source"))["options"].EnumerateArray();
        Assert.Contains(options, option => option.GetProperty("value").GetString() == "Olark Chat");
    }

    [Fact]
    public async Task A_company_is_made_where_its_domain_is_known()
    {
        await using var sandbox = await LoadAsync(
            """{"id":"L1","attributes":{"email":"a@acme.fr","company":"Acme","company_domain":"acme.fr","employees":120,"industry":"MACHINERY"}}""",
            """{"id":"L2","attributes":{"email":"b@acme.fr","company":"Acme","company_domain":"acme.fr","employees":120,"industry":"MACHINERY"}}""");
        var company = Assert.Single((await sandbox.GetAsync("/crm/objects/2026-03/companies?properties=domain,name,numberofemployees,industry"))["results"].EnumerateArray());
        Assert.Equal("120", company.GetProperty("properties").GetProperty("numberofemployees").GetString());
        var contact = await FirstAsync(sandbox, "associatedcompanyid,numemployees,company");
        Assert.Equal(company.GetProperty("id").GetString(), contact.GetProperty("associatedcompanyid").GetString());
        Assert.Equal("Acme", contact.GetProperty("company").GetString());
        Assert.Equal(JsonValueKind.Null, contact.GetProperty("numemployees").ValueKind);
    }

    [Fact]
    public async Task Verdicts_show_with_their_own_instants_once_the_fields_exist()
    {
        await using var sandbox = await LoadAsync(
            """{"id":"L1","attributes":{"email":"a@b.fr","created_at":"2026-06-01T00:00:00Z","owner_email":"karim.benali@vendor.example"},"verdicts":[{"value":"qualified","at":"2026-07-03T00:00:00Z"},{"value":"rejected","reason":"no_need","at":"2026-06-03T00:00:00Z"},{"value":"accepted","at":"2026-11-23T10:30:00Z"}]}""");
        var id = (await sandbox.GetAsync("/crm/objects/2026-03/contacts"))["results"][0].GetProperty("id").GetString()!;
        Assert.Equal("2026-06-01T00:00:00Z", await sandbox.ValueAsync(id, "lastmodifieddate"));

        object[] options = [new { label = "Qualified", value = "qualified" }, new { label = "Rejected", value = "rejected" },
            new { label = "Accepted", value = "accepted" }];
        foreach (var name in new[] { "lq_verdict", "lq_rejection_reason" })
            await sandbox.PostAsync("/crm/properties/2026-03/contacts", new { name, label = name, type = "enumeration", fieldType = "select",
                groupName = "contactinformation", options });
        var read = await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{id}?propertiesWithHistory=lq_verdict,lq_rejection_reason");
        Assert.StartsWith("2026-11-23T09:3", read["updatedAt"].GetString());
        var verdicts = read["propertiesWithHistory"].GetProperty("lq_verdict").EnumerateArray().ToList();
        Assert.Equal(["qualified", "rejected"], verdicts.Select(change => change.GetProperty("value").GetString()!));
        Assert.Equal("2026-06-03T00:00:00Z", verdicts[1].GetProperty("timestamp").GetString());
        Assert.Equal("CRM_UI", verdicts[1].GetProperty("sourceType").GetString());
        Assert.Equal("userId:2507894", verdicts[1].GetProperty("sourceId").GetString());
        Assert.Equal(["", "no_need"], read["propertiesWithHistory"].GetProperty("lq_rejection_reason").EnumerateArray()
            .Select(change => change.GetProperty("value").GetString()!));

        await sandbox.AdvanceAsync("1m");
        var search = """{"filterGroups":[{"filters":[{"propertyName":"lq_verdict","operator":"EQ","value":"qualified"}]}]}""";
        Assert.Equal(1, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/search", search))["total"].GetInt32());

        await sandbox.AdvanceAsync("2h");
        Assert.Equal("accepted", await sandbox.ValueAsync(id, "lq_verdict"));
    }

    [Fact]
    public async Task Activities_are_where_hubspot_records_them()
    {
        await using var sandbox = await LoadAsync(
            """
            {"id":"L1","attributes":{"email":"a@b.fr","created_at":"2026-06-01"},"activities":[
             {"id":"1","kind":"page_view","at":"2026-11-01T09:00:00Z","attributes":{"url":"https://x.fr/tarifs","title":"Tarifs"}},
             {"id":"2","kind":"form_submission","at":"2026-11-02T09:00:00Z","attributes":{"form":"Demande de démo","url":"https://x.fr/demo"}},
             {"id":"3","kind":"email_open","at":"2026-11-03T09:00:00Z","attributes":{"campaign":"Lettre","subject":"Bonjour"}},
             {"id":"4","kind":"email_reply","at":"2026-11-04T09:00:00Z","attributes":{"subject":"Re"}},
             {"id":"5","kind":"meeting","at":"2026-11-05T09:00:00Z","attributes":{"title":"Démo","outcome":"COMPLETED"}},
             {"id":"6","kind":"call","at":"2026-11-06T09:00:00Z","attributes":{"outcome":"Connected","direction":"OUTBOUND","duration_seconds":"90"}},
             {"id":"7","kind":"note","at":"2026-11-07T09:00:00Z"},
             {"id":"8","kind":"task","at":"2026-11-08T09:00:00Z","attributes":{"subject":"Rappeler"}},
             {"id":"9","kind":"chat","at":"2026-11-09T09:00:00Z"},
             {"id":"9","kind":"chat","at":"2026-11-10T09:00:00Z"},
             {"id":"10","kind":"campaign_response","at":"2026-11-10T09:00:00Z"}],
             "deals":[{"id":"D1","created_at":"2026-11-11T09:00:00Z","closed_at":"2026-11-12T09:00:00Z","won":true,"amount":1200}]}
            """.ReplaceLineEndings(" "));
        var id = (await sandbox.GetAsync("/crm/objects/2026-03/contacts"))["results"][0].GetProperty("id").GetString()!;
        Assert.Equal("2026-11-12T09:00:00Z", await sandbox.ValueAsync(id, "lastmodifieddate"));
        Assert.Equal("customer", await sandbox.ValueAsync(id, "lifecyclestage"));
        Assert.Contains("Demande de démo", await sandbox.ValueAsync(id, "recent_conversion_event_name"));

        Assert.Equal("https://x.fr/tarifs",
            (await sandbox.GetAsync("/events/event-occurrences/2026-03?eventType=e_visited_page"))["results"][0].GetProperty("properties")
            .GetProperty("hs_url").GetString());
        var form = (await sandbox.GetAsync("/marketing/forms/2026-09-beta"))["results"][0];
        Assert.Equal("Demande de démo", form.GetProperty("name").GetString());
        var submission = (await sandbox.GetAsync($"/form-integrations/v1/submissions/forms/{form.GetProperty("id").GetString()}"))["results"][0];
        Assert.Equal("a@b.fr", submission.GetProperty("values")[0].GetProperty("value").GetString());
        Assert.Equal("OPEN", (await sandbox.GetAsync("/email/public/v1/events?recipient=a@b.fr"))["events"][0].GetProperty("type").GetString());
        Assert.Equal("INCOMING_EMAIL", (await FirstAsync(sandbox, "hs_email_direction", "emails")).GetProperty("hs_email_direction").GetString());
        Assert.Equal("2026-11-05T09:00:00Z", (await FirstAsync(sandbox, "hs_meeting_start_time", "meetings")).GetProperty("hs_meeting_start_time").GetString());
        Assert.Equal("90000", (await FirstAsync(sandbox, "hs_call_duration", "calls")).GetProperty("hs_call_duration").GetString());
        Assert.Equal("2026-11-08T09:00:00Z", (await FirstAsync(sandbox, "hs_task_completion_date", "tasks")).GetProperty("hs_task_completion_date")
            .GetString());
        Assert.Equal("closedwon", (await FirstAsync(sandbox, "dealstage", "deals")).GetProperty("dealstage").GetString());
        Assert.Equal("2026-11-10T09:00:00Z", (await FirstAsync(sandbox, "hs_timestamp", "communications")).GetProperty("hs_timestamp").GetString());
        foreach (var type in new[] { "calls", "emails", "meetings", "notes", "tasks", "communications", "deals" })
        {
            var linked = await sandbox.PostAsync($"/crm/v4/associations/contacts/{type}/batch/read", new { inputs = new[] { new { id } } });
            Assert.Equal(200, linked.Status);
        }
        Assert.Contains(sandbox.Notices, notice => notice.StartsWith("1 activities left out"));
    }

    [Fact]
    public async Task Bad_lines_are_named_without_their_data_and_the_others_loaded()
    {
        await using var sandbox = await LoadAsync(
            """{"id":"L1","attributes":{"email":"a@b.fr"}}""",
            "secret, but no JSON",
            """{"id":"L1","attributes":{"email":"again@b.fr"}}""",
            """{"id":7}""",
            "",
            """{"id":"L2","activities":[{"kind":"page_view","at":"soon"}]}""",
            """{"id":"L3","attributes":{"email":"A@B.fr"}}""",
            """{"id":"L4","attributes":{"first_name":"Half \ud83d of a pair"}}""");
        Assert.Equal(["2", "3", "4", "6"], sandbox.Notices.Where(notice => notice.Contains("the line is left out")).Select(notice => notice.Split(':')[^2]));
        Assert.Contains(sandbox.Notices, notice => notice.StartsWith("1 leads left out"));
        Assert.DoesNotContain(sandbox.Notices, notice => notice.Contains("secret") || notice.Contains('@'));
        var loaded = (await sandbox.GetAsync("/crm/objects/2026-03/contacts"))["results"].EnumerateArray().ToList();
        Assert.Equal(2, loaded.Count);
        Assert.Equal("Half \uFFFD of a pair", loaded[1].GetProperty("properties").GetProperty("firstname").GetString());
    }

    [Fact]
    public async Task Hostile_text_is_kept_and_what_is_no_text_is_left_out()
    {
        var file = Path.GetTempFileName();
        byte[] notUtf8 = [.. "{\"id\":\"L1\",\"attributes\":{\"first_name\":\""u8, 0xFF, 0xFE, .. "\"}}\n"u8];
        byte[] hostile = [.. """{"id":"L2","attributes":{"first_name":"a\u0000b\ud83d\ude00","need":"LONG"}}"""u8];
        var text = System.Text.Encoding.UTF8.GetString(hostile).Replace("LONG", new string('x', 100_000));
        await File.WriteAllBytesAsync(file, [.. notUtf8, .. System.Text.Encoding.UTF8.GetBytes(text)]);
        await using var sandbox = await RunningSandbox.StartAsync(new CommandLine.SandboxOptions { Leads = file, Limits = Limits.LimitTier.Off });
        File.Delete(file);
        Assert.Contains(":1: ", Assert.Single(sandbox.Notices));
        var loaded = await FirstAsync(sandbox, "firstname,need");
        Assert.Equal("a\0b\U0001F600", loaded.GetProperty("firstname").GetString());
        Assert.Equal(100_000, loaded.GetProperty("need").GetString()!.Length);
    }

    [Fact]
    public async Task The_same_file_gives_the_same_ids()
    {
        await using var first = await LoadAsync("""{"id":"L1"}""", """{"id":"L2"}""");
        await using var second = await LoadAsync("""{"id":"L1"}""", """{"id":"L2"}""");
        Assert.Equal((await first.GetAsync("/crm/objects/2026-03/contacts")).Body, (await second.GetAsync("/crm/objects/2026-03/contacts")).Body);
    }

    [SkippableFact]
    public async Task The_real_leads_are_all_there()
    {
        var file = SharedFolder.Find("data/x-education.leads.jsonl");
        Skip.IfNot(file is not null, "../shared/data/x-education.leads.jsonl is not beside the repository.");
        await using var sandbox = await RunningSandbox.StartAsync(new CommandLine.SandboxOptions { Leads = file, Limits = Limits.LimitTier.Off });
        Assert.Empty(sandbox.Notices);
        Assert.Equal(9_240, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/search", new { limit = 1 }))["total"].GetInt32());
        Assert.Equal("number", (await sandbox.GetAsync("/crm/properties/2026-03/contacts/seconds_on_site"))["type"].GetString());
        Assert.Equal("bool", (await sandbox.GetAsync("/crm/properties/2026-03/contacts/free_copy"))["type"].GetString());
    }
}
