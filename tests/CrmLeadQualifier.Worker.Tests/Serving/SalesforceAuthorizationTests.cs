using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>Connecting an org by a key, and by an app that the integration user allows in the browser, against a real worker and the emulated Salesforce.</summary>
public sealed partial class SalesforceAuthorizationTests : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;

    private OrgUnderTest Org => _sandbox.Org!;

    public async Task InitializeAsync() => _sandbox = await SandboxUnderTest.StartAsync("--contacts", "20", "--split", "salesforce", "--faults", "token-rotation");

    public Task DisposeAsync()
    {
        _sandbox.Dispose();
        _workplace.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_user_allows_it_in_the_browser_and_workers_share_what_each_refresh_gives()
    {
        using var worker = await ServingWorker.StartAsync(_workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);
        var asked = await AskAsync(worker);
        var back = await AllowAsync(worker, admin, asked, "allow");
        Assert.Matches("Connection org: Salesforce org 00D[A-Za-z0-9]{15}\\.", await admin.PageAsync(back));
        for (var round = 0; round < 2; round++)
        {
            await _sandbox.PostAsync("/__sandbox/sessions/end", new { });
            await _sandbox.ResetCallsAsync();
            var checks = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _workplace.RunAsync("check", "org", "--scopes")));
            Assert.All(checks, check => check.Expect(0));
            Assert.Equal(1, await TokenCallsAsync());
        }
    }

    [Fact]
    public async Task A_user_who_denies_it_connects_nothing_and_hears_who_may()
    {
        using var worker = await ServingWorker.StartAsync(_workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);
        using var denied = await admin.GetAsync(await AllowAsync(worker, admin, await AskAsync(worker), "deny"));
        Assert.Equal(HttpStatusCode.BadRequest, denied.StatusCode);
        Assert.Contains("integration user", await denied.Content.ReadAsStringAsync());
        Assert.Empty((await _workplace.RunAsync("connections", "--format", "json")).Expect(0).Json.AsArray());
    }

    [Fact]
    public async Task An_address_of_one_crm_leads_nowhere_on_the_other_ones_way()
    {
        using var worker = await ServingWorker.StartAsync(_workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);
        using var other = await admin.GetAsync(Path(worker, await AskAsync(worker)).Replace("/salesforce/", "/hubspot/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_key_connects_once_its_certificate_is_known_and_the_user_approved()
    {
        using var key = RSA.Create(2048);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("server.key"), key.ExportPkcs8PrivateKeyPem());
        string[] connect =
        [
            "connect", "salesforce", "--name", "org", "--client-id", Org.ClientId, "--jwt-key", folder.File("server.key"), "--username", Org.Username, "--login-url", Org.BaseUrl,
        ];
        await _sandbox.PostAsync("/__sandbox/certificate", new { pem = key.ExportSubjectPublicKeyInfoPem(), approved = "false" });
        Assert.Contains("pre-authorized", (await _workplace.RunAsync(connect)).Expect(3).Error);
        await _sandbox.PostAsync("/__sandbox/certificate", new { pem = key.ExportSubjectPublicKeyInfoPem() });
        (await _workplace.RunAsync(connect)).Expect(0);
        await _sandbox.PostAsync("/__sandbox/sessions/end", new { });
        (await _workplace.RunAsync("check", "org", "--scopes")).Expect(0);
        Assert.Contains("--username", (await _workplace.RunAsync([.. connect.Where(word => word != "--username" && word != Org.Username)])).Expect(2).Error);
    }

    private async Task<int> TokenCallsAsync() => (await _sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject()
        .Where(route => route.Key.EndsWith("/oauth2/token", StringComparison.Ordinal)).Sum(route => route.Value!.GetValue<int>());

    /// <summary>What connect prints.</summary>
    private async Task<JsonNode> AskAsync(ServingWorker worker) => (await _workplace.RunWithAsync(
        new Dictionary<string, string?> { ["CLQ_SALESFORCE_CLIENT_SECRET"] = Org.ClientSecret },
        "connect", "salesforce", "--name", "org", "--client-id", Org.ClientId, "--browser", "--login-url", Org.BaseUrl, "--console", worker.Console.ToString(), "--format", "json")).Expect(0).Json;

    /// <summary>To Salesforce's page and, with the button that was pressed there, back.</summary>
    private async Task<string> AllowAsync(ServingWorker worker, Visitor admin, JsonNode asked, string decision)
    {
        using var start = await admin.GetAsync(Path(worker, asked));
        Assert.Equal(HttpStatusCode.Redirect, start.StatusCode);
        var page = start.Headers.Location!;
        Assert.StartsWith(Org.BaseUrl + "/services/oauth2/authorize", page.ToString());
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var form = Hidden().Matches(await browser.GetStringAsync(page)).Select(field => KeyValuePair.Create(field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value)));
        using var answer = await browser.PostAsync(new Uri(page, "/services/oauth2/authorize"), new FormUrlEncodedContent([.. form, new("decision", decision)]));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(asked["redirect_url"]!.GetValue<string>() + "?", answer.Headers.Location!.ToString());
        return answer.Headers.Location.PathAndQuery[1..];
    }

    private static string Path(ServingWorker worker, JsonNode asked) => worker.Console.MakeRelativeUri(new Uri(asked["authorize"]!.GetValue<string>())).ToString();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();
}
