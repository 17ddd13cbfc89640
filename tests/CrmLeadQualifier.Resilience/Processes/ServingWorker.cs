using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>A worker that serves, in a process of its own, and its console.</summary>
public sealed partial class ServingWorker : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private ServingWorker(WorkerProcess process, Uri console)
    {
        Process = process;
        Console = console;
    }

    public WorkerProcess Process { get; }

    public Uri Console { get; }

    /// <summary>The administrator's password; only the first worker on a ledger says it.</summary>
    public string? Password => PasswordLine().Match(Process.Error) is { Success: true } line ? line.Groups[1].Value : null;

    /// <summary>Where everything is, as it was printed.</summary>
    public JsonNode Addresses => JsonNode.Parse(Process.Output.TrimEnd().Split('\n')[^1])!;

    public static Task<ServingWorker> StartAsync(Workplace workplace) => StartAsync(workplace.Start("serve", "--port", "0", "--format", "json"));

    /// <param name="process">Any command that serves, with <c>--format json</c>.</param>
    public static async Task<ServingWorker> StartAsync(WorkerProcess process)
    {
        await process.UntilItSaysAsync("\"console\"");
        return new ServingWorker(process, new Uri(JsonNode.Parse(process.Output.TrimEnd().Split('\n')[^1])!["console"]!.GetValue<string>()));
    }

    /// <summary>A browser without a session: keeps cookies, follows nothing.</summary>
    public Visitor Visit() => new(Console);

    public async Task<Visitor> SignInAsync(string name, string password)
    {
        var visitor = Visit();
        using var answer = await visitor.PostFormAsync("sign-in", await visitor.TokenAsync("sign-in"), ("name", name), ("password", password));
        Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"sign-in: {(int)answer.StatusCode}");
        return visitor;
    }

    public void Dispose() => Process.Dispose();

    /// <summary>Asks again until the answer is one that fits.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> fits, string what, TimeSpan? pause = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var last = await ask();
        while (!fits(last))
        {
            Assert.False(patience.IsCancellationRequested, $"{what}: not in time, the last answer was {last}");
            await Task.Delay(pause ?? TimeSpan.FromMilliseconds(200));
            last = await ask();
        }

        return last;
    }

    [GeneratedRegex(@"shown this once\): (\S+)")]
    private static partial Regex PasswordLine();
}

/// <summary>Speaks HTTP to the console.</summary>
public sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;

    private readonly Uri _console;

    public Visitor(Uri console)
        : this(console, new CookieContainer())
    {
    }

    private Visitor(Uri console, CookieContainer cookies)
    {
        _console = console;
        Cookies = cookies;
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = console };
    }

    public CookieContainer Cookies { get; }

    /// <summary>The same browser in another window: sign-ins are few, the throttle sees to that.</summary>
    public Visitor Again() => new(_console, Cookies);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path, ("Accept", "text/html"));

    public async Task<string> PageAsync(string path)
    {
        using var answer = await GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode} {text}");
        return text;
    }

    /// <summary>The antiforgery token of a page: of our own forms, or of the dashboard.</summary>
    public async Task<string> TokenAsync(string path) => Token().Match(await PageAsync(path)) is { Success: true } token
        ? token.Groups[1].Value
        : throw new InvalidOperationException($"{path} has no token");

    public Task<HttpResponseMessage> PostFormAsync(string path, string? token, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        if (token is not null)
        {
            request.Headers.Add("RequestVerificationToken", token);
        }

        return _http.SendAsync(request);
    }

    /// <summary>Starts a recurring job in the dashboard, as its button does.</summary>
    public async Task TriggerAsync(string job)
    {
        using var answer = await PostFormAsync("hangfire/recurring/trigger", await TokenAsync("hangfire/recurring"), ("jobs[]", job));
        Assert.True(answer.IsSuccessStatusCode, $"trigger {job}: {(int)answer.StatusCode}");
    }

    /// <summary>The state that the page shows of a job; empty: it shows no such job.</summary>
    public async Task<string> JobStateAsync(string job) =>
        Regex.Match(await PageAsync("runs"), $"data-job=\"{Regex.Escape(job)}\" data-state=\"([^\"]*)\"").Groups[1].Value;

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("(?:__RequestVerificationToken\" type=\"hidden\" value=|csrf-token\" content=)\"([^\"]+)\"")]
    private static partial Regex Token();
}
