using System.Net;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>Connecting a portal by an app that an admin authorizes in the browser, against a real worker and the emulated HubSpot.</summary>
public sealed class HubSpotAuthorizationTests : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;
    private ServingWorker _worker = null!;
    private Visitor _admin = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", "20", "--rate-limits", "off", "--faults", "token-rotation");
        _worker = await ServingWorker.StartAsync(_workplace);
        _admin = await _worker.SignInAsync("admin", _worker.Password!);
    }

    public Task DisposeAsync()
    {
        _admin.Dispose();
        _worker.Dispose();
        _sandbox.Dispose();
        _workplace.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task An_admin_agrees_in_the_browser_and_the_portal_is_connected()
    {
        var asked = await AskAsync();
        var (back, state) = await AgreeAsync(asked);

        Assert.Contains(state, back);
        var page = await _admin.PageAsync(back);
        Assert.Contains("Connection hub: HubSpot portal 44237313.", page);
        Assert.Equal("hub", (await _workplace.RunAsync("connections", "--format", "json")).Expect(0).Json[0]!["name"]!.GetValue<string>());
        var scopes = (await _workplace.RunAsync("check", "hub", "--scopes", "--format", "json")).Expect(0).Json.AsArray();
        Assert.Contains(scopes, finding => finding!["subject"]!.GetValue<string>() == "scope crm.objects.contacts.write" && finding["result"]!.GetValue<string>() == "passed");
        using var again = await _admin.GetAsync(back);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task Workers_whose_access_token_ended_refresh_it_once_and_keep_the_rotated_refresh_token()
    {
        await _admin.PageAsync((await AgreeAsync(await AskAsync())).Back);
        for (var round = 0; round < 2; round++)
        {
            await _sandbox.PostAsync("/__sandbox/tokens/expire", new { });
            await _sandbox.ResetCallsAsync();
            var checks = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _workplace.RunAsync("check", "hub", "--scopes")));

            Assert.All(checks, check => check.Expect(0));
            var calls = (await _sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject();
            Assert.Equal(1, calls.Single(route => route.Key.StartsWith("POST /oauth/", StringComparison.Ordinal) && route.Key.EndsWith("/token", StringComparison.Ordinal)).Value!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Only_an_admin_begins_and_only_the_browser_that_began_ends()
    {
        var asked = await AskAsync();
        using var stranger = _worker.Visit();
        using (var refused = await stranger.GetAsync(Path(asked)))
        {
            Assert.StartsWith("/sign-in", refused.Headers.Location!.PathAndQuery);
        }

        var (back, state) = await AgreeAsync(asked);
        using (var forged = await _admin.GetAsync(back.Replace(state, "somebody-elses", StringComparison.Ordinal)))
        {
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }

        // The forged answer ended it: the cookie is gone with it.
        using var late = await _admin.GetAsync(back);
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Empty((await _workplace.RunAsync("connections", "--format", "json")).Expect(0).Json.AsArray());
    }

    [Fact]
    public async Task An_address_that_nobody_printed_and_an_authorization_that_was_declined_connect_nothing()
    {
        using (var unknown = await _admin.GetAsync("oauth/hubspot/start/made-up"))
        {
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        var (back, state) = await AgreeAsync(await AskAsync());
        using var declined = await _admin.GetAsync($"{back.Split('?')[0]}?error=access_denied&state={state}");
        Assert.Equal(HttpStatusCode.BadRequest, declined.StatusCode);
        Assert.Contains("declined", await declined.Content.ReadAsStringAsync());
    }

    /// <summary>What connect prints.</summary>
    private async Task<JsonNode> AskAsync() => (await _workplace.RunWithAsync(
        new Dictionary<string, string?> { ["CLQ_HUBSPOT_CLIENT_SECRET"] = _sandbox.ClientSecret },
        "connect", "hubspot", "--name", "hub", "--client-id", _sandbox.ClientId, "--base-url", _sandbox.BaseUrl, "--console", _worker.Console.ToString(), "--format", "json")).Expect(0).Json;

    /// <summary>To HubSpot's page and, agreed, back: the address that the browser is sent to, and the state in it.</summary>
    private async Task<(string Back, string State)> AgreeAsync(JsonNode asked)
    {
        using var start = await _admin.GetAsync(Path(asked));
        Assert.Equal(HttpStatusCode.Redirect, start.StatusCode);
        var page = start.Headers.Location!;
        Assert.StartsWith(_sandbox.BaseUrl + "/oauth/authorize", page.ToString());
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var agreed = await browser.GetAsync(page);
        Assert.Equal(HttpStatusCode.Redirect, agreed.StatusCode);
        var back = agreed.Headers.Location!;
        Assert.StartsWith(asked["redirect_url"]!.GetValue<string>() + "?code=", back.ToString());
        return (back.PathAndQuery[1..], Uri.UnescapeDataString(back.Query.Split("state=")[1]));
    }

    private string Path(JsonNode asked) => _worker.Console.MakeRelativeUri(new Uri(asked["authorize"]!.GetValue<string>())).ToString();
}
