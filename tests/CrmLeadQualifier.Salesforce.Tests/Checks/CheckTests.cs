using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Mapping;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Salesforce.Tests.Checks;

public sealed class CheckTests
{
    private static readonly FieldDefinition[] Fields = [new(LeadField.Score, "Score", "", []), new(LeadField.Stage, "Stage", "", [])];

    [Fact]
    public async Task Each_thing_is_tested_and_each_failure_says_what_to_do()
    {
        var org = Org().DescribeAs("Lead", """{"name":"Id"},{"name":"SystemModstamp"},{"name":"Email","calculated":true},{"name":"LQ_Score__c","updateable":false}""");
        org.OnQuery("FROM Event", FakeOrg.Error("INVALID_TYPE", "sObject type 'Event' is not supported."));
        var findings = await CheckAsync(org);
        Assert.Equal(CheckResult.Passed, Of(findings, "token").Result);
        Assert.Equal(CheckResult.Passed, Of(findings, "API version").Result);
        Assert.Equal(CheckResult.Passed, Of(findings, "stream contacts").Result);
        Assert.Equal(CheckResult.Notice, Of(findings, "stream events").Result);
        Assert.Equal(CheckResult.Notice, Of(findings, "clock").Result);
        Assert.Contains("formula", Of(findings, "field Lead.Email").Finding);
        Assert.Contains("mapped", Of(findings, "field Lead.Company").Finding);
        Assert.Contains("permission set", Of(findings, "field Lead.LQ_Score__c").Advice);
        Assert.Equal("Run provision.", Of(findings, "field Lead.LQ_Stage__c").Advice);
        Assert.Contains(FakeOrg.Connector, Of(findings, "connector").Finding);
        Assert.All(findings.Where(finding => finding.Result == CheckResult.Failed), finding => Assert.NotNull(finding.Advice));
    }

