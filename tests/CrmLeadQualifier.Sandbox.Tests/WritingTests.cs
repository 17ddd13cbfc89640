using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class WritingTests
{
    [Fact]
    public async Task A_new_contact_is_a_lead_with_hubspots_own_marks()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var created = await sandbox.PostAsync("/crm/objects/2026-03/contacts", new { properties = new { email = "Zoe.Nash@Acme.FR ", firstname = "Zoe" } });
        Assert.Equal(201, created.Status);
        var properties = created["properties"];
        Assert.Equal("zoe.nash@acme.fr", properties.GetProperty("email").GetString());
        Assert.Equal("lead", properties.GetProperty("lifecyclestage").GetString());
        Assert.Equal("acme.fr", properties.GetProperty("hs_email_domain").GetString());
        Assert.Equal("INTEGRATION", properties.GetProperty("hs_object_source").GetString());
        Assert.Equal("contacts-lifecycle-pipeline", properties.GetProperty("hs_pipeline").GetString());
    }

    [Fact]
    public async Task The_lifecycle_goes_forward_and_a_refused_way_back_looks_like_success()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        Assert.Equal(200, (await sandbox.UpdateAsync(id, new { lifecyclestage = "marketingqualifiedlead" })).Status);
        Assert.Equal("marketingqualifiedlead", await sandbox.ValueAsync(id, "lifecyclestage"));

        var back = await sandbox.UpdateAsync(id, new { lifecyclestage = "lead" });
        Assert.Equal(200, back.Status);
        Assert.Equal("lead", back["results"][0].GetProperty("properties").GetProperty("lifecyclestage").GetString());
        Assert.Equal("marketingqualifiedlead", await sandbox.ValueAsync(id, "lifecyclestage"));

        await sandbox.UpdateAsync(id, new { lifecyclestage = "" });
        await sandbox.UpdateAsync(id, new { lifecyclestage = "lead" });
        Assert.Equal("lead", await sandbox.ValueAsync(id, "lifecyclestage"));
    }

    [Theory]
    [InlineData("""{"never_heard_of":"1"}""", "PROPERTY_DOESNT_EXIST", "never_heard_of")]
    [InlineData("""{"hs_lead_status":"new"}""", "INVALID_OPTION", "hs_lead_status")]
    [InlineData("""{"lifecyclestage":"MQL"}""", "INVALID_OPTION", "lifecyclestage")]
    [InlineData("""{"hs_object_id":"7"}""", "READ_ONLY_VALUE", "hs_object_id")]
    [InlineData("""{"lastmodifieddate":"2026-01-01T00:00:00Z"}""", "READ_ONLY_VALUE", "lastmodifieddate")]
    [InlineData("""{"num_conversion_events":"7"}""", "READ_ONLY_VALUE", "num_conversion_events")]
    [InlineData("""{"hubspot_owner_id":"404"}""", "INVALID_OWNER_ID", "hubspot_owner_id")]
    [InlineData("""{"email":"no address"}""", "INVALID_EMAIL", "email")]
    public async Task One_bad_value_refuses_the_whole_batch_without_naming_the_row(string bad, string code, string property)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var first = await sandbox.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon" });
        var second = await sandbox.CreateAsync("contacts", new { email = "c@b.fr" });
        var refused = await sandbox.PostAsync(
            "/crm/objects/2026-03/contacts/batch/update",
            $$"""{"inputs":[{"id":"{{first}}","properties":{"city":"Nantes"} },{"id":"{{second}}","properties":{{bad}} }]}""");
        Assert.Equal(400, refused.Status);
        Assert.Equal("VALIDATION_ERROR", refused["category"].GetString());
        Assert.StartsWith("Property values were not valid: [{", refused["message"].GetString());
        Assert.Equal(code, refused["errors"][0].GetProperty("code").GetString());
        Assert.Equal(property, refused["errors"][0].GetProperty("context").GetProperty("propertyName")[0].GetString());
        Assert.DoesNotContain(second, refused.Body);
        Assert.Equal("Lyon", await sandbox.ValueAsync(first, "city"));
    }

    [Theory]
    [InlineData("number", "number", "12", true)]
    [InlineData("number", "number", "1e3", true)]
    [InlineData("number", "number", "twelve", false)]
    [InlineData("number", "number", "12,5", false)]
    [InlineData("date", "date", "2026-11-23", true)]
    [InlineData("date", "date", "1795392000000", true)]
    [InlineData("date", "date", "2026-11-23T10:00:00Z", false)]
    [InlineData("datetime", "date", "2026-11-23T10:00:00+01:00", true)]
    [InlineData("datetime", "date", "soon", false)]
    public async Task A_value_must_fit_its_propertys_type(string type, string fieldType, string value, bool fits)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.PostAsync("/crm/properties/2026-03/contacts", new { name = "tried", label = "Tried", type, fieldType, groupName = "contactinformation" });
        var id = await sandbox.CreateAsync("contacts", new { });
        Assert.Equal(fits ? 200 : 400, (await sandbox.UpdateAsync(id, new { tried = value })).Status);
    }

    [Fact]
    public async Task Dates_are_accepted_as_milliseconds_and_read_as_iso()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("meetings", new { hs_meeting_start_time = "1651568400000" });
        Assert.Equal("2022-05-03T09:00:00Z", await sandbox.ValueAsync(id, "hs_meeting_start_time", "meetings"));
    }

    [Fact]
    public async Task An_unknown_id_fails_alone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var partial = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/update", new
        {
            inputs = new object[] { new { id = "999", properties = new { city = "Lille" } }, new { id, properties = new { city = "Lyon" } },
                new { id = "x", properties = new { city = "Metz" } } },
        });
        Assert.Equal(207, partial.Status);
        Assert.Equal(id, Assert.Single(partial["results"].EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(1, partial["numErrors"].GetInt32());
        Assert.Equal(["999", "x"], partial["errors"][0].GetProperty("context").GetProperty("ids").EnumerateArray().Select(missing => missing.GetString()!));
        Assert.Equal("Lyon", await sandbox.ValueAsync(id, "city"));
    }

    [Fact]
    public async Task The_same_id_twice_in_a_batch_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var row = new { id, properties = new { city = "Lyon" } };
        var refused = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/update", new { inputs = new[] { row, row } });
        Assert.Equal(400, refused.Status);
        Assert.Equal($"Duplicate IDs found in batch input: [{id}]. IDs must be unique", refused["message"].GetString());
    }

    [Fact]
    public async Task A_batch_takes_a_hundred_rows_and_no_more()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        object Rows(int count) => new { inputs = Enumerable.Range(1, count).Select(i => new { id = $"{i}", properties = new { city = "Lyon" } }) };
        Assert.Equal(207, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/update", Rows(100))).Status);
        Assert.Equal(400, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/update", Rows(101))).Status);
        Assert.Equal(400, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/read", Rows(101))).Status);
        var withHistory = new { propertiesWithHistory = new[] { "city" }, inputs = Enumerable.Range(1, 51).Select(i => new { id = $"{i}" }) };
        Assert.Equal(400, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/read", withHistory)).Status);
    }

    [Fact]
    public async Task Writing_stamps_the_contact_once_and_only_where_something_changed()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await sandbox.AdvanceAsync("1h");
        var changed = await sandbox.UpdateAsync(id, new { city = "Nantes" });
        var stamp = changed["results"][0].GetProperty("updatedAt").GetString();
        await sandbox.AdvanceAsync("1h");
        var same = await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal(stamp, same["results"][0].GetProperty("updatedAt").GetString());
        Assert.Equal(stamp, await sandbox.ValueAsync(id, "lastmodifieddate"));
    }

    [Fact]
    public async Task History_is_newest_first_and_tells_an_integration_from_a_user()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await sandbox.AdvanceAsync("1m");
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { city = "Nantes" }, user = "tom.hughes@vendor.example" });
        await sandbox.AdvanceAsync("1m");
        await sandbox.UpdateAsync(id, new { city = "" });
        var read = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/read",
            new { inputs = new[] { new { id } }, propertiesWithHistory = new[] { "city" } });
        var history = read["results"][0].GetProperty("propertiesWithHistory").GetProperty("city").EnumerateArray().ToList();
        Assert.Equal(["", "Nantes", "Lyon"], history.Select(change => change.GetProperty("value").GetString()!));
        Assert.Equal(["INTEGRATION", "CRM_UI", "INTEGRATION"], history.Select(change => change.GetProperty("sourceType").GetString()!));
        var user = history[1].GetProperty("updatedByUserId").GetInt64();
        Assert.Equal($"userId:{user}", history[1].GetProperty("sourceId").GetString());
        Assert.Equal("", read["results"][0].GetProperty("properties").GetProperty("city").GetString());
    }

    [Fact]
    public async Task Calls_at_the_same_time_are_handled_one_after_the_other()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "start" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => sandbox.UpdateAsync(id, new { city = $"City {number}" })));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var read = await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{id}?propertiesWithHistory=city");
        Assert.Equal(41, read["propertiesWithHistory"].GetProperty("city").GetArrayLength());
        Assert.Equal(42, (await sandbox.GetAsync("/__sandbox/stats"))["calls"].GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task An_address_belongs_to_one_contact()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var other = await sandbox.CreateAsync("contacts", new { email = "c@b.fr" });
        var again = await sandbox.PostAsync("/crm/objects/2026-03/contacts", new { properties = new { email = "A@B.fr" } });
        Assert.Equal(409, again.Status);
        Assert.Contains(id, again["message"].GetString());
        Assert.Equal(409, (await sandbox.PatchAsync($"/crm/v3/objects/contacts/{other}", new { properties = new { email = "a@b.fr" } })).Status);
        Assert.Equal(409, (await sandbox.UpdateAsync(other, new { email = "a@b.fr" })).Status);

        var batch = new { inputs = new object[] { new { properties = new { email = "a@b.fr" } }, new { properties = new { email = "d@b.fr" } } } };
        Assert.Equal(409, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/create", batch)).Status);
        var traced = new { inputs = new object[] { new { properties = new { email = "a@b.fr" }, objectWriteTraceId = "0" },
            new { properties = new { email = "d@b.fr" }, objectWriteTraceId = "1" } } };
        var partial = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/create", traced);
        Assert.Equal(207, partial.Status);
        Assert.Equal(id, partial["errors"][0].GetProperty("context").GetProperty("existingId")[0].GetString());
    }

    [Fact]
    public async Task A_leading_semicolon_adds_to_a_multiple_choice()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        object[] options = [new { label = "A", value = "a" }, new { label = "B", value = "b" }];
        await sandbox.PostAsync("/crm/properties/2026-03/contacts", new { name = "topics", label = "Topics", type = "enumeration", fieldType = "checkbox",
            groupName = "contactinformation", options });
        var id = await sandbox.CreateAsync("contacts", new { topics = "a" });
        await sandbox.UpdateAsync(id, new { topics = ";b" });
        Assert.Equal("a;b", await sandbox.ValueAsync(id, "topics"));
        Assert.Equal(400, (await sandbox.UpdateAsync(id, new { topics = "a;c" })).Status);
    }

    [Fact]
    public async Task A_merged_contacts_old_ids_lead_to_the_survivor_but_not_in_a_batch_update()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var first = await sandbox.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon" });
        var second = await sandbox.CreateAsync("contacts", new { email = "c@b.fr", jobtitle = "CTO" });
        var merged = await sandbox.PostAsync("/crm/objects/2026-03/contacts/merge", new { primaryObjectId = first, objectIdToMerge = second });
        var survivor = merged["id"].GetString();
        Assert.NotEqual(first, survivor);
        foreach (var old in new[] { first, second })
        {
            var read = await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{old}?properties=city,jobtitle,hs_merged_object_ids,hs_additional_emails");
            Assert.Equal(survivor, read["id"].GetString());
            Assert.Equal("Lyon", read["properties"].GetProperty("city").GetString());
            Assert.Equal("CTO", read["properties"].GetProperty("jobtitle").GetString());
            Assert.Equal($"{first};{second}", read["properties"].GetProperty("hs_merged_object_ids").GetString());
            Assert.Equal("c@b.fr", read["properties"].GetProperty("hs_additional_emails").GetString());
            Assert.Equal(207, (await sandbox.UpdateAsync(old, new { city = "Metz" })).Status);
        }
    }

    [Fact]
    public async Task A_deal_moves_its_people_to_opportunity_and_a_won_one_to_customer()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var deal = await sandbox.CreateAsync("deals", new { dealname = "Deal", amount = "100" });
        await sandbox.PostAsync("/crm/associations/2026-03/deals/contacts/batch/create",
            new { inputs = new[] { new { from = new { id = deal }, to = new { id = contact } } } });
        Assert.Equal("opportunity", await sandbox.ValueAsync(contact, "lifecyclestage"));
        await sandbox.PatchAsync($"/crm/objects/2026-03/deals/{deal}", new { properties = new { dealstage = "closedwon" } });
        Assert.Equal("customer", await sandbox.ValueAsync(contact, "lifecyclestage"));
        Assert.Equal("true", await sandbox.ValueAsync(deal, "hs_is_closed_won", "deals"));
    }

    [Fact]
    public async Task An_archived_contact_is_only_in_the_archived_list()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        Assert.Equal(204, (await sandbox.SendAsync(HttpMethod.Delete, $"/crm/objects/2026-03/contacts/{id}")).Status);
        Assert.Equal(404, (await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{id}")).Status);
        Assert.Empty((await sandbox.GetAsync("/crm/objects/2026-03/contacts"))["results"].EnumerateArray());
        var archived = Assert.Single((await sandbox.GetAsync("/crm/objects/2026-03/contacts?archived=true"))["results"].EnumerateArray());
        Assert.True(archived.GetProperty("archived").GetBoolean());
        Assert.Equal(JsonValueKind.String, archived.GetProperty("archivedAt").ValueKind);
    }
}
