using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class WritingTests
{
    private static object Row(string id, object? score = null, string field = "LQ_Score__c") =>
        new Dictionary<string, object?> { ["attributes"] = new { type = "Lead" }, ["id"] = id, [field] = score };

    private static async Task<(RunningOrg Org, string Lead)> WithLeadAsync(TimeSpan? commit = null)
    {
        var org = await RunningOrg.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off, IndexLag = commit ?? TimeSpan.Zero });
        var lead = await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" });
        await org.ProvisionAsync();
        return (org, lead);
    }

    [Fact]
    public async Task A_collection_answers_row_by_row()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var other = await org.CreateAsync("Lead", new { LastName = "Roux", Company = "Acme" });
        var answer = await org.CollectAsync(Row(lead, 75), Row(other, "refused", "LQ_Verdict__c"), Row(lead[..15], 76), Row("00Qd20000009999EAA", 1), Row("003d20000000001AAA", 1));
        Assert.Equal(200, answer.Status);
        Assert.Equal($$"""{"id":"{{lead}}","success":true,"errors":[]}""", answer.Json[0].GetRawText());
        Assert.Equal(["success", "errors"], answer.Json[1].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["statusCode", "message", "fields"], answer.Json[1].GetProperty("errors")[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "DUPLICATE_VALUE", "INVALID_CROSS_REFERENCE_KEY", "INVALID_CROSS_REFERENCE_KEY"],
            answer.Json.EnumerateArray().Skip(1).Select(row => row.GetProperty("errors")[0].GetProperty("statusCode").GetString()));
        Assert.Equal("75.0", (await org.RowsAsync($"SELECT LQ_Score__c FROM Lead WHERE Id = '{lead}'"))[0].GetProperty("LQ_Score__c").GetRawText());
    }

    [Theory]
    [InlineData("LQ_Grade__c", "\"0123456789x\"", "STRING_TOO_LONG")]
    [InlineData("LQ_Score__c", "12345", "NUMBER_OUTSIDE_VALID_RANGE")]
    [InlineData("LQ_Verdict__c", "\"perhaps\"", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")]
    [InlineData("LQ_Nothing__c", "1", "INVALID_FIELD")]
    [InlineData("Email", "\"no address\"", "INVALID_EMAIL_ADDRESS")]
    [InlineData("LastName", "null", "REQUIRED_FIELD_MISSING")]
    [InlineData("CreatedDate", "\"2026-01-01T00:00:00Z\"", "INVALID_FIELD_FOR_INSERT_UPDATE")]
    [InlineData("OwnerId", "\"001d20000000001AAA\"", "INVALID_CROSS_REFERENCE_KEY")]
    [InlineData("LQ_Score__c", "\"many\"", "JSON_PARSER_ERROR")]
    [InlineData("HasOptedOutOfEmail", "\"maybe\"", "JSON_PARSER_ERROR")]
    public async Task A_value_that_does_not_fit_is_refused(string field, string value, string code)
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var refused = await org.PatchAsync("Lead", lead, $$"""{"{{field}}": {{value}}}""");
        Assert.Equal(400, refused.Status);
        Assert.Equal(code, refused.Json[0].GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task Too_many_rows_refuse_the_call()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var refused = await org.CollectAsync([.. Enumerable.Repeat(Row(lead, 1), 201)]);
        Assert.Equal(400, refused.Status);
        Assert.Equal("EXCEEDED_ID_LIMIT", refused.Json[0].GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_write_is_answered_empty_and_moves_the_stamps_even_to_the_same_value()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        async Task<string> Stamp() => (await org.RowsAsync($"SELECT SystemModstamp FROM Lead WHERE Id = '{lead}'"))[0].GetProperty("SystemModstamp").GetString()!;
        var wrote = await org.PatchAsync("Lead", lead, new { LQ_Score__c = 5 });
        Assert.Equal((204, ""), (wrote.Status, wrote.Body));
        var first = await Stamp();
        Assert.EndsWith(".000+0000", first);
        await org.AdvanceAsync("3s");
        await org.PatchAsync("Lead", lead, new { LQ_Score__c = 5 });
        Assert.True(string.CompareOrdinal(await Stamp(), first) > 0);
    }

    [Fact]
    public async Task Without_the_header_an_update_runs_the_assignment_rule_again()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        async Task<string> Owner() => (await org.RowsAsync($"SELECT Owner.Type FROM Lead WHERE Id = '{lead}'"))[0].GetProperty("Owner").GetProperty("Type").GetString()!;
        await org.PatchAsync("Lead", lead, new { LQ_Score__c = 5 });
        Assert.Equal("User", await Owner());
        await org.PatchAsync("Lead", lead, new { LQ_Score__c = 6 }, assign: true);
        Assert.Equal("Queue", await Owner());
    }

    [Fact]
    public async Task A_field_is_invisible_until_it_is_granted()
    {
        await using var org = await RunningOrg.StartAsync();
        var lead = await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" });
        await org.DeployAsync(("objects/Lead.object", RunningOrg.LeadFields), ("permissionsets/Worker.permissionset", RunningOrg.WorkerPermissions));
        Assert.Equal("INVALID_FIELD", (await org.QueryAsync("SELECT LQ_Score__c FROM Lead")).Json[0].GetProperty("errorCode").GetString());
        Assert.Equal("INVALID_FIELD_FOR_INSERT_UPDATE", (await org.PatchAsync("Lead", lead, new { LQ_Score__c = 1 })).Json[0].GetProperty("errorCode").GetString());
        Assert.DoesNotContain("LQ_Score__c", (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Lead/describe")).Body);
        await org.AssignAsync();
        Assert.Equal(204, (await org.PatchAsync("Lead", lead, new { LQ_Score__c = 1 })).Status);
        Assert.Contains("LQ_Score__c", (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Lead/describe")).Body);
        Assert.Single(await org.RowsAsync("SELECT Id FROM ListView WHERE SobjectType = 'Lead' AND DeveloperName = 'LQ_To_Answer'"));
    }

    [Fact]
    public async Task An_admin_can_hide_a_standard_field()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ControlAsync("field-security", new { field = "Lead.Industry", readable = false });
        Assert.Equal("INVALID_FIELD", (await org.QueryAsync("SELECT Industry FROM Lead")).Json[0].GetProperty("errorCode").GetString());
    }

    [Theory]
    [InlineData("<fields><fullName>LQ_A__c</fullName><label>A</label><type>Text</type></fields>", "length")]
    [InlineData("<fields><fullName>LQ_A__c</fullName><label>A</label><type>Sound</type></fields>", "field type")]
    [InlineData("<fields><fullName>LQ_A</fullName><label>A</label><type>Date</type></fields>", "__c")]
    [InlineData("<listViews><fullName>V</fullName><label>V</label><columns>LQ_B__c</columns></listViews>", "LQ_B__c")]
    public async Task A_failing_deployment_changes_nothing(string part, string told)
    {
        await using var org = await RunningOrg.StartAsync();
        var result = await org.DeployAsync(("objects/Lead.object", "<CustomObject><fields><fullName>LQ_Good__c</fullName><label>Good</label><type>Date</type></fields>" + part + "</CustomObject>"),
            ("permissionsets/Worker.permissionset", "<PermissionSet><label>W</label><fieldPermissions><field>Lead.LQ_Good__c</field><readable>true</readable><editable>true</editable></fieldPermissions></PermissionSet>"));
        Assert.Equal("Failed", result.GetProperty("status").GetString());
        Assert.Contains(told, result.GetProperty("details").GetProperty("componentFailures")[0].GetProperty("problem").GetString());
        Assert.Empty(await org.RowsAsync("SELECT Id FROM PermissionSet WHERE Name = 'Worker'"));
    }

    [Fact]
    public async Task Deploying_again_changes_what_is_there_and_keeps_its_values()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        await org.PatchAsync("Lead", lead, new { LQ_Verdict__c = "rejected" });
        var result = await org.DeployAsync(("objects/Lead.object", RunningOrg.LeadFields.Replace("<value><fullName>rejected</fullName><default>false</default><label>Rejected</label></value>", "")));
        Assert.Equal("Succeeded", result.GetProperty("status").GetString());
        Assert.Equal("rejected", (await org.RowsAsync("SELECT LQ_Verdict__c FROM Lead"))[0].GetProperty("LQ_Verdict__c").GetString());
        Assert.Equal(400, (await org.PatchAsync("Lead", lead, new { LQ_Verdict__c = "rejected" })).Status);
    }

    [Fact]
    public async Task A_tracked_field_leaves_history_by_whoever_changed_it()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        await org.PatchAsync("Lead", lead, new { LQ_Verdict__c = "qualified" });
        var edited = await org.ControlAsync("people/leads/" + lead, new { fields = new { LQ_Verdict__c = "rejected" }, user = "claire.dubois@vendor.example" });
        Assert.Equal(200, edited.Status);
        var rows = await org.RowsAsync($"SELECT Field, OldValue, NewValue, CreatedBy.Name, CreatedDate FROM LeadHistory WHERE LeadId = '{lead}' AND Field = 'LQ_Verdict__c' ORDER BY CreatedDate, Id");
        Assert.Equal([(null, "qualified", "Lead Qualification Integration"), ("qualified", "rejected", "Claire Dubois")],
            rows.Select(row => (row.GetProperty("OldValue").GetString(), row.GetProperty("NewValue").GetString(), row.GetProperty("CreatedBy").GetProperty("Name").GetString())));
        Assert.Empty(await org.RowsAsync("SELECT Id FROM LeadHistory WHERE Field = 'LQ_Score__c'"));
    }

    [Fact]
    public async Task What_a_person_does_is_seen_later_with_the_stamp_of_when_it_was_begun()
    {
        var (org, lead) = await WithLeadAsync(commit: TimeSpan.FromMinutes(5));
        await using var _ = org;
        var before = DateTimeOffset.Parse((await org.SendAsync("GET", "/__sandbox/clock"))["now"].GetString()!);
        await org.ControlAsync("people/leads/" + lead, new { fields = new { City = "Lyon" }, user = "claire.dubois@vendor.example" });
        Assert.Equal(JsonValueKind.Null, (await org.RowsAsync("SELECT City FROM Lead"))[0].GetProperty("City").ValueKind);
        await org.AdvanceAsync("6m");
        var row = (await org.RowsAsync("SELECT City, SystemModstamp FROM Lead"))[0];
        Assert.Equal("Lyon", row.GetProperty("City").GetString());
        Assert.InRange(DateTimeOffset.Parse(row.GetProperty("SystemModstamp").GetString()!.Replace("+0000", "Z")), before.AddSeconds(-1), before.AddSeconds(30));
    }

    [Fact]
    public async Task A_converted_lead_is_read_only_and_its_activities_are_the_contacts()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var task = await org.CreateAsync("Task", new { WhoId = lead, Subject = "Call", Status = "Completed" });
        var campaign = await org.CreateAsync("Campaign", new { Name = "Webinar" });
        await org.CreateAsync("CampaignMember", new { CampaignId = campaign, LeadId = lead });
        await org.AdvanceAsync("1m");
        var converted = await org.ControlAsync($"people/leads/{lead}/convert", new { user = "claire.dubois@vendor.example", opportunity = "Acme deal" });
        var contact = converted["contactId"].GetString()!;
        var refused = await org.CollectAsync(Row(lead, 1));
        Assert.Equal("CANNOT_UPDATE_CONVERTED_LEAD", refused.Json[0].GetProperty("errors")[0].GetProperty("statusCode").GetString());
        var row = (await org.RowsAsync($"SELECT WhoId, Who.Type, CreatedDate, SystemModstamp FROM Task WHERE Id = '{task}'"))[0];
        Assert.Equal((contact, "Contact"), (row.GetProperty("WhoId").GetString(), row.GetProperty("Who").GetProperty("Type").GetString()));
        Assert.NotEqual(row.GetProperty("CreatedDate").GetString(), row.GetProperty("SystemModstamp").GetString());
        Assert.Equal(contact, (await org.RowsAsync("SELECT ContactId FROM CampaignMember"))[0].GetProperty("ContactId").GetString());
        Assert.Equal((true, contact), (await org.RowsAsync("SELECT IsConverted, ConvertedContactId FROM Lead")).Select(read =>
            (read.GetProperty("IsConverted").GetBoolean(), read.GetProperty("ConvertedContactId").GetString())).Single());
        Assert.Single(await org.RowsAsync($"SELECT Id FROM OpportunityContactRole WHERE ContactId = '{contact}'"));
    }

    [Fact]
    public async Task A_merged_lead_names_its_survivor()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var loser = await org.CreateAsync("Lead", new { LastName = "Roi", Company = "Acme" });
        await org.ControlAsync($"people/leads/{lead}/merge", new { user = "claire.dubois@vendor.example", loser });
        Assert.Equal(lead, (await org.RowsAsync("SELECT MasterRecordId FROM Lead WHERE IsDeleted = true", all: true)).Single().GetProperty("MasterRecordId").GetString());
    }

    [Fact]
    public async Task Validation_rules_and_locks_refuse_rows_until_they_no_longer_hold()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        await org.ControlAsync("validation-rules", new { @object = "Lead", condition = "Country = null AND LQ_Score__c > 50", message = "Tell the country first." });
        var broken = await org.CollectAsync(Row(lead, 75));
        Assert.Equal("""{"statusCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"Tell the country first.","fields":[]}""", broken.Json[0].GetProperty("errors")[0].GetRawText());
        Assert.Equal(204, (await org.PatchAsync("Lead", lead, new { LQ_Score__c = 40 })).Status);
        await org.ControlAsync("locks", new Dictionary<string, object> { ["id"] = lead, ["for"] = "30s" });
        Assert.Equal("UNABLE_TO_LOCK_ROW", (await org.CollectAsync(Row(lead, 41))).Json[0].GetProperty("errors")[0].GetProperty("statusCode").GetString());
        await org.AdvanceAsync("31s");
        Assert.True((await org.CollectAsync(Row(lead, 41))).Json[0].GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task A_composite_call_is_one_of_the_allocation_and_holds_five_queries()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        object Query(int number) => new { method = "GET", url = $"{RunningOrg.Data}/queryAll?q=SELECT+Id+FROM+Lead", referenceId = "q" + number };
        var used = (await org.QueryAsync("SELECT COUNT() FROM Lead")).Header("Sforce-Limit-Info")!;
        var five = await org.SendAsync("POST", RunningOrg.Data + "/composite", new { compositeRequest = Enumerable.Range(1, 5).Select(Query)
            .Append(new { method = "PATCH", url = RunningOrg.Data + "/sobjects/Lead/@{q1.records[0].Id}", referenceId = "patch", body = new { LQ_Score__c = 9 } }) });
        Assert.Equal(int.Parse(used["api-usage=".Length..used.IndexOf('/')]) + 1, int.Parse(five.Header("Sforce-Limit-Info")!["api-usage=".Length..].Split('/')[0]));
        Assert.Equal([200, 200, 200, 200, 200, 204], five["compositeResponse"].EnumerateArray().Select(part => part.GetProperty("httpStatusCode").GetInt32()));
        Assert.Equal(["body", "httpHeaders", "httpStatusCode", "referenceId"], five["compositeResponse"][0].EnumerateObject().Select(member => member.Name));
        Assert.Equal("9.0", (await org.RowsAsync($"SELECT LQ_Score__c FROM Lead WHERE Id = '{lead}'"))[0].GetProperty("LQ_Score__c").GetRawText());
        Assert.Equal(400, (await org.SendAsync("POST", RunningOrg.Data + "/composite", new { compositeRequest = Enumerable.Range(1, 6).Select(Query) })).Status);
    }

    [Fact]
    public async Task A_batch_answers_each_part_and_counts_them_all()
    {
        var (org, lead) = await WithLeadAsync();
        await using var _ = org;
        var answer = await org.SendAsync("POST", RunningOrg.Data + "/composite/batch", new { batchRequests = new object[]
        {
            new { method = "GET", url = "v66.0/sobjects/Lead/describe" }, new { method = "GET", url = $"v66.0/sobjects/Lead/{lead}?fields=Company" }, new { method = "GET", url = "v66.0/sobjects/Nothing/describe" },
        } });
        Assert.True(answer["hasErrors"].GetBoolean());
        Assert.Equal([200, 200, 404], answer["results"].EnumerateArray().Select(part => part.GetProperty("statusCode").GetInt32()));
        Assert.Equal("Acme", answer["results"][1].GetProperty("result").GetProperty("Company").GetString());
    }
}
