using System.Globalization;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Resilience.Processes;
using Microsoft.Playwright;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>
/// What an administrator sees, in a real browser: a sync at work, jobs done and failed, a viewer's dashboard. The images of hangfire-dashboard.md are made here; with
/// CLQ_UPDATE_IMAGES=1 they are put into docs/images.
/// </summary>
public sealed class DashboardImagesTests : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private readonly List<string> _made = [];
    private readonly List<string> _complaints = [];
    private SandboxUnderTest _sandbox = null!;
    private CallRecorder _recorder = null!;

    public async Task InitializeAsync()
    {
        var aMinuteAgo = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", "900", "--seed", "42", "--rate-limits", "off");
        _recorder = await CallRecorder.StartAsync(_sandbox.BaseUrl);
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), aMinuteAgo);
        await _workplace.GoLiveAsync(_recorder.BaseUrl, _sandbox.Token, aMinuteAgo);
    }

    public async Task DisposeAsync()
    {
        await _recorder.DisposeAsync();
        _sandbox.Dispose();
        _workplace.Dispose();
    }

    [SkippableFact]
    public async Task The_dashboard_and_the_runs_as_an_administrator_sees_them()
    {
        Skip.If(Browser.Path is null, "no Chromium on this machine; tests/chromium.sh installs it");
        await using var browser = await Browser.StartAsync();
        _recorder.HoldAt(CallRecorder.IsWrite, number: 4);
        using var worker = await ServingWorker.StartAsync(_workplace);
        var page = await browser.OpenAsync(worker.Console, _complaints);

        await page.GotoAsync("/runs");
        await TakeAsync(page, "sign-in");
        await SignInAsync(page, "admin", worker.Password!);
        await page.WaitForURLAsync("**/runs");

        // The page moves by itself: the sync is met in the middle of its push, with what is left.
        await Assertions.Expect(page.Locator("[data-job='sync:hub']")).ToContainTextAsync("hub: push", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await Assertions.Expect(page.Locator("[data-job='sync:hub']")).ToContainTextAsync("left", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await TakeAsync(page, "runs-at-work");
        await page.GotoAsync("/hangfire/jobs/processing");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("sync:hub");
        await TakeAsync(page, "jobs-processing");

        // It would go on asking a worker that is gone.
        await page.Context.CloseAsync();
        _recorder.Restart();
        worker.Process.Kill();
        await worker.Process.FinishAsync();
        using var next = await ServingWorker.StartAsync(_workplace);
        page = await browser.OpenAsync(next.Console, _complaints);
        await page.GotoAsync("/");
        await SignInAsync(page, "admin", worker.Password!);
        await page.GotoAsync("/runs");
        await Assertions.Expect(page.Locator("[data-job='sync:hub'][data-state='done']")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
        await TakeAsync(page, "runs");
        await page.GotoAsync("/");
        await TakeAsync(page, "home");

        await page.GotoAsync("/hangfire/recurring");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("score:due");
        await TakeAsync(page, "recurring");
        // The button as a person presses it: its request carries the antiforgery token.
        await page.Locator("tr", new PageLocatorOptions { HasText = "score:due" }).Locator("input[type=checkbox]").CheckAsync();
        var answer = await page.RunAndWaitForResponseAsync(() => page.GetByText("Trigger now").ClickAsync(), response => response.Url.EndsWith("/recurring/trigger", StringComparison.Ordinal));
        Assert.Equal(204, answer.Status);
        await page.WaitForURLAsync("**/hangfire/recurring");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await page.GotoAsync("/hangfire/jobs/succeeded");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("sync:hub");
        await TakeAsync(page, "jobs-succeeded");
        await page.GotoAsync("/hangfire");
        await TakeAsync(page, "overview");
        await page.GotoAsync("/hangfire/servers");
        await TakeAsync(page, "servers");

        // A CRM that answers nothing.
        await _sandbox.FaultsAsync(string.Join(',', Enumerable.Range(1, 400).Select(call => $"cut-before@{call}")));
        await page.GotoAsync("/runs");
        await ServingWorker.UntilAsync(() => page.Locator("[data-job='sync:hub']").GetAttributeAsync("data-state"), state => state == "failed", "a failed sync");
        await TakeAsync(page, "runs-failed");
        await page.GotoAsync("/hangfire/jobs/failed");
        await page.GetByText("sync:hub").First.ClickAsync();
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("JobFailedException");
        await TakeAsync(page, "job-failed");
        await _sandbox.FaultsAsync("");
        await page.GotoAsync("/runs");
        await page.GetByText("Start again").ClickAsync();
        await Assertions.Expect(page.Locator("[data-job='sync:hub'][data-state='done']")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });

        // What needs a person.
        (await _workplace.RunAsync("mode", "hub", "paused")).Expect(0);
        await page.GotoAsync("/hangfire/recurring");
        await page.Locator("tr", new PageLocatorOptions { HasText = "watch" }).Locator("input[type=checkbox]").CheckAsync();
        await page.RunAndWaitForResponseAsync(() => page.GetByText("Trigger now").ClickAsync(), response => response.Url.EndsWith("/recurring/trigger", StringComparison.Ordinal));
        await page.WaitForURLAsync("**/hangfire/recurring");
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await ServingWorker.UntilAsync(
            async () =>
            {
                await page.GotoAsync("/");
                return await page.Locator("[data-alert='hub paused']").CountAsync();
            },
            count => count == 1, "the alert");
        await TakeAsync(page, "alert");

        await SeeAsViewerAsync(browser, next);

        Assert.Empty(_complaints);
        AssertThePageShowsThem();
    }

    private async Task SeeAsViewerAsync(Browser browser, ServingWorker worker)
    {
        var password = (await _workplace.RunAsync("account", "add", "vera", "--role", "viewer", "--format", "json")).Expect(0).Json["password"]!.GetValue<string>();
        var page = await browser.OpenAsync(worker.Console, _complaints);
        await page.GotoAsync("/hangfire/recurring");
        await SignInAsync(page, "vera", password);
        await page.WaitForURLAsync("**/hangfire/recurring");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("score:due");
        await Assertions.Expect(page.GetByText("Trigger now")).ToHaveCountAsync(0);
        await TakeAsync(page, "recurring-viewer");
    }

    private static async Task SignInAsync(IPage page, string name, string password)
    {
        await page.FillAsync("[name=name]", name);
        await page.FillAsync("[name=password]", password);
        await page.ClickAsync("main button");
    }

    private async Task TakeAsync(IPage page, string name)
    {
        var image = await page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });
        Assert.True(image.Length > 5_000, $"{name} shows nothing");
        _made.Add($"docs/images/{name}.png");
        if (Environment.GetEnvironmentVariable("CLQ_UPDATE_IMAGES") == "1")
        {
            Directory.CreateDirectory(Repository.File("docs", "images"));
            await File.WriteAllBytesAsync(Repository.File("docs", "images", $"{name}.png"), image);
        }
    }

    /// <summary>Every image is shown by the page, and every image that the page shows is made here and there.</summary>
    private void AssertThePageShowsThem()
    {
        var shown = Regex.Matches(File.ReadAllText(Repository.File("hangfire-dashboard.md")), @"\]\((docs/images/[^)]+)\)").Select(match => match.Groups[1].Value).Distinct().Order();
        Assert.Equal(_made.Order(), shown);
        Assert.All(_made, image => Assert.True(File.Exists(Repository.File(image.Split('/'))), image));
    }
}
