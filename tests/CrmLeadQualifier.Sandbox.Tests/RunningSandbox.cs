using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>A sandbox in this process, spoken to over real HTTP on a free port.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly HttpClient _http;
    private string? _leads;

    private RunningSandbox(SandboxServer server)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = server.BaseUrl };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
    }

    public List<string> Notices { get; } = [];

    public HttpClient Http => _http;

    public HubSpotAccess Access => _server.HubSpot!;

    /// <summary>Without limits and without people, unless the options say otherwise.</summary>
    public static async Task<RunningSandbox> StartAsync(SandboxOptions? options = null, TimeProvider? time = null)
    {
        var notices = new List<string>();
        options ??= new SandboxOptions { Contacts = 0, Limits = LimitTier.Off };
        var sandbox = new RunningSandbox(await SandboxServer.StartAsync(options, time ?? TimeProvider.System, notices.Add, CancellationToken.None));
        sandbox.Notices.AddRange(notices);
        return sandbox;
    }

    public static async Task<RunningSandbox> WithLeadsAsync(string at, params string[] lines)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllLinesAsync(file, lines);
        var sandbox = await StartAsync(new SandboxOptions { Leads = file, Limits = LimitTier.Off, At = DateTimeOffset.Parse(at) });
        sandbox._leads = file;
        return sandbox;
    }

    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    public async Task<string> CreateAsync(string type, object properties)
    {
        var created = await PostAsync($"/crm/objects/2026-03/{type}", new { properties });
        Assert.Equal(201, created.Status);
        return created["id"].GetString()!;
    }

    public async Task<string?> ValueAsync(string id, string property, string type = "contacts")
    {
        var read = await GetAsync($"/crm/objects/2026-03/{type}/{id}?properties={property}");
        return read["properties"].GetProperty(property).GetString();
    }

    public Task<Reply> UpdateAsync(string id, object properties) => PostAsync("/crm/objects/2026-03/contacts/batch/update",
        new { inputs = new[] { new { id, properties } } });

    public Task<Reply> AdvanceAsync(string by) => PostAsync("/__sandbox/clock", new { advance = by });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        if (_leads is not null)
            File.Delete(_leads);
    }
}
