using Microsoft.Playwright;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>The system's Chromium, without a window.</summary>
public sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        _browser = browser;
    }

    /// <summary>Null where there is none; tests/chromium.sh installs it.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } set
        ? set
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    public static async Task<Browser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-sandbox", "--force-color-profile=srgb"] }));
    }

    /// <summary>A page of a window of its own; what its scripts complain of fails the test at the end.</summary>
    public async Task<IPage> OpenAsync(Uri address, List<string> complaints)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = 1280, Height = 720 },
            ColorScheme = ColorScheme.Light,
        });
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add($"{page.Url}: {message.Text}");
            }
        };
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
