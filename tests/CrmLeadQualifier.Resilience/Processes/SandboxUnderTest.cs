using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>The emulated HubSpot, and Salesforce where it was asked for, in a process of its own, which outlives the worker's.</summary>
public sealed class SandboxUnderTest : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly string? _hubSpot;
    private readonly string? _token;

    private SandboxUnderTest(Process process, JsonNode? hubSpot, JsonNode? salesforce)
    {
        _process = process;
        Org = salesforce is null ? null : new OrgUnderTest(salesforce);
        _hubSpot = hubSpot?["base_url"]!.GetValue<string>();
        _token = hubSpot?["token"]!.GetValue<string>();
        ClientId = hubSpot?["client_id"]!.GetValue<string>() ?? "";
        ClientSecret = hubSpot?["client_secret"]!.GetValue<string>() ?? "";
        _http = new HttpClient { BaseAddress = new Uri(_hubSpot ?? Org!.BaseUrl) };
        _http.DefaultRequestHeaders.Authorization = _token is null ? null : new AuthenticationHeaderValue("Bearer", _token);
    }

    /// <summary>Whether HubSpot is emulated; Salesforce is where <see cref="Org"/> is not null.</summary>
    public bool HasHubSpot => _hubSpot is not null;

    public string BaseUrl => _hubSpot ?? throw new InvalidOperationException("HubSpot was not started");

    public string Token => _token ?? throw new InvalidOperationException("HubSpot was not started");

    /// <summary>Of the app that an admin authorizes.</summary>
    public string ClientId { get; }

    public string ClientSecret { get; }

    /// <summary>The emulated Salesforce; null: not started.</summary>
    public OrgUnderTest? Org { get; }

    public static async Task<SandboxUnderTest> StartAsync(params string[] options)
    {
        var start = new ProcessStartInfo(Repository.Sandbox, [.. options, "--until-stdin-closes"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        WorkerProcess.ShortLived(start);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the sandbox did not start");
        var ready = JsonNode.Parse(line)!;
        return new SandboxUnderTest(process, ready["hubspot"], ready["salesforce"]);
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(path))!;

    public async Task<JsonNode?> PostAsync(string path, object body) => await ReadAsync(path, await _http.PostAsJsonAsync(path, body));

    public async Task<JsonNode?> PutAsync(string path, object body) => await ReadAsync(path, await _http.PutAsJsonAsync(path, body));

    public async Task DeleteAsync(string path) => await ReadAsync(path, await _http.DeleteAsync(path));

    public static async Task<JsonNode?> ReadAsync(string path, HttpResponseMessage answer)
    {
        using var response = answer;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>From now on, counting calls from 1: the fault at each.</summary>
    public Task FaultsAsync(string list) => PostAsync("/__sandbox/faults", new { faults = list });

    public Task AdvanceAsync(string by) => PostAsync("/__sandbox/clock", new { advance = by });

    /// <summary>Moves the clock to an instant that is to come.</summary>
    public async Task AdvanceToAsync(DateTimeOffset instant)
    {
        var now = (await GetAsync("/__sandbox/clock"))["now"]!.GetValue<DateTimeOffset>();
        Assert.True(instant > now, $"the sandbox's clock is past {instant:O}");
        await AdvanceAsync($"{(long)(instant - now).TotalMilliseconds}ms");
    }

    public Task ResetCallsAsync() => PostAsync("/__sandbox/stats/reset", new { });

    public async Task<long> CallsAsync() => (await GetAsync("/__sandbox/stats"))["calls"]!["total"]!.GetValue<long>();

    /// <summary>Every contact with these properties as they are.</summary>
    public Task<IReadOnlyDictionary<string, JsonObject>> ContactsAsync(params string[] properties) => ObjectsAsync("contacts", int.MaxValue, properties);

    /// <summary>As many as the pages with the first so many have.</summary>
    public Task<IReadOnlyDictionary<string, JsonObject>> ContactsAsync(int most, params string[] properties) => ObjectsAsync("contacts", most, properties);

    /// <summary>Every object of a kind (<c>calls</c>) with these properties as they are.</summary>
    public Task<IReadOnlyDictionary<string, JsonObject>> ObjectsAsync(string kind, params string[] properties) => ObjectsAsync(kind, int.MaxValue, properties);

    private async Task<IReadOnlyDictionary<string, JsonObject>> ObjectsAsync(string kind, int most, string[] properties)
    {
        var objects = new Dictionary<string, JsonObject>();
        string? after = null;
        do
        {
            var page = await GetAsync($"/crm/v3/objects/{kind}?limit=100&properties={string.Join(',', properties)}{(after is null ? "" : $"&after={after}")}");
            foreach (var row in page["results"]!.AsArray())
            {
                objects.Add(row!["id"]!.GetValue<string>(), row["properties"]!.AsObject());
            }

            after = page["paging"]?["next"]?["after"]?.GetValue<string>();
        }
        while (after is not null && objects.Count < most);
        return objects;
    }

    /// <summary>Of every contact and property, the values that it passed through, oldest first: <c>ID property</c> to <c>a > b</c>.</summary>
    /// <param name="oursOnly">Properties of which only what our token wrote is told.</param>
    public async Task<IReadOnlyDictionary<string, string>> HistoriesAsync(IReadOnlyList<string> properties, params string[] oursOnly)
    {
        var histories = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var ids in (await ContactsAsync("lastname")).Keys.Chunk(50))
        {
            var answer = await PostAsync("/crm/v3/objects/contacts/batch/read", new
            {
                propertiesWithHistory = properties,
                properties = Array.Empty<string>(),
                inputs = ids.Select(id => new { id }),
            });
            foreach (var contact in answer!["results"]!.AsArray())
            {
                foreach (var (name, history) in contact!["propertiesWithHistory"]?.AsObject() ?? [])
                {
                    var values = history!.AsArray()
                        .Where(change => !oursOnly.Contains(name) || change!["sourceType"]?.GetValue<string>() == "INTEGRATION")
                        .Select(change => change!["value"]?.ToString() ?? "")
                        .Reverse();
                    histories[$"{contact["id"]} {name}"] = string.Join(" > ", values);
                }
            }
        }

        return histories;
    }

    public void Dispose()
    {
        Org?.Dispose();
        _http.Dispose();
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
