using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class SignInTests
{
    [Fact]
    public async Task A_token_is_given_without_its_end()
    {
        await using var org = await RunningOrg.StartAsync();
        var token = await org.TokenAsync(("grant_type", "client_credentials"), ("client_id", org.Access.ClientId), ("client_secret", org.Access.ClientSecret));
        Assert.Equal(200, token.Status);
        Assert.Equal(org.Access.BaseUrl, token["instance_url"].GetString());
        Assert.Equal("Bearer", token["token_type"].GetString());
        Assert.False(token.Json.TryGetProperty("expires_in", out _));
        Assert.Matches("^[0-9]{13}$", token["issued_at"].GetString());
    }

    [Theory]
    [InlineData("client_credentials", "wrong", "secret", "invalid_client_id")]
    [InlineData("client_credentials", "", "wrong", "invalid_client")]
    [InlineData("password", "", "", "unsupported_grant_type")]
    public async Task The_token_endpoint_refuses_in_oauths_words(string grant, string id, string secret, string error)
    {
        await using var org = await RunningOrg.StartAsync();
        var refused = await org.TokenAsync(("grant_type", grant), ("client_id", id.Length > 0 ? id : org.Access.ClientId), ("client_secret", secret));
        Assert.Equal(400, refused.Status);
        Assert.Equal(error, refused["error"].GetString());
        Assert.NotEmpty(refused["error_description"].GetString()!);
    }

    [Fact]
    public async Task A_token_ends_after_two_hours_and_a_new_one_serves()
    {
        await using var org = await RunningOrg.StartAsync();
        Assert.Equal(200, (await org.QueryAsync("SELECT COUNT() FROM Lead")).Status);
        await org.AdvanceAsync("2h");
        var refused = await org.QueryAsync("SELECT COUNT() FROM Lead");
        Assert.Equal(401, refused.Status);
        Assert.Equal("INVALID_SESSION_ID", refused.Json[0].GetProperty("errorCode").GetString());
        Assert.Equal("Session expired or invalid", refused.Json[0].GetProperty("message").GetString());
        await org.SignInAsync();
        Assert.Equal(200, (await org.QueryAsync("SELECT COUNT() FROM Lead")).Status);
    }

    [Fact]
    public async Task Versions_need_no_token_and_end_with_the_newest()
    {
        await using var org = await RunningOrg.StartAsync();
        org.Http.DefaultRequestHeaders.Authorization = null;
        var versions = (await org.SendAsync("GET", "/services/data")).Json.EnumerateArray().ToList();
        Assert.Equal(36, versions.Count);
        Assert.Equal("""{"label":"Spring '26","url":"/services/data/v66.0","version":"66.0"}""", versions[^1].GetRawText());
        Assert.Equal(401, (await org.SendAsync("GET", "/services/data/v66.0/sobjects")).Status);
    }

    [Fact]
    public async Task An_unknown_version_or_path_is_not_found()
    {
        await using var org = await RunningOrg.StartAsync();
        foreach (var path in new[] { "/services/data/v99.0/limits", "/services/data/v66.0/nothing" })
        {
            var missing = await org.SendAsync("GET", path);
            Assert.Equal(404, missing.Status);
            Assert.Equal("NOT_FOUND", missing.Json[0].GetProperty("errorCode").GetString());
        }
    }

    [Fact]
    public async Task Every_answer_tells_the_usage_and_a_used_up_day_refuses()
    {
        await using var org = await RunningOrg.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Read("100")! });
        Assert.Equal("api-usage=1/105000", (await org.QueryAsync("SELECT COUNT() FROM Lead")).Header("Sforce-Limit-Info"));
        await org.ControlAsync("limits", new { daily_api_requests = 2 });
        Assert.Equal("api-usage=2/2", (await org.SendAsync("GET", RunningOrg.Data + "/limits")).Header("Sforce-Limit-Info"));
        var refused = await org.QueryAsync("SELECT COUNT() FROM Lead");
        Assert.Equal(403, refused.Status);
        Assert.Equal("REQUEST_LIMIT_EXCEEDED", refused.Json[0].GetProperty("errorCode").GetString());
        Assert.Equal("TotalRequests Limit exceeded.", refused.Json[0].GetProperty("message").GetString());
        await org.AdvanceAsync("25h");
        await org.SignInAsync();
        Assert.Equal(200, (await org.QueryAsync("SELECT COUNT() FROM Lead")).Status);
    }

    [Theory]
    [InlineData("429", 403, "REQUEST_LIMIT_EXCEEDED")]
    [InlineData("500", 503, "SERVER_UNAVAILABLE")]
    [InlineData("401", 401, "INVALID_SESSION_ID")]
    public async Task Faults_speak_salesforces_language(string fault, int status, string code)
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ControlAsync("faults", new { faults = fault + "@1" });
        var refused = await org.QueryAsync("SELECT COUNT() FROM Lead");
        Assert.Equal(status, refused.Status);
        Assert.Equal(code, refused.Json[0].GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_call_cut_after_it_was_handled_has_been_carried_out()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ControlAsync("faults", new { faults = "cut-after@1" });
        await Assert.ThrowsAsync<HttpRequestException>(() => org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" }));
        Assert.Single(await org.RowsAsync("SELECT Id FROM Lead"));
    }
}
