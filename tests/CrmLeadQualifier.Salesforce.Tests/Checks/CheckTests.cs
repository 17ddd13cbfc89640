using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
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
        Assert.Equal((CheckResult.Passed, FakeOrg.Person + ": what it creates is a copy"), (finding.Result, finding.Finding));
    }

    [Fact]
    public async Task A_version_that_the_org_lacks_and_a_day_that_is_nearly_used_up_are_told()
    {
        var org = Org().On("GET", "/services/data", """[{"label":"Summer '14","url":"/services/data/v31.0","version":"31.0"}]""");
        org.On("GET", "/query", asked => FakeOrg.Json(asked.Value("q")!.Contains("Organization") ? FakeOrg.Page("""{"Id":"00D000000000001EAA"}""") : FakeOrg.Page(""), 200, ("Sforce-Limit-Info", "api-usage=14000/15000")));
        var findings = await CheckAsync(org);
        Assert.Contains("its last one is 31.0", Of(findings, "API version").Finding);
        Assert.Equal((CheckResult.Notice, "only 1000 of 15000 calls left of the last 24 hours"), (Of(findings, "daily quota").Result, Of(findings, "daily quota").Finding));
    }

    [Fact]
    public async Task Without_a_token_nothing_else_is_tested()
    {
        var findings = await CheckAsync(Org().On("POST", "/services/oauth2/token", """{"error":"invalid_client","error_description":"invalid client credentials"}""", 400));
        Assert.Equal(CheckResult.Failed, Assert.Single(findings).Result);
    }

    private static FakeOrg Org() => new FakeOrg().OnQuery("FROM Contact", FakeOrg.Page("")).OnQuery("FROM Lead", FakeOrg.Page(""))
        .On("GET", "/services/data", """[{"label":"Spring '26","url":"/services/data/v66.0","version":"66.0"}]""");

    private static CheckFinding Of(IEnumerable<CheckFinding> findings, string subject) => findings.Single(finding => finding.Subject == subject);

    private static async Task<List<CheckFinding>> CheckAsync(FakeOrg org, SalesforceMapping? mapping = null)
    {
        using var crm = org.Client(new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero)), mapping: mapping);
        var findings = new List<CheckFinding>();
        await foreach (var finding in crm.CheckAsync(Fields, default))
        {
            findings.Add(finding);
        }

        return findings;
    }
}
