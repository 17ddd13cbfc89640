using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Tests.Writing;

public sealed class WritingTests
{
    private const string One = "003000000000001AAA";
    private const string Two = "003000000000002AAA";

    [Fact]
    public async Task A_batch_is_one_collection_with_the_headers_that_keep_the_org_still()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", Saved(One, Two));
        using var crm = org.Client();
        var results = await crm.WriteAsync("contact",
        [
            new RecordWrite(One, new Dictionary<string,
                string> { ["score"] = "42", ["stage"] = "mql", ["handed_over_at"] = "2026-11-23T09:30:00Z", ["recontact_on"] = "2026-12-01" }),
            new RecordWrite(Two, new Dictionary<string, string> { ["verdict"] = "", ["score"] = "", ["reasons"] = "a\nb" }) { Lifecycle = "anything" },
        ], default);
        Assert.All(results, result => Assert.Equal((WriteOutcome.Written, null), (result.Outcome, result.Stamp)));
        var sent = org.Requests[^1];
        Assert.Equal(
            """{"allOrNone":false,"records":[{"attributes":{"type":"Contact"},"id":"003000000000001AAA","LQ_Score__c":42,"LQ_Stage__c":"mql","LQ_Handed_Over_At__c":"2026-11-23T09:30:00Z","LQ_Recontact_On__c":"2026-12-01"},"""
            + """{"attributes":{"type":"Contact"},"id":"003000000000002AAA","LQ_Verdict__c":null,"LQ_Score__c":null,"LQ_Reasons__c":"a\nb"}]}""",
            sent.Body);
        Assert.Equal(("FALSE", "allowSave=true"), (sent.Headers["Sforce-Auto-Assign"], sent.Headers["Sforce-Duplicate-Rule-Header"]));
    }

    [Fact]
    public async Task The_status_of_a_lead_is_written_only_where_it_is_mapped()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", Saved("00Q000000000001AAA"));
        RecordWrite[] batch = [new("00Q000000000001AAA", new Dictionary<string, string> { ["stage"] = "mql" }) { Lifecycle = "Working" }];
        using var crm = org.Client();
        await crm.WriteAsync("lead", batch, default);
        Assert.DoesNotContain("Status", org.Requests[^1].Body);
        using var mapped = org.Client(mapping: new SalesforceMapping { WritesLeadStatus = true });
        await mapped.WriteAsync("lead", batch, default);
        Assert.Contains("\"Status\":\"Working\"", org.Requests[^1].Body);
    }

    [Fact]
    public async Task Each_record_fares_by_itself()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", $$"""
            [{"id":"{{One}}","success":true,"errors":[]},
             {"success":false,"errors":[{"statusCode":"CANNOT_UPDATE_CONVERTED_LEAD","message":"cannot reference converted lead","fields":[]}]},
             {"success":false,"errors":[{"statusCode":"ENTITY_IS_DELETED","message":"entity is deleted","fields":[]}]}]
            """).OnQuery("FROM Contact WHERE Id IN", FakeOrg.Page(""));
        using var crm = org.Client();
        var results = await crm.WriteAsync("contact", [Write(One), Write(Two), Write("003000000000003AAA")], default);
        Assert.Equal([WriteOutcome.Written, WriteOutcome.Converted, WriteOutcome.Gone], results.Select(result => result.Outcome));
        Assert.Equal("CANNOT_UPDATE_CONVERTED_LEAD: cannot reference converted lead", results[1].Reason);
    }

    [Fact]
    public async Task A_locked_row_is_sent_again_alone_until_it_is_free()
    {
        var calls = 0;
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", _ => FakeOrg.Json(++calls switch
        {
            1 => $"[{Ok(One)},{Failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")}]",
            2 => $"[{Failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")}]",
            _ => $"[{Ok(Two)}]",
        }));
        using var crm = org.Client(new ImpatientClock());
        Assert.All(await crm.WriteAsync("contact", [Write(One), Write(Two)], default), result => Assert.Equal(WriteOutcome.Written, result.Outcome));
        Assert.Equal(3, calls);
        Assert.DoesNotContain(One, org.Requests[^1].Body);
    }

    [Fact]
    public async Task A_row_that_stays_locked_is_left_to_the_next_run()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", $"[{Failed("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")}]");
        var clock = new ImpatientClock();
        var started = clock.GetTimestamp();
        using var crm = org.Client(clock);
        Assert.Equal(WriteOutcome.Again, (await crm.WriteAsync("contact", [Write(One)], default)).Single().Outcome);
        Assert.InRange(clock.GetElapsedTime(started).TotalSeconds, 4.5, 7.5);
        Assert.Equal(4, org.Requests.Count(asked => asked.Method == "PATCH"));
    }

    [Fact]
    public async Task A_collection_that_the_orgs_automation_refuses_as_a_whole_is_sent_in_smaller_ones_until_the_guilty_record_is_alone()
    {
        var ids = Enumerable.Range(1, 200).Select(i => FormattableString.Invariant($"003000000000{i:000}AAA")).ToList();
        var sizes = new List<int>();
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", asked =>
        {
            var sent = ids.Where(id => asked.Body.Contains(id, StringComparison.Ordinal)).ToList();
            sizes.Add(sent.Count);
            return FakeOrg.Json(sent.Contains(ids[73])
                ? $"[{string.Join(',', sent.Select(_ => Failed("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "LeadTrigger: System.LimitException: Apex CPU time limit exceeded")))}]"
                : Saved([.. sent]));
        });
        using var crm = org.Client(new ImpatientClock());
        var results = await crm.WriteAsync("contact", [.. ids.Select(Write)], default);
        var refused = Assert.Single(results, result => result.Outcome != WriteOutcome.Written);
        Assert.Equal((ids[73], WriteOutcome.Refused), (refused.RecordId, refused.Outcome));
        Assert.StartsWith("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: LeadTrigger: System.LimitException: Apex CPU time limit exceeded", refused.Reason);
        Assert.Equal([200, 50, 50, 10, 10, 10, .. Enumerable.Repeat(1, 10), 10, 10, 50, 50], sizes);
    }

    [Fact]
    public async Task A_trigger_that_refuses_some_records_only_is_their_own_affair_once_they_are_alone()
    {
        var calls = 0;
        var refused = Failed("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "not this one");
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", _ => FakeOrg.Json(++calls == 1 ? $"[{Ok(One)},{refused}]" : $"[{refused}]"));
        using var crm = org.Client();
        Assert.Equal([WriteOutcome.Written, WriteOutcome.Refused], (await crm.WriteAsync("contact", [Write(One), Write(Two)], default)).Select(result => result.Outcome));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Contacts_of_one_account_leave_side_by_side()
    {
        string[] ids = [One, Two, "003000000000003AAA"];
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", Saved(One, "003000000000003AAA", Two));
        using var crm = org.Client();
        await crm.WriteAsync("contact", [.. ids.Zip(new[] { "001B", "001C", "001B" }, (id, account) => Write(id) with { CompanyId = account })], default);
        Assert.True(org.Requests[^1].Body.IndexOf(ids[2], StringComparison.Ordinal) < org.Requests[^1].Body.IndexOf(Two, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_is_there_after_all_is_refused_and_not_gone()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", $"[{Failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")}]");
        org.OnQuery("FROM Contact WHERE Id IN", FakeOrg.Page($$"""{"Id":"{{One}}","SystemModstamp":"2026-11-23T09:00:00.000+0000"}"""));
        using var crm = org.Client();
        Assert.Equal(WriteOutcome.Refused, Assert.Single(await crm.WriteAsync("contact", [Write(One)], default)).Outcome);
    }

    [Fact]
    public async Task What_the_orgs_texts_hold_is_told_where_it_is_less_than_usual()
    {
        var org = new FakeOrg().DescribeAs("Lead", """
            {"name":"LQ_Reasons__c","type":"textarea","length":255},{"name":"LQ_Grade__c","type":"string","length":255},{"name":"LQ_Previous__c","type":"string","length":80},{"name":"LQ_Score__c","type":"double","length":0}
            """);
        using var crm = org.Client();
        Assert.Equal(new Dictionary<string, int> { ["reasons"] = 255, ["previous"] = 80 }, await crm.ShorterTextsAsync("lead", default));
    }

    [Fact]
    public async Task The_write_of_a_merged_record_is_not_forced_on_its_survivor()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", $"[{Failed("ENTITY_IS_DELETED", "entity is deleted")},{Ok(Two)}]");
        org.OnQuery("FROM Contact WHERE Id IN", FakeOrg.Page(
            $$"""{"Id":"{{One}}","IsDeleted":true,"MasterRecordId":"{{Two}}","SystemModstamp":"2026-11-23T09:00:00.000+0000"}"""));
        using var crm = org.Client();
        Assert.Equal([(One, WriteOutcome.Gone), (Two, WriteOutcome.Written)],
            (await crm.WriteAsync("contact", [Write(One), Write(Two)], default)).Select(result => (result.RecordId, result.Outcome)));
        Assert.Single(org.Requests, asked => asked.Method == "PATCH");
    }

    [Theory]
    [InlineData(400, "INVALID_FIELD", "No such column 'LQ_Score__c' on sobject of type Contact")]
    [InlineData(200, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: LQ_Score__c. Please check the security settings of this field")]
    public async Task Fields_that_our_user_cannot_write_refuse_the_batch_and_are_named(int status, string code, string words)
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", status == 400 ? FakeOrg.Error(code, words)
            : $"[{Failed(code, words)},{Failed(code, words)}]", status);
        using var crm = org.Client();
        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() => crm.WriteAsync("contact", [Write(One), Write(Two)], default));
        Assert.Equal(["score"], refused.UnknownFields);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_write_without_an_answer_is_of_unknown_outcome_and_sent_once(int status)
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", "<html>", status);
        using var crm = org.Client();
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => crm.WriteAsync("contact", [Write(One)], default));
        Assert.Single(org.Requests, asked => asked.Method == "PATCH");
    }

    [Fact]
    public async Task An_answer_with_fewer_rows_than_records_tells_nothing_of_any()
    {
        var org = new FakeOrg().On("PATCH", "/composite/sobjects", Saved(One));
        using var crm = org.Client();
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => crm.WriteAsync("contact", [Write(One), Write(Two)], default));
    }

    [Fact]
    public async Task The_history_says_who_changed_a_field_and_whether_that_was_us()
    {
        var org = new FakeOrg().DescribeAs("Contact", """{"name":"Id"},{"name":"LQ_Verdict__c","type":"picklist","picklistValues":[{"value":"accepted","label":"Accepté"},{"value":"rejected","label":"Rejeté"}]}""");
        org.OnQuery("FROM ContactHistory", FakeOrg.Page($$"""
            {"Id":"017000000000001AAA","ContactId":"{{One}}","Field":"LQ_Verdict__c","NewValue":"Accepté","CreatedById":"{{FakeOrg.Person}}","CreatedDate":"2026-11-20T09:00:00.000+0000"},
            {"Id":"017000000000002AAA","ContactId":"{{One}}","Field":"LQ_Verdict__c","NewValue":null,"CreatedById":"{{FakeOrg.Ours}}","CreatedDate":"2026-11-22T09:00:00.000+0000"},
            {"Id":"017000000000003AAA","ContactId":"{{One}}","Field":"LQ_Verdict__c","NewValue":"rejected","CreatedById":"005000000000077AAA","CreatedDate":"2026-11-21T09:00:00.000+0000"}
            """));
        using var crm = org.Client();
        var changes = await crm.ReadHistoryAsync("contact", [One], ["verdict", "rejection_reason", "comment"], default);
        Assert.Equal(
            $"SELECT Id, ContactId, Field, NewValue, CreatedById, CreatedDate FROM ContactHistory WHERE ContactId IN ('{One}') AND Field IN ('LQ_Verdict__c', 'LQ_Rejection_Reason__c')",
            org.Queries[^1]);
        Assert.Equal([("", false, true), ("rejected", false, false), ("accepted", true, false)],
            changes.Select(change => (change.Value, change.IsPerson, change.IsOurs)));
        Assert.Equal(FakeOrg.Person, changes[2].UserId);
    }

    [Fact]
    public async Task An_object_without_history_has_none()
    {
        var org = new FakeOrg().OnQuery("FROM LeadHistory", FakeOrg.Error("INVALID_TYPE", "sObject type 'LeadHistory' is not supported."));
        using var crm = org.Client();
        Assert.Empty(await crm.ReadHistoryAsync("lead", ["00Q000000000001AAA"], ["verdict"], default));
    }

    private static RecordWrite Write(string id) => new(id, new Dictionary<string, string> { ["score"] = "1" });

    private static string Saved(params string[] ids) => $"[{string.Join(',', ids.Select(Ok))}]";

    private static string Ok(string id) => $$"""{"id":"{{id}}","success":true,"errors":[]}""";

    private static string Failed(string code, string message) =>
        $$"""{"success":false,"errors":[{"statusCode":"{{code}}","message":{{JsonSerializer.Serialize(message)}},"fields":["LQ_Score__c"]}]}""";
}
