using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Buffers.Text;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Authorization;

namespace CrmLeadQualifier.Salesforce.Tests.Http;

/// <summary>By which ways a token is got.</summary>
public sealed class AuthorizationTests
{
    private const string Domain = "https://org.my.salesforce.com";

    [Fact]
    public async Task A_key_signs_an_assertion_for_three_minutes_that_its_certificate_verifies()
    {
        using var key = RSA.Create(2048);
        var org = new FakeOrg();
        var app = new SalesforceApp("consumer-key", null) { Username = "api@org.test", PrivateKey = key.ExportPkcs8PrivateKeyPem() };
        var clock = new ImpatientClock();
        var grant = await Authorization(org, clock).RequestAsync("https://login.salesforce.com", app, default);

        Assert.Equal(("00D000000000001EAA", FakeOrg.Ours), (grant.OrgId, grant.UserId));
        var form = Form(Assert.Single(org.Requests).Body);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        Assert.Equal(["assertion", "grant_type"], form.Keys.Order());
        var parts = form["assertion"].Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("""{"alg":"RS256"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])));
        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
        Assert.Equal(
            ("consumer-key", "api@org.test", "https://login.salesforce.com", clock.GetUtcNow().ToUnixTimeSeconds() + 180),
            (claims.GetProperty("iss").GetString(), claims.GetProperty("sub").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("exp").GetInt64()));
    }

    [Theory]
    [InlineData("https://login.salesforce.com", "https://login.salesforce.com")]
    [InlineData("https://acme.my.salesforce.com", "https://login.salesforce.com")]
    [InlineData("https://acme-dev-ed.develop.my.salesforce.com", "https://login.salesforce.com")]
    [InlineData("https://test.salesforce.com", "https://test.salesforce.com")]
    [InlineData("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080")]
    public void An_assertion_is_for_production_or_for_sandbox_orgs(string login, string audience) => Assert.Equal(audience, LoginAddress.Audience(new Uri(login)));

    [Theory]
    [InlineData("not a key")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    public async Task What_is_no_key_is_said_to_be_none_and_nothing_is_sent(string pem)
    {
        var org = new FakeOrg();
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => Authorization(org).RequestAsync(Domain, new SalesforceApp("k", null) { Username = "u", PrivateKey = pem }, default));
        Assert.Contains("PEM", fatal.Advice);
        Assert.Empty(org.Requests);
    }

    [Fact]
    public void The_page_is_asked_with_a_challenge_whose_verifier_stays_here()
    {
        var verifier = SalesforceAuthorization.NewVerifier();
        var address = SalesforceAuthorization.Address(Domain, "consumer key", "http://localhost:5080/oauth/salesforce/callback", "state", verifier);
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        Assert.Equal(
            $"{Domain}/services/oauth2/authorize?response_type=code&client_id=consumer%20key&redirect_uri=http%3A%2F%2Flocalhost%3A5080%2Foauth%2Fsalesforce%2Fcallback"
            + $"&scope=api%20refresh_token&state=state&code_challenge={challenge}&code_challenge_method=S256", address);
        Assert.InRange(verifier.Length, 43, 128);
        Assert.DoesNotContain(verifier, address);
    }

    [Fact]
    public async Task A_code_is_exchanged_with_its_verifier_and_gives_a_refresh_token()
    {
        var org = Rotating();
        var grant = await Authorization(org).ExchangeAsync(Domain, new SalesforceApp("k", null), "the-code", "http://localhost/back", "the-verifier", default);
        Assert.Equal("r1", grant.RefreshToken);
        Assert.Equal(
            "grant_type=authorization_code&client_id=k&code=the-code&redirect_uri=http%3A%2F%2Flocalhost%2Fback&code_verifier=the-verifier", Assert.Single(org.Requests).Body);
    }

    [Fact]
    public async Task A_code_is_tried_once_and_an_app_without_refresh_tokens_is_named()
    {
        var lost = new FakeOrg().On("POST", "/services/oauth2/token", "", 503);
        await Assert.ThrowsAsync<RetriableCrmException>(() => Authorization(lost).ExchangeAsync(Domain, new SalesforceApp("k", "s"), "c", "http://r", "v", default));
        Assert.Single(lost.Requests);
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => Authorization(new FakeOrg()).ExchangeAsync(Domain, new SalesforceApp("k", "s"), "c", "http://r", "v", default));
        Assert.Contains("refresh_token", fatal.Advice);
    }

    [Fact]
    public async Task A_refresh_brings_the_refresh_token_that_salesforce_changed()
    {
        var org = Rotating();
        var grant = await Authorization(org).RequestAsync(Domain, new SalesforceApp("k", "s") { RefreshToken = "r0" }, default);
        Assert.Equal("r1", grant.RefreshToken);
        Assert.Equal("grant_type=refresh_token&client_id=k&client_secret=s&refresh_token=r0", Assert.Single(org.Requests).Body);
        Assert.DoesNotContain("r1", grant.ToString());
    }

    [Theory]
    [InlineData("https://login.salesforce.com")]
    [InlineData("https://test.salesforce.com")]
    public async Task A_secret_alone_is_not_sent_where_it_gives_no_token(string login)
    {
        var org = new FakeOrg();
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => Authorization(org).RequestAsync(login, new SalesforceApp("k", "s"), default));
        Assert.Contains("My Domain", fatal.Advice);
        Assert.Empty(org.Requests);
    }

    [Theory]
    [InlineData("invalid_grant", "user hasn't approved this consumer", "pre-authorized")]
    [InlineData("invalid_grant", "audience is invalid", "test.salesforce.com")]
    [InlineData("invalid_grant", "expired authorization code", "clock")]
    [InlineData("invalid_client_id", "client identifier invalid", "certificate")]
    public async Task A_refused_assertion_says_what_to_click(string error, string description, string advice)
    {
        using var key = RSA.Create(2048);
        var org = new FakeOrg().On("POST", "/services/oauth2/token", $$"""{"error":"{{error}}","error_description":"{{description}}"}""", 400);
        var app = new SalesforceApp("k", null) { Username = "u", PrivateKey = key.ExportRSAPrivateKeyPem() };
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => Authorization(org).RequestAsync(Domain, app, default));
        Assert.Contains(advice, fatal.Advice);
    }

    [Fact]
    public async Task A_client_takes_shared_tokens_and_asks_for_another_by_the_one_that_was_refused()
    {
        var org = new FakeOrg();
        org.On("GET", "/query", asked => asked.Token == "shared-1"
            ? FakeOrg.Json(FakeOrg.Error("INVALID_SESSION_ID", "Session expired or invalid"), 401)
            : FakeOrg.Json(FakeOrg.Page("""{"Id":"00D000000000001EAA"}""")));
        var refusals = new List<string?>();
        using var crm = org.Client(change: connection => connection with
        {
            Grants = (refused, _) =>
            {
                refusals.Add(refused);
                return Task.FromResult(new SalesforceGrant(refused is null ? "shared-1" : "shared-2", "https://org.my.salesforce.com", null, FakeOrg.Ours, null));
            },
        });
        await crm.GetAccountAsync(default);
        Assert.Equal([null, "shared-1"], refusals);
        Assert.DoesNotContain(org.Requests, asked => asked.Ends("/token"));
    }

    private static FakeOrg Rotating() => new FakeOrg().On("POST", "/services/oauth2/token", $$"""
        {"access_token":"a1","refresh_token":"r1","instance_url":"https://org.my.salesforce.com","id":"https://login.salesforce.com/id/00D000000000001EAA/{{FakeOrg.Ours}}"}
        """);

    private static SalesforceAuthorization Authorization(FakeOrg org, TimeProvider? clock = null) => new(() => new HttpClient(org, disposeHandler: false), clock ?? new ImpatientClock());

    private static Dictionary<string, string> Form(string body) =>
        body.Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
}
