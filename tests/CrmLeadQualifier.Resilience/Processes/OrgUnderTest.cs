using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>The emulated Salesforce of a sandbox in a process of its own.</summary>
public sealed class OrgUnderTest(JsonNode access) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(access["base_url"]!.GetValue<string>()) };

    public string BaseUrl { get; } = access["base_url"]!.GetValue<string>();

    public string ClientId { get; } = access["client_id"]!.GetValue<string>();

    public string ClientSecret { get; } = access["client_secret"]!.GetValue<string>();

    /// <summary>The integration user's name.</summary>
    public string Username { get; } = access["username"]!.GetValue<string>();

    /// <summary>All rows of a query, with a token of its own.</summary>
    public Task<IReadOnlyList<JsonObject>> QueryAsync(string soql) => RowsAsync("query", soql);

    /// <summary>Deleted rows and archived activities too.</summary>
    public Task<IReadOnlyList<JsonObject>> QueryAllAsync(string soql) => RowsAsync("queryAll", soql);

    private async Task<IReadOnlyList<JsonObject>> RowsAsync(string route, string soql)
    {
        await SignInAsync();
        var rows = new List<JsonObject>();
        var path = $"/services/data/v66.0/{route}?q=" + Uri.EscapeDataString(soql);
        while (path is not null)
        {
            var page = (await SandboxUnderTest.ReadAsync(path, await _http.GetAsync(path)))!;
            rows.AddRange(page["records"]!.AsArray().Select(row => row!.AsObject()));
            path = page["nextRecordsUrl"]?.GetValue<string>();
        }

        return rows;
    }

    /// <summary>Of every record and field of ours, the values that it was given, oldest first: <c>ID field</c> to <c>a > b</c>. A value given twice stands there twice.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HistoriesAsync()
    {
        var given = (await SandboxUnderTest.ReadAsync("given", await _http.GetAsync("/__sandbox/given")))!["given"]!.AsArray();
        return given.Where(field => field!["field"]!.GetValue<string>().StartsWith("LQ_", StringComparison.Ordinal)).ToDictionary(
            field => $"{field!["id"]!.GetValue<string>()} {field["field"]!.GetValue<string>()}",
            field => string.Join(" > ", field!["values"]!.AsArray().Select(value => value!.GetValue<string>())));
    }

    /// <summary>A person edits a record in Salesforce's own pages.</summary>
    public async Task EditAsync(string type, string id, object fields, string user) =>
        await SandboxUnderTest.ReadAsync(type, await _http.PostAsJsonAsync($"/__sandbox/people/{type}/{id}", new { fields, user }));

    /// <summary>Something that a user did with a person, of the kinds of a leads file.</summary>
    public async Task ActAsync(string type, string id, object activity) =>
        await SandboxUnderTest.ReadAsync(id, await _http.PostAsJsonAsync($"/__sandbox/people/{type}/{id}/activities", activity));

    /// <summary>A user converts a Lead, with an opportunity of that name if one is given; answers the Contact.</summary>
    /// <param name="contact">An existing Contact to convert to; null: a new one.</param>
    public async Task<string> ConvertAsync(string lead, string user, string? opportunity, string? contact = null)
    {
        var body = new JsonObject { ["user"] = user };
        if (opportunity is not null)
        {
            body["opportunity"] = opportunity;
        }

        if (contact is not null)
        {
            body["contact"] = contact;
        }

        return (await SandboxUnderTest.ReadAsync(lead, await _http.PostAsJsonAsync($"/__sandbox/people/leads/{lead}/convert", body)))!["contactId"]!.GetValue<string>();
    }

    /// <summary>A user merges two records of one object: the loser is deleted and names its winner.</summary>
    public async Task MergeAsync(string type, string winner, string loser, string user) =>
        await SandboxUnderTest.ReadAsync(winner, await _http.PostAsJsonAsync($"/__sandbox/people/{type}/{winner}/merge", new { user, loser }));

    /// <summary>A user puts a record into the recycle bin, or takes it out of it.</summary>
    public async Task DeleteAsync(string type, string id, string user, bool restore = false) =>
        await SandboxUnderTest.ReadAsync(id, await _http.PostAsJsonAsync($"/__sandbox/people/{type}/{id}/{(restore ? "restore" : "delete")}", new { user }));

    /// <summary>A new record, by the API; answers its id.</summary>
    public async Task<string> CreateAsync(string type, object fields)
    {
        await SignInAsync();
        return (await SandboxUnderTest.ReadAsync(type, await _http.PostAsJsonAsync($"/services/data/v66.0/sobjects/{type}", fields)))!["id"]!.GetValue<string>();
    }

    /// <summary>A change by the API.</summary>
    public async Task UpdateAsync(string type, string id, object fields)
    {
        await SignInAsync();
        await SandboxUnderTest.ReadAsync(id, await _http.PatchAsJsonAsync($"/services/data/v66.0/sobjects/{type}/{id}", fields));
    }

    /// <summary>A deletion by the API.</summary>
    public async Task DeleteRowAsync(string type, string id)
    {
        await SignInAsync();
        await SandboxUnderTest.ReadAsync(id, await _http.DeleteAsync($"/services/data/v66.0/sobjects/{type}/{id}"));
    }

    /// <summary>Anew each time: the sandbox's clock may have passed the token's two hours.</summary>
    private async Task SignInAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = ClientId, ["client_secret"] = ClientSecret });
        var token = (await SandboxUnderTest.ReadAsync("token", await _http.PostAsync("/services/oauth2/token", form)))!["access_token"]!.GetValue<string>();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();
}
