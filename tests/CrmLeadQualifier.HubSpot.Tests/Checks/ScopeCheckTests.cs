using CrmLeadQualifier.Crm;
using CrmLeadQualifier.HubSpot.Authorization;

namespace CrmLeadQualifier.HubSpot.Tests.Checks;

public sealed class ScopeCheckTests
{
    private const string TokenInfo = "/oauth/v2/private-apps/get/access-token-info";

    [Fact]
    public async Task Each_scope_is_granted_missing_or_too_much()
    {
        var portal = Portal().On("POST", TokenInfo, """{"hubId":4711,"scopes":["crm.objects.contacts.read","crm.schemas.contacts.read","tickets"]}""");
        var findings = await CheckAsync(portal);
        Assert.Equal(CheckResult.Passed, findings["scope crm.objects.contacts.read"].Result);
        Assert.Equal(CheckResult.Failed, findings["scope crm.objects.contacts.write"].Result);
        Assert.Contains("add crm.objects.contacts.write", findings["scope crm.objects.contacts.write"].Advice);
        Assert.Equal(CheckResult.Notice, findings["scope forms"].Result);
        Assert.Contains("form submissions", findings["scope forms"].Finding);
        Assert.Contains("only provision", findings["scope crm.schemas.contacts.write"].Finding);
        Assert.Contains("take tickets out", findings["scope tickets"].Advice);
        Assert.All(HubSpotScopes.All, scope => Assert.True(findings.ContainsKey($"scope {scope.Name}")));
    }

    [Fact]
    public async Task Where_HubSpot_does_not_tell_the_scopes_it_is_said()
    {
        var findings = await CheckAsync(Portal().On("POST", TokenInfo, "<html>", 404));
        Assert.Equal(CheckResult.Notice, findings["scopes"].Result);
        Assert.DoesNotContain(findings.Keys, subject => subject.StartsWith("scope ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("20000", CheckResult.Failed)]
    [InlineData("250000", CheckResult.Passed)]
    public async Task A_schedule_above_the_share_of_the_days_calls_is_refused(string daily, CheckResult expected)
    {
        var portal = Portal().On("GET", "/account-info/2026-03/details", _ => FakePortal.Json(
            """{"portalId":4711,"timeZone":"UTC"}""", 200, ("X-HubSpot-RateLimit-Daily", daily), ("X-HubSpot-RateLimit-Daily-Remaining", daily)));
        var finding = (await CheckAsync(portal))["schedule"];
        Assert.Equal(expected, finding.Result);
        Assert.Equal(expected == CheckResult.Failed, finding.Advice is not null);
    }

    [Theory]
    [InlineData("DEALS", CheckResult.Passed, "deals move")]
    [InlineData("COMPANIES", CheckResult.Notice, "companies move")]
    [InlineData("CRM_UI", CheckResult.Notice, "none became")]
    public async Task Who_moves_lifecycles_is_read_from_their_history(string source, CheckResult expected, string words)
    {
        var portal = Portal()
            .On("POST", "/contacts/search", """{"total":1,"results":[{"id":"1"}]}""")
            .On("POST", "/contacts/batch/read", $$$"""{"results":[{"id":"1","properties":{},"propertiesWithHistory":{"lifecyclestage":[{"value":"customer","sourceType":"{{{source}}}"}]}}]}""");
        var finding = (await CheckAsync(portal))["lifecycle sync"];
        Assert.Equal(expected, finding.Result);
        Assert.Contains(words, finding.Finding);
    }

    [Fact]
    public async Task The_native_connector_shows_by_its_properties()
    {
        var findings = await CheckAsync(Portal().WithProperties("email", "salesforcecontactid"));
        Assert.Equal(CheckResult.Notice, findings["native connector"].Result);
        Assert.Equal(CheckResult.Passed, (await CheckAsync(Portal().WithProperties("email")))["native connector"].Result);
    }

    private static async Task<Dictionary<string, CheckFinding>> CheckAsync(FakePortal portal)
    {
        using var crm = portal.Client();
        var findings = new Dictionary<string, CheckFinding>();
        await foreach (var finding in crm.CheckAsync([], default))
        {
            findings[finding.Subject] = finding;
        }

        return findings;
    }

    /// <summary>A portal in which nothing is.</summary>
    private static FakePortal Portal() => new FakePortal()
        .On("GET", "", """{"results":[]}""")
        .On("POST", "", """{"results":[],"total":0}""")
        .On("GET", "/account-info/2026-03/details", """{"portalId":4711,"timeZone":"UTC"}""");
}
