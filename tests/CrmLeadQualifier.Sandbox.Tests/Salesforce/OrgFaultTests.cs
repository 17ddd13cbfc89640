using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class OrgFaultTests
{
    private static object Row(string id) => new { attributes = new { type = "Lead" }, id, Title = "Buyer" };

    private static async Task<(RunningOrg Org, string[] Leads)> StartAsync(string faults, int leads = 4)
    {
        var org = await RunningOrg.StartAsync();
        var ids = new List<string>();
        for (var number = 0; number < leads; number++)
            ids.Add(await org.CreateAsync("Lead", new { LastName = $"P{number}", Company = "Acme", Email = $"p{number}@acme.example" }));
        await org.ControlAsync("faults", new { faults });
        return (org, [.. ids]);
    }

    /// <summary>What became of each row: its code, or saved.</summary>
    private static string Codes(Reply reply) => string.Join(' ', reply.Json.EnumerateArray().Select(row => row.GetProperty("success").GetBoolean() ? "saved"
        : row.GetProperty("errors")[0].GetProperty("statusCode").GetString()));

    [Theory]
    [InlineData("429@1", 403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.")]
    [InlineData("429-daily@1", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")]
    [InlineData("503@1", 503, "SERVER_UNAVAILABLE", "Server is temporarily unavailable")]
    [InlineData("query-timeout@1", 400, "QUERY_TIMEOUT", "Your query request was running for too long.")]
    [InlineData("locator-lost@1", 400, "INVALID_QUERY_LOCATOR", "invalid query locator")]
    [InlineData("token-expired@1", 401, "INVALID_SESSION_ID", "Session expired or invalid")]
    [InlineData("api-disabled", 403, "API_CURRENTLY_DISABLED", "API is currently disabled for this user or organization")]
    public async Task A_call_is_refused_in_salesforces_words(string fault, int status, string code, string message)
    {
        var (org, _) = await StartAsync(fault, 1);
        await using var __ = org;
        var refused = await org.QueryAsync("SELECT Id FROM Lead");
        Assert.Equal((status, code, message), (refused.Status, refused.Json[0].GetProperty("errorCode").GetString(), refused.Json[0].GetProperty("message").GetString()));
    }

    [Fact]
    public async Task An_expired_token_ends_alone()
    {
        var (org, _) = await StartAsync("token-expired@1", 1);
        await using var __ = org;
        var other = await org.TokenAsync(("grant_type", "client_credentials"), ("client_id", org.Access.ClientId), ("client_secret", org.Access.ClientSecret));
        await org.ControlAsync("faults", new { faults = "token-expired@1" });
        Assert.Equal(401, (await org.QueryAsync("SELECT Id FROM Lead")).Status);
        org.Http.DefaultRequestHeaders.Authorization = new("Bearer", other["access_token"].GetString());
        Assert.Equal(200, (await org.QueryAsync("SELECT Id FROM Lead")).Status);
    }

    [Fact]
    public async Task Held_rows_fail_once()
    {
        var (org, leads) = await StartAsync("row-locks@1");
        await using var _ = org;
        object[] rows = [.. leads.Select(Row)];
        Assert.Equal("UNABLE_TO_LOCK_ROW saved saved UNABLE_TO_LOCK_ROW", Codes(await org.CollectAsync(rows)));
        await org.AdvanceAsync("5ms");
        Assert.Equal("saved saved saved saved", Codes(await org.CollectAsync(rows)));
    }

    [Theory]
    [InlineData("deleted-ids", "ENTITY_IS_DELETED", 0)]
    [InlineData("merged-ids", "ENTITY_IS_DELETED", 1)]
    [InlineData("converted-ids", "CANNOT_UPDATE_CONVERTED_LEAD", 0)]
    public async Task What_happened_a_moment_before_refuses_a_row(string fault, string code, int row)
    {
        var (org, leads) = await StartAsync(fault);
        await using var _ = org;
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 4).Select(at => at == row ? code : "saved")), Codes(await org.CollectAsync([.. leads.Select(Row)])));
    }

    [Theory]
    [InlineData("duplicate-alert", false, "DUPLICATES_DETECTED")]
    [InlineData("duplicate-alert", true, "saved")]
    [InlineData("duplicate-block", true, "DUPLICATES_DETECTED")]
    public async Task A_duplicate_rule_alerts_or_blocks(string fault, bool allow, string code)
    {
        var (org, leads) = await StartAsync("", 1);
        await using var _ = org;
        await org.CreateAsync("Lead", new { LastName = "Twin", Company = "B", Email = "P0@acme.example" });
        await org.ControlAsync("faults", new { faults = fault });
        var saved = await org.SendAsync("PATCH", RunningOrg.Data + "/composite/sobjects", new { records = new[] { Row(leads[0]) } },
            ("Sforce-Duplicate-Rule-Header", $"allowSave={(allow ? "true" : "false")}"), ("Sforce-Auto-Assign", "FALSE"));
        Assert.Equal(code, Codes(saved));
    }

    [Fact]
    public async Task Fields_and_choices_are_taken_away()
    {
        var (org, leads) = await StartAsync("", 1);
        await using var _ = org;
        await org.ProvisionAsync();
        await org.ControlAsync("faults", new { faults = "field-hidden=Lead.Industry,field-read-only=Lead.LQ_Score__c,choice-deactivated=Lead.LQ_Verdict__c:rejected,validation-rule=City" });
        Assert.Equal("INVALID_FIELD", (await org.QueryAsync("SELECT Industry FROM Lead")).Json[0].GetProperty("errorCode").GetString());
        string? Code(Reply reply) => reply.Json[0].GetProperty("errorCode").GetString();
        Assert.Equal("INVALID_FIELD_FOR_INSERT_UPDATE", Code(await org.PatchAsync("Lead", leads[0], new { LQ_Score__c = 1 })));
        Assert.Equal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Code(await org.PatchAsync("Lead", leads[0], new { LQ_Verdict__c = "rejected" })));
        Assert.Equal("FIELD_CUSTOM_VALIDATION_EXCEPTION", Code(await org.PatchAsync("Lead", leads[0], new { Title = "X" })));
        Assert.Equal(204, (await org.PatchAsync("Lead", leads[0], new { City = "Lyon" })).Status);
    }

    [Theory]
    [InlineData("record-held", "UNABLE_TO_LOCK_ROW saved saved saved")]
    [InlineData("approval-locked", "ENTITY_IS_LOCKED saved saved saved")]
    [InlineData("access-lost", "INSUFFICIENT_ACCESS_OR_READONLY saved saved saved")]
    [InlineData("trigger-fails", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")]
    [InlineData("flow-fails", "CANNOT_EXECUTE_FLOW_TRIGGER CANNOT_EXECUTE_FLOW_TRIGGER CANNOT_EXECUTE_FLOW_TRIGGER CANNOT_EXECUTE_FLOW_TRIGGER")]
    [InlineData("record-held,approval-locked,access-lost", "UNABLE_TO_LOCK_ROW ENTITY_IS_LOCKED INSUFFICIENT_ACCESS_OR_READONLY saved")]
    [InlineData("access-lost,trigger-fails", "INSUFFICIENT_ACCESS_OR_READONLY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")]
    public async Task Records_that_cannot_be_saved_stay_so_and_others_are_saved_without_them(string faults, string codes)
    {
        var (org, leads) = await StartAsync(faults);
        await using var _ = org;
        for (var time = 0; time < 2; time++)
            Assert.Equal(codes, Codes(await org.CollectAsync([.. leads.Select(Row)])));
        Assert.Equal("saved", Codes(await org.CollectAsync(Row(leads[3]))));
        Assert.Equal(codes.EndsWith("saved", StringComparison.Ordinal) ? 4 - faults.Split(',').Length : 1,
            (await org.RowsAsync("SELECT Id FROM Lead WHERE Title = 'Buyer'")).Count());
    }

    [Fact]
    public async Task Fields_are_removed_shortened_and_no_longer_tracked()
    {
        var (org, leads) = await StartAsync("", 1);
        await using var _ = org;
        await org.ProvisionAsync();
        await org.PatchAsync("Lead", leads[0], new { LQ_Grade__c = "A1 of many" });
        await org.ControlAsync("faults", new { faults = "field-removed=Lead.LQ_Score__c,field-shortened=Lead.LQ_Grade__c:4,history-untracked" });
        Assert.Equal("A1 o", (await org.RowsAsync("SELECT LQ_Grade__c FROM Lead"))[0].GetProperty("LQ_Grade__c").GetString());
        string? Code(Reply reply) => reply.Json[0].GetProperty("errorCode").GetString();
        Assert.Equal("INVALID_FIELD", Code(await org.PatchAsync("Lead", leads[0], new { LQ_Score__c = 1 })));
        Assert.Equal("STRING_TOO_LONG", Code(await org.PatchAsync("Lead", leads[0], new { LQ_Grade__c = "12345" })));
        var rows = (await org.RowsAsync("SELECT Id FROM LeadHistory")).Count();
        await org.PatchAsync("Lead", leads[0], new { LQ_Verdict__c = "rejected" });
        Assert.Equal(rows, (await org.RowsAsync("SELECT Id FROM LeadHistory")).Count());
    }

    [Fact]
    public async Task What_the_client_writes_is_set_back_and_what_a_user_entered_a_moment_before_stays()
    {
        var (org, leads) = await StartAsync("", 2);
        await using var _ = org;
        await org.ControlAsync("faults", new { faults = "another-writer=Title,people-edit=City:Lyon" });
        Assert.Equal("saved saved", Codes(await org.CollectAsync([.. leads.Select(Row)])));
        await org.AdvanceAsync("10s");
        var rows = await org.RowsAsync("SELECT Title, City, LastModifiedBy.Email FROM Lead ORDER BY Id");
        Assert.All(rows, row => Assert.Equal(JsonValueKind.Null, row.GetProperty("Title").ValueKind));
        Assert.Equal("Lyon", rows[0].GetProperty("City").GetString());
        Assert.Equal("autoproc@vendor.example", rows[0].GetProperty("LastModifiedBy").GetProperty("Email").GetString());
    }

    [Theory]
    [InlineData("sign-in-refused", "invalid_client")]
    [InlineData("sign-in-refused=inactive_user", "inactive_user")]
    public async Task Nobody_signs_in_any_more(string fault, string error)
    {
        var (org, _) = await StartAsync(fault, 0);
        await using var __ = org;
        Assert.Equal(401, (await org.QueryAsync("SELECT Id FROM Lead")).Status);
        var refused = await org.TokenAsync(("grant_type", "client_credentials"), ("client_id", org.Access.ClientId), ("client_secret", org.Access.ClientSecret));
        Assert.Equal((400, error), (refused.Status, refused["error"].GetString()));
    }

    [Fact]
    public async Task A_job_of_the_orgs_own_stamps_everybody_in_one_second_and_modifies_nobody()
    {
        var (org, _) = await StartAsync("", 3);
        await using var __ = org;
        var modified = (await org.RowsAsync("SELECT LastModifiedDate FROM Lead"))[0].GetProperty("LastModifiedDate").GetString();
        await org.AdvanceAsync("1h");
        await org.ControlAsync("faults", new { faults = "ties" });
        var rows = await org.RowsAsync("SELECT SystemModstamp, LastModifiedDate FROM Lead");
        Assert.Single(rows.Select(row => row.GetProperty("SystemModstamp").GetString()).Distinct());
        Assert.NotEqual(modified, rows[0].GetProperty("SystemModstamp").GetString());
        Assert.All(rows, row => Assert.Equal(modified![..15], row.GetProperty("LastModifiedDate").GetString()![..15]));
    }

    [Fact]
    public async Task An_edit_in_a_page_saves_long_texts_anew()
    {
        var (org, leads) = await StartAsync("page-edits", 1);
        await using var _ = org;
        await org.PatchAsync("Lead", leads[0], new { Description = "one\ntwo" });
        await org.ControlAsync("people/leads/" + leads[0], new { fields = new { Title = "Head" }, user = "admin@vendor.example" });
        Assert.Equal("one\r\ntwo", (await org.RowsAsync("SELECT Description FROM Lead"))[0].GetProperty("Description").GetString());
    }

    [Fact]
    public async Task Another_org_answers()
    {
        var (org, _) = await StartAsync("", 0);
        await using var __ = org;
        string? Id(Reply reply) => reply["organization_id"].GetString();
        var before = Id(await org.SendAsync("GET", "/services/oauth2/userinfo"));
        await org.ControlAsync("faults", new { faults = "account-swapped" });
        var after = Id(await org.SendAsync("GET", "/services/oauth2/userinfo"));
        Assert.NotEqual(before, after);
        Assert.Equal(after, (await org.RowsAsync("SELECT Id FROM Organization")).Single().GetProperty("Id").GetString());
    }

    [Fact]
    public async Task Shared_activities_have_one_lead_or_contacts_and_the_deletion_of_a_relation_only_the_log_knows()
    {
        var (org, leads) = await StartAsync("", 2);
        await using var _ = org;
        Assert.Equal(400, (await org.QueryAsync("SELECT Id FROM TaskRelation")).Status);
        Assert.Equal(400, (await org.QueryAsync("SELECT WhoCount FROM Task")).Status);
        var account = await org.CreateAsync("Account", new { Name = "Shared" });
        var (one, two) = (await org.CreateAsync("Contact", new { LastName = "One", AccountId = account }), await org.CreateAsync("Contact", new { LastName = "Two", AccountId = account }));
        var task = await org.CreateAsync("Task", new { Subject = "Call", WhoId = one });
        await org.ControlAsync("faults", new { faults = "shared-activities" });
        await org.QueryAsync("SELECT Id FROM Lead");
        var second = await org.CreateAsync("TaskRelation", new { TaskId = task, RelationId = two });
        Assert.Equal([one, two], (await org.RowsAsync("SELECT RelationId FROM TaskRelation")).Select(row => row.GetProperty("RelationId").GetString()));
        Assert.Equal(2, (await org.RowsAsync("SELECT WhoCount FROM Task"))[0].GetProperty("WhoCount").GetInt32());
        Assert.Equal(400, (await org.SendAsync("POST", $"{RunningOrg.Data}/sobjects/TaskRelation", new { TaskId = task, RelationId = leads[0] })).Status);
        Assert.Equal(400, (await org.SendAsync("POST", $"{RunningOrg.Data}/sobjects/TaskRelation", new { TaskId = task, RelationId = two })).Status);
        Assert.Equal(405, (await org.SendAsync("PATCH", $"{RunningOrg.Data}/sobjects/TaskRelation/{second}", new { RelationId = one })).Status);

        var first = (await org.RowsAsync($"SELECT Id FROM TaskRelation WHERE RelationId = '{one}'"))[0].GetProperty("Id").GetString();
        await org.SendAsync("DELETE", $"{RunningOrg.Data}/sobjects/TaskRelation/{first}");
        Assert.Single(await org.RowsAsync("SELECT Id FROM TaskRelation", all: true));
        Assert.Equal(two, (await org.RowsAsync("SELECT WhoId FROM Task"))[0].GetProperty("WhoId").GetString());
        await org.AdvanceAsync("2m");
        var (start, end) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var deleted = await org.SendAsync("GET", $"{RunningOrg.Data}/sobjects/TaskRelation/deleted?start={start:yyyy-MM-ddTHH:mm:ss}%2B00:00&end={end:yyyy-MM-ddTHH:mm:ss}%2B00:00");
        Assert.Equal(first, deleted["deletedRecords"][0].GetProperty("id").GetString());

        // With its activity a relation goes to the recycle bin, and shows there.
        await org.SendAsync("DELETE", $"{RunningOrg.Data}/sobjects/Task/{task}");
        Assert.True((await org.RowsAsync("SELECT Id, IsDeleted FROM TaskRelation", all: true)).Single().GetProperty("IsDeleted").GetBoolean());
    }
}
