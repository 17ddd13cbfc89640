using System.Text.Json;
using System.Web;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class OAuthTests
{
    private const string Redirect = "http://127.0.0.1:5005/connect/hubspot/callback";

    [Theory]
    [InlineData("/oauth/2026-03/token")]
    [InlineData("/oauth/v3/token")]
    [InlineData("/oauth/v1/token")]
    public async Task A_code_becomes_tokens_once_and_a_refresh_token_lasts(string path)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var back = await AuthorizeAsync(sandbox, "oauth crm.objects.contacts.read", "forms");
        Assert.Equal("x y", back["state"]);
        var code = back["code"]!;
        var issued = await TokenAsync(sandbox, path, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect));
        Assert.Equal(200, issued.Status);
        Assert.Equal("bearer", issued["token_type"].GetString());
        Assert.Equal(1_800, issued["expires_in"].GetInt32());
        Assert.Equal(44237313, issued["hub_id"].GetInt64());
        var again = await TokenAsync(sandbox, path, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect));
        Assert.Equal((400, "BAD_AUTH_CODE", "invalid_grant"), (again.Status, again["status"].GetString(), again["error"].GetString()));

        var access = issued["access_token"].GetString()!;
        Assert.Equal(200, (await ContactsAsync(sandbox, access)).Status);
        Assert.Equal(200, (await sandbox.SendAsync(HttpMethod.Get, "/marketing/v3/forms", token: access)).Status);
        var companies = await sandbox.SendAsync(HttpMethod.Get, "/crm/v3/objects/companies", token: access);
        Assert.Equal("crm.objects.companies.read", companies["context"].GetProperty("requiredGranularScopes")[0].GetString());

        await sandbox.AdvanceAsync("30m");
        var expired = await ContactsAsync(sandbox, access);
        Assert.Equal((401, "EXPIRED_AUTHENTICATION"), (expired.Status, expired["category"].GetString()));
        var refreshed = await TokenAsync(sandbox, path, ("grant_type", "refresh_token"), ("refresh_token", issued["refresh_token"].GetString()!));
        Assert.Equal(issued["refresh_token"].GetString(), refreshed["refresh_token"].GetString());
        Assert.Equal(200, (await ContactsAsync(sandbox, refreshed["access_token"].GetString()!)).Status);
    }

    [Fact]
    public async Task A_rotated_refresh_token_ends_the_former_once_it_is_known_to_have_arrived()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var issued = await ConnectAsync(sandbox);
        await sandbox.PostAsync("/__sandbox/faults", new { faults = "token-rotation" });
        var first = issued["refresh_token"].GetString()!;
        var second = (await RefreshAsync(sandbox, first))["refresh_token"].GetString()!;
        Assert.NotEqual(first, second);
        // The answer may have been lost on its way: who asks again gets another one.
        var again = await RefreshAsync(sandbox, first);
        Assert.Equal(200, again.Status);
        Assert.Equal(200, (await ContactsAsync(sandbox, again["access_token"].GetString()!)).Status);
        var stale = await RefreshAsync(sandbox, first);
        Assert.Equal((400, "BAD_REFRESH_TOKEN"), (stale.Status, stale["status"].GetString()));
        var third = (await RefreshAsync(sandbox, again["refresh_token"].GetString()!))["refresh_token"].GetString()!;
        Assert.Equal(200, (await RefreshAsync(sandbox, third)).Status);
        Assert.Equal(400, (await RefreshAsync(sandbox, again["refresh_token"].GetString()!)).Status);
    }

    [Fact]
    public async Task An_access_token_expires_by_fault_by_hand_and_with_the_app()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var issued = await ConnectAsync(sandbox);
        var (access, refresh) = (issued["access_token"].GetString()!, issued["refresh_token"].GetString()!);
        await sandbox.PostAsync("/__sandbox/faults", new { faults = "token-expired@1" });
        Assert.Equal("EXPIRED_AUTHENTICATION", (await ContactsAsync(sandbox, access))["category"].GetString());
        Assert.Equal(401, (await ContactsAsync(sandbox, access)).Status);
        access = (await RefreshAsync(sandbox, refresh))["access_token"].GetString()!;
        Assert.Equal(200, (await ContactsAsync(sandbox, access)).Status);
        await sandbox.PostAsync("/__sandbox/tokens/expire", new { });
        Assert.Equal("EXPIRED_AUTHENTICATION", (await ContactsAsync(sandbox, access))["category"].GetString());
        await sandbox.PostAsync("/__sandbox/tokens/revoke", new { });
        Assert.Equal(400, (await RefreshAsync(sandbox, refresh)).Status);
        Assert.Equal("INVALID_AUTHENTICATION", (await ContactsAsync(sandbox, access))["category"].GetString());
    }

    [Fact]
    public async Task Tokens_tell_what_they_are()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var issued = await ConnectAsync(sandbox);
        var (access, refresh) = (issued["access_token"].GetString()!, issued["refresh_token"].GetString()!);
        var introspected = await IntrospectAsync(access);
        Assert.Equal("access_token", introspected["token_use"].GetString());
        Assert.InRange(introspected["expires_in"].GetInt32(), 1_700, 1_800);
        Assert.Contains("forms", introspected["scopes"].EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal("refresh_token", (await IntrospectAsync(refresh))["token_use"].GetString());
        Assert.False((await IntrospectAsync("nonsense"))["active"].GetBoolean());
        Assert.Equal(44237313, (await sandbox.GetAsync($"/oauth/v1/access-tokens/{access}"))["hub_id"].GetInt64());
        Assert.Equal("refresh", (await sandbox.GetAsync($"/oauth/v1/refresh-tokens/{refresh}"))["token_type"].GetString());
        Assert.Equal(204, (await sandbox.SendAsync(HttpMethod.Delete, $"/oauth/v1/refresh-tokens/{refresh}")).Status);
        Assert.Equal(401, (await ContactsAsync(sandbox, access)).Status);
        var key = await sandbox.PostAsync("/oauth/v2/private-apps/get/access-token-info", new { tokenKey = sandbox.Access.Token });
        Assert.Equal(44237313, key["hubId"].GetInt64());
        Assert.Contains("crm.objects.contacts.write", key["scopes"].EnumerateArray().Select(scope => scope.GetString()));

        Task<Reply> IntrospectAsync(string token) => TokenAsync(sandbox, "/oauth/2026-03/token/introspect", ("token", token));
    }

    [Fact]
    public async Task Strangers_get_no_token()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal("BAD_CLIENT_ID", (await FormAsync(sandbox, "/oauth/v1/token", ("client_id", "x"), ("client_secret", "y")))["status"].GetString());
        Assert.Equal("BAD_CLIENT_SECRET",
            (await FormAsync(sandbox, "/oauth/v1/token", ("client_id", sandbox.Access.ClientId), ("client_secret", "y")))["status"].GetString());
        Assert.Equal("BAD_GRANT_TYPE", (await TokenAsync(sandbox, "/oauth/v1/token", ("grant_type", "password")))["status"].GetString());
        var back = await AuthorizeAsync(sandbox, "oauth everything", "");
        Assert.Equal("invalid_scope", back["error"]);
        var moved = (await AuthorizeAsync(sandbox, "oauth", ""))["code"]!;
        Assert.Equal(400, (await TokenAsync(sandbox, "/oauth/v1/token", ("grant_type", "authorization_code"), ("code", moved),
            ("redirect_uri", "http://elsewhere.example/"))).Status);
    }

    private static async Task<Reply> ConnectAsync(RunningSandbox sandbox)
    {
        var code = (await AuthorizeAsync(sandbox, "oauth crm.objects.contacts.read forms", ""))["code"]!;
        return await TokenAsync(sandbox, "/oauth/2026-03/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect));
    }

    private static Task<Reply> RefreshAsync(RunningSandbox sandbox, string token) =>
        TokenAsync(sandbox, "/oauth/2026-03/token", ("grant_type", "refresh_token"), ("refresh_token", token));

    private static Task<Reply> ContactsAsync(RunningSandbox sandbox, string token) =>
        sandbox.SendAsync(HttpMethod.Get, "/crm/objects/2026-03/contacts", token: token);

    /// <summary>Opens the page as a browser, and reads where it is sent back to.</summary>
    private static async Task<System.Collections.Specialized.NameValueCollection> AuthorizeAsync(RunningSandbox sandbox, string scope, string optional)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = sandbox.Http.BaseAddress };
        using var answer = await browser.GetAsync($"/oauth/authorize?client_id={sandbox.Access.ClientId}&redirect_uri={Uri.EscapeDataString(Redirect)}"
            + $"&scope={Uri.EscapeDataString(scope)}&optional_scope={Uri.EscapeDataString(optional)}&state=x%20y");
        Assert.Equal(302, (int)answer.StatusCode);
        Assert.StartsWith(Redirect + "?", answer.Headers.Location!.OriginalString);
        return HttpUtility.ParseQueryString(answer.Headers.Location.Query);
    }

    private static Task<Reply> TokenAsync(RunningSandbox sandbox, string path, params (string Name, string Value)[] form) => FormAsync(
        sandbox, path, [.. form, ("client_id", sandbox.Access.ClientId), ("client_secret", sandbox.Access.ClientSecret)]);

    private static async Task<Reply> FormAsync(RunningSandbox sandbox, string path, params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var answer = await sandbox.Http.PostAsync(path, content);
        return new Reply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers);
    }
}
