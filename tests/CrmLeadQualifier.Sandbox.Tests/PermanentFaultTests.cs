using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>What stays until somebody acts, and what people and other programs do at the wrong moment.</summary>
public sealed class PermanentFaultTests
{
    private const string Contacts = "/crm/objects/2026-03/contacts";

    [Theory]
    [InlineData("forms", "GET", "/marketing/v3/forms")]
    [InlineData("crm.objects.companies.read", "GET", "/crm/v3/objects/companies")]
    [InlineData("crm.objects.contacts.read", "POST", "/crm/objects/2026-03/calls/search")]
    [InlineData("crm.schemas.contacts.write", "POST", "/crm/properties/2026-03/contacts/groups")]
    [InlineData("crm.objects.owners.read", "GET", "/crm/owners/2026-09")]
    [InlineData("crm.lists.read", "GET", "/crm/v3/lists/1")]
    [InlineData("content", "GET", "/email/public/v1/events")]
    public async Task A_missing_scope_is_named(string scope, string method, string path)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await PlanAsync(sandbox, "missing-scope=" + scope);
        var refused = await sandbox.SendAsync(new HttpMethod(method), path, method == "POST" ? new { } : null);
        Assert.Equal(403, refused.Status);
        Assert.Equal("MISSING_SCOPES", refused["category"].GetString());
        Assert.Equal(scope, refused["context"].GetProperty("requiredGranularScopes")[0].GetString());
    }

    [Fact]
    public async Task Who_may_not_read_emails_reads_them_without_words()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("emails", new { hs_timestamp = "2026-11-23T09:00:00Z", hs_email_subject = "Offer", hs_email_direction = "EMAIL" });
        await PlanAsync(sandbox, "missing-scope=sales-email-read");
        var email = (await sandbox.GetAsync("/crm/objects/2026-03/emails?properties=hs_email_subject,hs_email_direction"))["results"][0];
        Assert.Equal(JsonValueKind.Null, email.GetProperty("properties").GetProperty("hs_email_subject").ValueKind);
        Assert.Equal("EMAIL", email.GetProperty("properties").GetProperty("hs_email_direction").GetString());
    }

    [Fact]
    public async Task Without_an_enterprise_hub_events_are_refused_or_empty()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "page_view", attributes = new { url = "https://x.fr/" } });
        const string events = "/events/event-occurrences/2026-03?eventType=e_visited_page";
        await PlanAsync(sandbox, "events-empty");
        Assert.Empty((await sandbox.GetAsync(events))["results"].EnumerateArray());
        await PlanAsync(sandbox, "events-forbidden");
        Assert.Equal(403, (await sandbox.GetAsync(events)).Status);
        Assert.Equal(200, (await sandbox.GetAsync("/events/event-occurrences/2026-03/event-types")).Status);
    }

    [Fact]
    public async Task Properties_and_options_go_at_the_call_that_was_named()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await sandbox.PostAsync("/crm/properties/2026-03/contacts",
            new { name = "lq_score", label = "Score", type = "number", fieldType = "number", groupName = "contactinformation" });
        await PlanAsync(sandbox, "property-removed=lq_score@2,option-removed=hs_lead_status:NEW@2");
        Assert.Equal(200, (await sandbox.UpdateAsync(id, new { lq_score = "1", hs_lead_status = "NEW" })).Status);
        var refused = await sandbox.UpdateAsync(id, new { lq_score = "2", hs_lead_status = "NEW" });
        Assert.Equal(400, refused.Status);
        Assert.Equal(["PROPERTY_DOESNT_EXIST", "INVALID_OPTION"], refused["errors"].EnumerateArray().Select(error => error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task An_admins_rule_is_enforced_from_2026_09_on_whatever_is_written()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await PlanAsync(sandbox, "validation-rule=city");
        object batch = new { inputs = new[] { new { id, properties = new { firstname = "Ann" } } } };
        Assert.Equal(200, (await sandbox.PostAsync(Contacts + "/batch/update", batch)).Status);
        var refused = await sandbox.PostAsync("/crm/objects/2026-09/contacts/batch/update", batch);
        Assert.Equal(400, refused.Status);
        Assert.Equal("VALIDATION_ERROR", refused["category"].GetString());
        Assert.Equal("city", refused["errors"][0].GetProperty("context").GetProperty("propertyName")[0].GetString());
        Assert.Equal(400, (await sandbox.PostAsync("/crm/objects/2026-09/contacts", new { properties = new { email = "c@b.fr" } })).Status);
        Assert.Equal(200, (await sandbox.PatchAsync($"/crm/objects/2026-09/contacts/{id}", new { properties = new { city = "Lyon" } })).Status);
        Assert.Equal(200, (await sandbox.PostAsync("/crm/objects/2026-09/contacts/batch/update", batch)).Status);
    }

    [Fact]
    public async Task Two_ids_of_one_contact_are_a_duplicate_where_batches_resolve_merged_ids()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var (first, second) = (await sandbox.CreateAsync("contacts", new { email = "a@b.fr" }), await sandbox.CreateAsync("contacts", new { email = "c@d.fr" }));
        await sandbox.PostAsync($"/__sandbox/people/contacts/{first}/merge", new { other = second, user = "2506672" });
        object batch = new { inputs = new[] { first, second }.Select(id => new { id, properties = new { city = "Lyon" } }) };
        Assert.Equal(207, (await sandbox.PostAsync(Contacts + "/batch/update", batch)).Status);
        await PlanAsync(sandbox, "duplicate-id");
        var refused = await sandbox.PostAsync(Contacts + "/batch/update", batch);
        Assert.Equal(400, refused.Status);
        Assert.StartsWith("Duplicate IDs found in batch input", refused["message"].GetString());
        Assert.Equal(200, (await sandbox.UpdateAsync(first, new { city = "Lyon" })).Status);
    }

    [Fact]
    public async Task Contacts_are_merged_and_deleted_just_before_a_batch_that_writes_them()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add(await sandbox.CreateAsync("contacts", new { email = $"a{i}@b.fr" }));
        object batch = new { inputs = ids.Select(id => new { id, properties = new { city = "Lyon" } }) };
        await PlanAsync(sandbox, "merged-ids");
        var merged = await sandbox.PostAsync(Contacts + "/batch/update", batch);
        Assert.Equal(207, merged.Status);
        Assert.Equal(ids[2], Assert.Single(merged["results"].EnumerateArray()).GetProperty("id").GetString());
        Assert.NotEqual(ids[0], (await sandbox.GetAsync($"{Contacts}/{ids[0]}"))["id"].GetString());
        await PlanAsync(sandbox, "deleted-ids");
        var deleted = await sandbox.UpdateAsync(ids[2], new { city = "Nantes" });
        Assert.Equal("OBJECT_NOT_FOUND", deleted["errors"][0].GetProperty("category").GetString());
        Assert.Equal(ids[2], (await sandbox.GetAsync(Contacts + "?archived=true"))["results"][0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_property_over_the_limit_is_refused_and_the_limit_can_be_read()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await PlanAsync(sandbox, "property-limit=2");
        Assert.Equal(400, (await CreateAsync("one", "two", "three")).Status);
        Assert.Equal(201, (await CreateAsync("one", "two")).Status);
        // What exists already takes no room.
        Assert.Equal(207, (await CreateAsync("one", "two")).Status);
        var limit = (await sandbox.GetAsync("/crm/limits/2026-03/custom-properties"))["byObjectType"].EnumerateArray()
            .Single(type => type.GetProperty("objectTypeId").GetString() == "0-1");
        Assert.Equal((2, 2), (limit.GetProperty("limit").GetInt32(), limit.GetProperty("usage").GetInt32()));

        Task<Reply> CreateAsync(params string[] names) => sandbox.PostAsync("/crm/properties/2026-03/contacts/batch/create", new
        {
            inputs = names.Select(name => new { name, label = name, type = "string", fieldType = "text", groupName = "contactinformation" }),
        });
    }

    [Fact]
    public async Task Another_account_can_answer_under_the_same_token()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var before = (await sandbox.GetAsync("/account-info/2026-03/details"))["portalId"].GetInt64();
        await PlanAsync(sandbox, "account-swapped@2");
        Assert.Equal(before, (await sandbox.GetAsync("/account-info/2026-03/details"))["portalId"].GetInt64());
        Assert.NotEqual(before, (await sandbox.GetAsync("/account-info/2026-03/details"))["portalId"].GetInt64());
    }

    [Fact]
    public async Task Another_program_writes_back_a_second_later_each_time()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, "another-writer=city");
        await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal("Nantes", await sandbox.ValueAsync(id, "city"));
        await sandbox.AdvanceAsync("1s");
        var read = await sandbox.GetAsync($"{Contacts}/{id}?propertiesWithHistory=city");
        var history = read["propertiesWithHistory"].GetProperty("city").EnumerateArray().ToList();
        Assert.Equal(["Lyon", "Nantes", "Lyon"], history.Select(change => change.GetProperty("value").GetString()));
        Assert.Equal("INTEGRATION", history[0].GetProperty("sourceType").GetString());
        Assert.NotEqual(history[1].GetProperty("sourceId").GetString(), history[0].GetProperty("sourceId").GetString());
    }

    [Fact]
    public async Task A_person_edits_between_the_read_and_the_write()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, "people-edit=lifecyclestage:salesqualifiedlead");
        await sandbox.UpdateAsync(id, new { lifecyclestage = "marketingqualifiedlead" });
        var read = await sandbox.GetAsync($"{Contacts}/{id}?propertiesWithHistory=lifecyclestage");
        var history = read["propertiesWithHistory"].GetProperty("lifecyclestage").EnumerateArray().ToList();
        Assert.Equal(["salesqualifiedlead", "lead"], history.Select(change => change.GetProperty("value").GetString()));
        Assert.Equal("CRM_UI", history[0].GetProperty("sourceType").GetString());
    }

    [Fact]
    public async Task Contacts_move_while_they_are_listed()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 8, Seed = 4, Limits = LimitTier.Off });
        await PlanAsync(sandbox, "list-moves");
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await sandbox.GetAsync($"{Contacts}?limit=4{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page["results"].EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            after = page.TryGet("paging")?.GetProperty("next").GetProperty("after").GetString();
        }
        while (after is not null);
        // Four of the first page, two that nothing happened to, the survivor of the merge and the one that arrived.
        Assert.Equal(8, seen.Distinct().Count());
        Assert.Equal(207, (await sandbox.PostAsync(Contacts + "/batch/update",
            new { inputs = seen.Select(id => new { id, properties = new { city = "Lyon" } }) })).Status);
    }

    [Fact]
    public async Task A_tenth_of_the_views_is_attached_with_its_own_instants_once_the_visitor_says_who_it_is()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 60, Seed = 4, Limits = LimitTier.Off });
        const string events = "/events/event-occurrences/2026-03?eventType=e_visited_page&limit=1000";
        var all = Visitors(await sandbox.GetAsync(events));
        await PlanAsync(sandbox, "late-views");
        var early = Visitors(await sandbox.GetAsync(events));
        var late = all.Keys.Except(early.Keys).ToList();
        Assert.InRange(late.Count, 1, 6);
        Assert.Equal("0", await sandbox.ValueAsync(late[0], "hs_analytics_num_page_views"));
        await sandbox.PostAsync($"/__sandbox/people/contacts/{late[0]}/activities", new { kind = "form_submission", attributes = new { form = "Demo" } });
        Assert.Equal(all[late[0]], Visitors(await sandbox.GetAsync(events)).GetValueOrDefault(late[0]));
        Assert.Equal($"{all[late[0]]}", await sandbox.ValueAsync(late[0], "hs_analytics_num_page_views"));

        static Dictionary<string, int> Visitors(Reply answer) =>
            answer["results"].EnumerateArray().CountBy(view => view.GetProperty("objectId").GetString()!).ToDictionary();
    }

    [Fact]
    public async Task A_company_moves_its_contacts_forward_where_the_portal_is_set_so()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await PlanAsync(sandbox, "company-lifecycle-sync");
        var (ahead, behind) = (await sandbox.CreateAsync("contacts", new { lifecyclestage = "customer" }), await sandbox.CreateAsync("contacts", new { }));
        var company = await sandbox.CreateAsync("companies", new { name = "Acme" });
        await sandbox.PostAsync("/crm/associations/2026-03/contacts/companies/batch/create",
            new { inputs = new[] { ahead, behind }.Select(id => new { from = new { id }, to = new { id = company } }) });
        await sandbox.PatchAsync($"/crm/objects/2026-03/companies/{company}", new { properties = new { lifecyclestage = "salesqualifiedlead" } });
        Assert.Equal("customer", await sandbox.ValueAsync(ahead, "lifecyclestage"));
        Assert.Equal("salesqualifiedlead", await sandbox.ValueAsync(behind, "lifecyclestage"));
    }

    private static Task<Reply> PlanAsync(RunningSandbox sandbox, string faults) => sandbox.PostAsync("/__sandbox/faults", new { faults });
}
