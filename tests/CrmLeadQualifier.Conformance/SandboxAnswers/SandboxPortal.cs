using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>An emulated portal in this process, with the limits of the account that most recordings were made on.</summary>
internal sealed class SandboxPortal : IAsyncDisposable
{
    private readonly SandboxServer _server;
    private readonly HttpClient _http;

    private SandboxPortal(SandboxServer server)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = server.BaseUrl };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
    }

    public HubSpotAccess Access => _server.HubSpot!;

    public static async Task<SandboxPortal> StartAsync(int contacts = 0, string limits = "100") =>
        new(await SandboxServer.StartAsync(new SandboxOptions { Contacts = contacts, Seed = 3, Limits = LimitTier.Read(limits)! }, TimeProvider.System,
            _ => { }, CancellationToken.None));

    public async Task<SandboxAnswer> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers).Select(header => header.Key.ToLowerInvariant()).ToList();
        return new SandboxAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), headers);
    }

    public async Task<string> CreateAsync(string type, object properties) =>
        (await SendAsync("POST", $"/crm/objects/2026-03/{type}", new { properties })).Json.GetProperty("id").GetString()!;

    public Task<SandboxAnswer> AssociateAsync(string fromType, string from, string toType, string to) =>
        SendAsync("POST", $"/crm/v4/associations/{fromType}/{toType}/batch/create",
            new { inputs = new[] { new { from = new { id = from }, to = new { id = to } } } });

    public Task IndexAsync() => SendAsync("POST", "/__sandbox/clock", new { advance = "1m" });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }
}

internal sealed record SandboxAnswer(int Status, string Body, IReadOnlyList<string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The same status, rate-limit headers and shape as recorded.</summary>
    /// <param name="recording">What HubSpot answered.</param>
    /// <param name="status">HubSpot's own status where the recording's is its test harness's.</param>
    /// <param name="propertyNames">Whether the names of properties must be the same too.</param>
    /// <param name="exceptKeys">Keys that are not compared.</param>
    public void AssertAsRecorded(Recording recording, int? status = null, bool propertyNames = false, params string[] exceptKeys)
    {
        Assert.Equal(status ?? recording.Status ?? 200, Status);
        if (recording.Headers.Count > 0)
        {
            Assert.Superset(recording.Headers.ToHashSet(), Headers.ToHashSet());
            Assert.Equal(recording.Headers.Where(IsLimit).Order(), Headers.Where(IsLimit).Order());
        }
        if (recording.Body.ValueKind == JsonValueKind.Object)
            Shape.AssertSame(recording.Body, Json, propertyNames, exceptKeys);
        else if (recording.Body.ValueKind == JsonValueKind.String)
            Assert.Equal(recording.Body.GetString(), Body);
        else
            Assert.Equal("", Body);

        static bool IsLimit(string header) => header.StartsWith("x-hubspot-ratelimit", StringComparison.Ordinal);
    }
}