    [Fact]
    public async Task A_connector_that_is_mapped_is_as_it_should_be()
    {
        var finding = Of(await CheckAsync(Org(), new SalesforceMapping { ConnectorUsers = [FakeOrg.Person[..15]] }), "connector");
        Assert.Equal(CheckResult.Passed, finding.Result);
        Assert.EndsWith($" ({FakeOrg.Person}): what it creates is a copy", finding.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_the_org_lacks_and_a_day_that_is_nearly_used_up_are_told()
    {
        var org = Org().On("GET", "/services/data", """[{"label":"Summer '14","url":"/services/data/v31.0","version":"31.0"}]""");
        org.On("GET", "/query", asked => FakeOrg.Json(asked.Value("q")!.Contains("Organization") ? FakeOrg.Page("""{"Id":"00D000000000001EAA"}""") : FakeOrg.Page(""), 200, ("Sforce-Limit-Info", "api-usage=14000/15000")));
        var findings = await CheckAsync(org);
        Assert.Contains("its last one is 31.0", Of(findings, "API version").Finding);
        Assert.Equal((CheckResult.Notice, "only 1000 of 15000 calls left of the last 24 hours"),
            (Of(findings, "daily quota").Result, Of(findings, "daily quota").Finding));
    }

    [Fact]
    public async Task What_our_user_may_not_look_up_is_said_and_is_no_failure()
    {
        var findings = await CheckAsync(Org());
        Assert.Equal((CheckResult.Passed, "cannot be looked up by our user"), Result(findings, "permission View and Edit Converted Leads"));
        Assert.Equal((CheckResult.Passed, "cannot be looked up by our user"), Result(findings, "field history of Lead"));
        Assert.Equal((CheckResult.Passed, "not known; our user may not look up active triggers, active validation rules, active flows"), Result(findings, "automation on Lead"));
    }

    [Fact]
    public async Task Permissions_history_sharing_and_automation_are_looked_up_and_say_what_to_click()
    {
        const string Lead = "00Q000000000001AAA";
        var org = Org().On("GET", "/sobjects/PermissionSet/describe", """
            {"name":"PermissionSet","fields":[{"name":"PermissionsSomething","label":"View and Edit Converted Leads"}]}
            """);
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page(""));
        org.OnQuery("FROM FieldDefinition", FakeOrg.Page("""{"QualifiedApiName":"LQ_Verdict__c","IsFieldHistoryTracked":true},{"QualifiedApiName":"Email","IsFieldHistoryTracked":true}"""));
        org.OnQuery("FROM Lead WHERE IsConverted = false ORDER BY SystemModstamp DESC", FakeOrg.Page($$"""{"Id":"{{Lead}}"}"""));
        org.OnQuery("FROM UserRecordAccess", FakeOrg.Page($$"""{"RecordId":"{{Lead}}","HasEditAccess":false}"""));
        org.On("GET", "/tooling/query", asked => FakeOrg.Json(FakeOrg.Page(
            asked.Value("q")!.Contains("ApexTrigger", StringComparison.Ordinal) ? """{"Id":"01q000000000001AAA","Name":"LeadTrigger"}""" : "")));
        org.DescribeAs("Account", """{"name":"Id"},{"name":"SystemModstamp"},{"name":"IsPersonAccount"}""");
        var findings = await CheckAsync(org);

        Assert.Contains("PermissionSet.PermissionsSomething = true", string.Join('\n', org.Queries));
        Assert.Equal(CheckResult.Failed, Of(findings, "permission View and Edit Converted Leads").Result);
        Assert.Equal(CheckResult.Notice, Of(findings, "permission set Lead Qualification Worker").Result);
        Assert.Contains("does not track LQ_Rejection_Reason__c", Of(findings, "field history of Lead").Finding);
        Assert.Contains("2 of 20", Of(findings, "field history of Lead").Finding);
        Assert.Equal("1 of the latest 1 may not be written by our user", Of(findings, "rows of Lead").Finding);
        Assert.Equal("1 active triggers (LeadTrigger); our user may not look up active flows", Of(findings, "automation on Lead").Finding);
        Assert.Equal(CheckResult.Notice, Of(findings, "person accounts").Result);
        Assert.All(findings.Where(finding => finding.Result != CheckResult.Passed && finding.Subject != "clock"), finding => Assert.True(finding.Advice is not null || finding.Finding.Contains("formula", StringComparison.Ordinal), finding.Subject));
    }

    [Fact]
    public async Task The_calls_of_a_day_are_held_against_our_share()
    {
        var org = Org();
        org.On("GET", "/query", asked => FakeOrg.Json(asked.Value("q")!.Contains("Organization") ? FakeOrg.Page("""{"Id":"00D000000000001EAA"}""") : FakeOrg.Page(""), 200, ("Sforce-Limit-Info", "api-usage=10/8000")));
        var schedule = Of(await CheckAsync(org), "schedule");
        // One for the org and two for eight windows a minute; accounts every five minutes; users and queues every hour.
        Assert.Equal((CheckResult.Failed, "4656 calls a day where nothing changes, more than the 4000 that are this program's share of 8000"), (schedule.Result, schedule.Finding));
    }

    [Fact]
    public async Task The_share_is_the_connections_own()
    {
        var org = Org();
        org.On("GET", "/query", asked => FakeOrg.Json(asked.Value("q")!.Contains("Organization") ? FakeOrg.Page("""{"Id":"00D000000000001EAA"}""") : FakeOrg.Page(""), 200, ("Sforce-Limit-Info", "api-usage=10/8000")));
        var schedule = Of(await CheckAsync(org, change: connection => connection with { ShareOfDay = 0.6 }), "schedule");
        Assert.Equal((CheckResult.Passed, "4656 calls a day where nothing changes, of the 4800 that are this program's share of 8000"), (schedule.Result, schedule.Finding));
    }

    [Theory]
    [InlineData(9000, 15000, CheckResult.Passed, "9000 of 10000 query jobs, 15000 of 15000 batches of ten thousand rows to write left of the last 24 hours")]
    [InlineData(1999, 15000, CheckResult.Notice, "only 1999 of 10000 query jobs, 15000 of 15000 batches of ten thousand rows to write left of the last 24 hours")]
    [InlineData(9000, 0, CheckResult.Notice, "only 9000 of 10000 query jobs, 0 of 15000 batches of ten thousand rows to write left of the last 24 hours")]
    public async Task The_orgs_limits_tell_calls_and_jobs_where_no_answer_does(int queries, int batches, CheckResult result, string words)
    {
        var findings = await CheckAsync(Org().On("GET", "/limits", $$$"""
            {"DailyApiRequests":{"Max":15000,"Remaining":2000},"DailyBulkV2QueryJobs":{"Max":10000,"Remaining":{{{queries}}} },"DailyBulkApiBatches":{"Max":15000,"Remaining":{{{batches}}} },
            "PermissionSets":{"Max":1500,"Remaining":1490,"CreateCustom":{"Max":1000,"Remaining":990} } }
            """));
        Assert.Equal((result, words), Result(findings, "Bulk API 2.0"));
        Assert.Equal((CheckResult.Notice, "only 2000 of 15000 calls left of the last 24 hours"), Result(findings, "daily quota"));
        Assert.Contains("share of 15000", Of(findings, "schedule").Finding);
    }

    [Fact]
    public async Task Layouts_without_the_quick_action_are_named()
    {
        var org = Org().OnQuery("FROM QuickActionDefinition", FakeOrg.Page("""{"DeveloperName":"LQ_Give_Verdict"}"""));
        org.OnQuery("FROM Layout", FakeOrg.Page("""{"Id":"00h000000000001AAA","Name":"Classic"},{"Id":"00h000000000002AAA","Name":"Lightning"},{"Id":"00h000000000003AAA","Name":"Partners"}"""));
        org.On("GET", "/tooling/query", asked => asked.Value("q") is { } soql && (soql.Contains("Layout", StringComparison.Ordinal) || soql.Contains("QuickAction", StringComparison.Ordinal))
            ? org.Tooling(soql) : FakeOrg.Json(FakeOrg.Page("")));
        org.On("GET", "/tooling/sobjects/Layout/00h000000000001AAA", """{"Id":"1","Metadata":{"layoutSections":[],"quickActionList":{"quickActionListItems":[{"quickActionName":"Lead.LQ_Give_Verdict"}]}}}""");
        org.On("GET", "/tooling/sobjects/Layout/00h000000000002AAA", """{"Id":"2","Metadata":{"platformActionList":{"platformActionListItems":[{"actionName":"Edit"},{"actionName":"Contact.LQ_Give_Verdict"}]}}}""");
        org.On("GET", "/tooling/sobjects/Layout/00h000000000003AAA", """{"Id":"3","Metadata":{"quickActionList":null}}""");
        FieldDefinition[] fields = [.. Fields, new(LeadField.Verdict, "Verdict", "", [new("accepted", "Accepted")])];
        var findings = await CheckAsync(org, fields: fields);
        Assert.Equal((CheckResult.Notice, "without the quick action: Lightning, Partners"), Result(findings, "layouts of Lead"));
        Assert.Equal((CheckResult.Notice, "without the quick action: Classic, Partners"), Result(findings, "layouts of Contact"));
        Assert.Contains("Page Layouts", Of(findings, "layouts of Lead").Advice);

        org.OnQuery("FROM QuickActionDefinition", FakeOrg.Page(""));
        Assert.Equal("Run provision.", Of(await CheckAsync(org, fields: fields), "layouts of Lead").Advice);
    }

    [Fact]
    public async Task What_a_stream_reads_and_our_user_does_not_see_is_named()
    {
        var org = Org().Describe("Task", "WhoId", "Status", "IsClosed");
        var hidden = Of(await CheckAsync(org), "hidden on Task");
        Assert.Contains("TaskSubtype", hidden.Finding);
        Assert.DoesNotContain("WhoId", hidden.Finding);
        Assert.NotNull(hidden.Advice);
    }

    [Fact]
    public async Task A_permission_set_for_sales_that_nobody_has_is_told()
    {
        var org = Org().OnQuery("FROM PermissionSet ", FakeOrg.Page("""{"Id":"0PS000000000001AAA"}""")).OnQuery("FROM PermissionSetAssignment", FakeOrg.Page(""));
        Assert.Equal((CheckResult.Notice, "given to nobody: sales sees none of our fields and can give no verdict"), Result(await CheckAsync(org), "permission set Lead Qualification"));
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page("""{"Id":"0Pa000000000001AAA"}"""));
        Assert.Equal(CheckResult.Passed, Of(await CheckAsync(org), "permission set Lead Qualification").Result);
    }

