using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class OAuthFlowTests
{
    private const string Callback = "http://localhost:1717/callback";

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Assertion(RSA key, object claims)
    {
        var signed = Encode("""{"alg":"RS256"}"""u8.ToArray()) + "." + Encode(JsonSerializer.SerializeToUtf8Bytes(claims));
        return signed + "." + Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static Task<Reply> AssertAsync(RunningOrg org, string assertion) =>
        org.TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion));

    private static long In(int seconds) => DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;

    [Fact]
    public async Task A_signed_assertion_gives_a_token_and_no_refresh_token()
    {
        await using var org = await RunningOrg.StartAsync();
        using var key = RSA.Create(2048);
        await org.ControlAsync("certificate", new { pem = key.ExportSubjectPublicKeyInfoPem() });
        var token = await AssertAsync(org, Assertion(key, new { iss = org.Access.ClientId, sub = org.Access.Username, aud = "https://login.salesforce.com", exp = In(180) }));
        Assert.Equal(200, token.Status);
        Assert.False(token.Json.TryGetProperty("refresh_token", out _));
        org.Http.DefaultRequestHeaders.Authorization = new("Bearer", token["access_token"].GetString());
        Assert.Equal(org.Access.Username, (await org.SendAsync("GET", "/services/oauth2/userinfo"))["preferred_username"].GetString());
    }

    [Theory]
    [InlineData("", "", "", 180, false, "invalid_grant", "invalid assertion")]
    [InlineData("other", "", "", 180, true, "invalid_client_id", "client identifier invalid")]
    [InlineData("", "nobody@vendor.example", "", 180, true, "invalid_grant", "user hasn't approved this consumer")]
    [InlineData("", "", "https://elsewhere.example", 180, true, "invalid_grant", "audience is invalid")]
    [InlineData("", "", "", -5, true, "invalid_grant", "expired assertion")]
    public async Task An_assertion_that_does_not_fit_is_refused(string iss, string sub, string aud, int exp, bool rightKey, string error, string description)
    {
        await using var org = await RunningOrg.StartAsync();
        using var key = RSA.Create(2048);
        using var other = RSA.Create(2048);
        await org.ControlAsync("certificate", new { pem = (rightKey ? key : other).ExportSubjectPublicKeyInfoPem() });
        var refused = await AssertAsync(org, Assertion(key, new
        {
            iss = iss.Length > 0 ? iss : org.Access.ClientId, sub = sub.Length > 0 ? sub : org.Access.Username, aud = aud.Length > 0 ? aud : org.Access.BaseUrl + "/", exp = In(exp),
        }));
        Assert.Equal((400, error, description), (refused.Status, refused["error"].GetString(), refused["error_description"].GetString()));
    }

    private static async Task<Uri> AgreeAsync(RunningOrg org, string challenge, string decision = "allow")
    {
        var address = $"/services/oauth2/authorize?response_type=code&client_id={org.Access.ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}&scope=api%20refresh_token&state=s1&code_challenge={challenge}&code_challenge_method=S256";
        var page = await org.SendAsync("GET", address);
        Assert.Equal(200, page.Status);
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = org.Http.BaseAddress };
        var fields = System.Text.RegularExpressions.Regex.Matches(page.Body, "name=\"([a-z_]+)\" value=\"([^\"]*)\"")
            .Select(match => KeyValuePair.Create(match.Groups[1].Value, System.Net.WebUtility.HtmlDecode(match.Groups[2].Value)))
            .Where(field => field.Key != "decision").Append(KeyValuePair.Create("decision", decision));
        using var form = new FormUrlEncodedContent(fields);
        using var back = await plain.PostAsync("/services/oauth2/authorize", form);
        Assert.Equal(302, (int)back.StatusCode);
        return back.Headers.Location!;
    }

    private static Task<Reply> RedeemAsync(RunningOrg org, string code, string verifier) => org.TokenAsync(("grant_type", "authorization_code"), ("code", code),
        ("redirect_uri", Callback), ("client_id", org.Access.ClientId), ("client_secret", org.Access.ClientSecret), ("code_verifier", verifier));

    private static Task<Reply> RefreshAsync(RunningOrg org, string refresh) => org.TokenAsync(("grant_type", "refresh_token"), ("refresh_token", refresh),
        ("client_id", org.Access.ClientId), ("client_secret", org.Access.ClientSecret));

    private static async Task<string> SignInByBrowserAsync(RunningOrg org)
    {
        var back = await AgreeAsync(org, Encode(SHA256.HashData("verifier"u8)));
        Assert.Contains("state=s1", back.Query);
        var token = await RedeemAsync(org, System.Text.RegularExpressions.Regex.Match(back.Query, "code=([^&]+)").Groups[1].Value, "verifier");
        Assert.Equal(200, token.Status);
        return token["refresh_token"].GetString()!;
    }

    [Fact]
    public async Task The_browser_flow_gives_a_refresh_token_that_keeps_working()
    {
        await using var org = await RunningOrg.StartAsync();
        var refresh = await SignInByBrowserAsync(org);
        for (var again = 0; again < 2; again++)
        {
            var refreshed = await RefreshAsync(org, refresh);
            Assert.Equal(200, refreshed.Status);
            Assert.False(refreshed.Json.TryGetProperty("refresh_token", out _));
        }
    }

    [Fact]
    public async Task With_rotation_a_refresh_token_serves_once()
    {
        await using var org = await RunningOrg.StartAsync();
        var refresh = await SignInByBrowserAsync(org);
        await org.ControlAsync("faults", new { faults = "token-rotation" });
        var next = (await RefreshAsync(org, refresh))["refresh_token"].GetString()!;
        var spent = await RefreshAsync(org, refresh);
        Assert.Equal((400, "expired access/refresh token"), (spent.Status, spent["error_description"].GetString()));
        Assert.Equal(200, (await RefreshAsync(org, next)).Status);
    }

    [Fact]
    public async Task A_code_needs_its_verifier_and_is_good_for_one_try()
    {
        await using var org = await RunningOrg.StartAsync();
        var back = await AgreeAsync(org, Encode(SHA256.HashData("verifier"u8)));
        var code = System.Text.RegularExpressions.Regex.Match(back.Query, "code=([^&]+)").Groups[1].Value;
        Assert.Equal("invalid code verifier", (await RedeemAsync(org, code, "another"))["error_description"].GetString());
        Assert.Equal("expired authorization code", (await RedeemAsync(org, code, "verifier"))["error_description"].GetString());
        Assert.Contains("error=access_denied", (await AgreeAsync(org, "x", "deny")).Query);
    }

    [Fact]
    public async Task A_revoked_refresh_token_takes_its_sessions_along()
    {
        await using var org = await RunningOrg.StartAsync();
        var refresh = await SignInByBrowserAsync(org);
        org.Http.DefaultRequestHeaders.Authorization = new("Bearer", (await RefreshAsync(org, refresh))["access_token"].GetString());
        Assert.Equal(200, (await org.QueryAsync("SELECT COUNT() FROM Lead")).Status);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", refresh)]);
        using var _ = await org.Http.PostAsync("/services/oauth2/revoke", form);
        Assert.Equal(401, (await org.QueryAsync("SELECT COUNT() FROM Lead")).Status);
        Assert.Equal(400, (await RefreshAsync(org, refresh)).Status);
    }
}
