using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Tests.Http;

public sealed class SignInTests
{
    [Fact]
    public async Task One_token_serves_all_calls_and_names_the_org()
    {
        var org = new FakeOrg();
        using var crm = org.Client();
        var account = await crm.GetAccountAsync(default);
        await crm.GetAccountAsync(default);
        Assert.Equal(("00D000000000001EAA", "Europe/Paris"), (account.Id, account.TimeZone));
        var token = Assert.Single(org.Requests, asked => asked.Ends("/token"));
        Assert.Equal("grant_type=client_credentials&client_id=consumer-key&client_secret=consumer-secret", token.Body);
        Assert.All(org.Requests.Where(asked => !asked.Ends("/token")), asked => Assert.Equal("00D!token1", asked.Token));
        Assert.All(org.Requests, asked => Assert.Equal("client=CrmLeadQualifier", asked.Headers["Sforce-Call-Options"]));
    }

    [Fact]
    public async Task An_expired_token_is_renewed_once_for_all_calls_that_met_it()
    {
        var org = new FakeOrg();
        org.On("GET", "/query", asked => asked.Token == "00D!token1"
            ? FakeOrg.Json(FakeOrg.Error("INVALID_SESSION_ID", "Session expired or invalid"), 401)
            : FakeOrg.Json(FakeOrg.Page("""{"Id":"00D000000000001EAA"}""")));
        using var crm = org.Client(change: connection => connection with { MaxRequestsInFlight = 8 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => crm.GetAccountAsync(default)));
        Assert.Equal(2, org.Requests.Count(asked => asked.Ends("/token")));
    }

    [Fact]
    public async Task A_second_refusal_is_fatal_and_shows_neither_token_nor_secret()
    {
        var org = new FakeOrg().On("GET", "/query", FakeOrg.Error("INVALID_SESSION_ID", "Session expired or invalid"), 401);
        using var crm = org.Client();
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => crm.GetAccountAsync(default));
        Assert.Equal(2, org.Requests.Count(asked => asked.Ends("/token")));
        Assert.DoesNotContain("token1", fatal.ToString());
        Assert.DoesNotContain("secret", fatal.ToString());
        Assert.Equal("Salesforce at https://org.my.salesforce.com", new SalesforceConnection("https://org.my.salesforce.com", "k", "s").ToString());
    }

    [Theory]
    [InlineData("https://org.my.salesforce.com", "https://eu42.salesforce.com", "https://eu42.salesforce.com/")]
    [InlineData("https://org.my.salesforce.com", "https://org--dev.sandbox.my.salesforce.com", "https://org--dev.sandbox.my.salesforce.com/")]
    [InlineData("https://crm.proxy.test", "https://crm.proxy.test", "https://crm.proxy.test/")]
    [InlineData("http://127.0.0.1:8080/salesforce", "https://vendor.my.salesforce.com", "http://127.0.0.1:8080/")]
    [InlineData("http://localhost:8080", null, "http://localhost:8080/")]
    public void A_token_goes_to_salesforce_or_to_the_sandbox_of_this_machine(string login, string? instance, string expected) =>
        Assert.Equal(expected, LoginAddress.InstanceOf(new Uri(login), instance).ToString());

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("http://org.my.salesforce.com")]
    [InlineData("https://salesforce.com.evil.test")]
    [InlineData("http://127.0.0.1:9999")]
    [InlineData(null)]
    public void A_token_never_goes_anywhere_else(string? instance) =>
        Assert.Throws<FatalCrmException>(() => LoginAddress.InstanceOf(new Uri("https://org.my.salesforce.com"), instance));

    [Theory]
    [InlineData("http://org.my.salesforce.com")]
    [InlineData("org.my.salesforce.com")]
    public async Task A_secret_is_not_sent_in_clear(string login)
    {
        var org = new FakeOrg();
        using var crm = org.Client(change: connection => connection with { LoginUrl = login });
        await Assert.ThrowsAsync<FatalCrmException>(() => crm.GetAccountAsync(default));
        Assert.Empty(org.Requests);
    }

    [Theory]
    [InlineData("api-usage=24/15000", 24, 15000)]
    [InlineData("api-usage=14999/15000; per-app-api-usage=17/250(appName=ours)", 14999, 15000)]
    [InlineData("per-app-api-usage=17/250(appName=ours); api-usage=1/100000", 1, 100000)]
    public async Task The_orgs_usage_is_what_the_last_answer_told(string header, long used, long allowed)
    {
        var org = new FakeOrg();
        org.On("GET", "/query", _ => FakeOrg.Json(FakeOrg.Page("""{"Id":"00D000000000001EAA"}"""), 200, ("Sforce-Limit-Info", header)));
        using var crm = org.Client();
        Assert.Null(crm.Usage);
        await crm.GetAccountAsync(default);
        Assert.Equal(new ApiUsage(used, allowed), crm.Usage);
    }

    [Theory]
    [InlineData("001D000000IRFma", "001D000000IRFmaIAH")]
    [InlineData("005i0000008yJDW", "005i0000008yJDWAA2")]
    [InlineData("001D000000IRFmaIAH", "001D000000IRFmaIAH")]
    public void Ids_of_15_characters_become_18(string id, string expected) => Assert.Equal(expected, SalesforceId.To18(id));

    [Theory]
    [InlineData(503, 5)]
    [InlineData(500, 5)]
    [InlineData(429, 5)]
    public async Task A_read_is_tried_five_times_with_growing_pauses(int status, int attempts)
    {
        var org = new FakeOrg().On("GET", "/query", "", status);
        var clock = new ImpatientClock();
        var started = clock.GetTimestamp();
        using var crm = org.Client(clock);
        await Assert.ThrowsAsync<RetriableCrmException>(() => crm.GetAccountAsync(default));
        Assert.Equal(attempts, org.Requests.Count(asked => asked.Ends("/query")));
        Assert.InRange(clock.GetElapsedTime(started).TotalSeconds, 0.75 * 7.5, 1.25 * 7.5);
        Assert.Equal(attempts + 1, crm.Calls.Sent);
    }

    [Fact]
    public async Task A_used_up_day_is_not_tried_again()
    {
        var org = new FakeOrg().On("GET", "/query", FakeOrg.Error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), 403);
        using var crm = org.Client(new ImpatientClock());
        var limited = await Assert.ThrowsAsync<RetriableCrmException>(() => crm.GetAccountAsync(default));
        Assert.Equal(TimeSpan.FromHours(1), limited.NotBefore);
        Assert.Equal((2, 1), (crm.Calls.Sent, crm.Calls.Refused));
    }
}