    [Fact]
    public async Task Without_a_token_nothing_else_is_tested()
    {
        var findings = await CheckAsync(Org().On("POST", "/services/oauth2/token", """{"error":"invalid_client","error_description":"invalid client credentials"}""", 400));
        Assert.Equal(CheckResult.Failed, Assert.Single(findings).Result);
    }

    private static FakeOrg Org() => new FakeOrg().OnQuery("FROM Contact", FakeOrg.Page("")).OnQuery("FROM Lead", FakeOrg.Page(""))
        .On("GET", "/services/data", """[{"label":"Spring '26","url":"/services/data/v66.0","version":"66.0"}]""");

    private static (CheckResult, string) Result(IEnumerable<CheckFinding> findings, string subject) => (Of(findings, subject).Result, Of(findings, subject).Finding);

    private static CheckFinding Of(IEnumerable<CheckFinding> findings, string subject) => findings.Single(finding => finding.Subject == subject);

    private static async Task<List<CheckFinding>> CheckAsync(
        FakeOrg org, SalesforceMapping? mapping = null, Func<SalesforceConnection, SalesforceConnection>? change = null, FieldDefinition[]? fields = null)
    {
        using var crm = org.Client(new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero)), change, mapping);
        var findings = new List<CheckFinding>();
        await foreach (var finding in crm.CheckAsync(fields ?? Fields, default))
        {
            findings.Add(finding);
        }

        return findings;
    }
}
