using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.Conformance.HubSpotClient;
using CrmLeadQualifier.Salesforce;
using Microsoft.Extensions.DependencyInjection;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>The sandbox's executable with Salesforce alone, started on a free port; ends when disposed or when this process ends.</summary>
public sealed class SandboxOrg : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ServiceProvider _services;

    private SandboxOrg(Process process, SalesforceConnection connection)
    {
        _process = process;
        Connection = connection;
        Control = new HttpClient { BaseAddress = new Uri(connection.LoginUrl) };
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSalesforce().BuildServiceProvider();
    }

    public SalesforceConnection Connection { get; }

    public HttpClient Control { get; }

    public static async Task<SandboxOrg> StartAsync(params string[] arguments)
    {
        var (process, ready) = await SandboxProcess.LaunchAsync(["--split", "salesforce", .. arguments]);
        var salesforce = ready.GetProperty("salesforce");
        return new SandboxOrg(process, new SalesforceConnection(
            salesforce.GetProperty("base_url").GetString()!, salesforce.GetProperty("client_id").GetString()!, salesforce.GetProperty("client_secret")
                .GetString()!));
    }

    public SalesforceCrm Client(SalesforceConnection? connection = null) =>
        _services.GetRequiredService<SalesforceCrmFactory>().Create(connection ?? Connection);

    public Task AdvanceAsync(string by) => PostAsync("/__sandbox/clock", new { advance = by });

    public Task PlanFaultsAsync(string faults) => PostAsync("/__sandbox/faults", new { faults });

    /// <summary>What somebody does in Salesforce's own pages.</summary>
    /// <param name="action">Nothing: an edit; else convert, merge, delete, activities.</param>
    public Task ActAsync(string type, string id, object body, string? action = null) =>
        PostAsync($"/__sandbox/people/{type}/{id}{(action is null ? "" : "/" + action)}", body);

    public async Task PostAsync(string path, object body)
    {
        using var answer = await Control.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>Salesforce's own routes, without our client.</summary>
    public async Task<HttpClient> SignInAsync()
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = Connection.App.ClientId, ["client_secret"] = Connection.App.ClientSecret!,
        });
        using var answer = await Control.PostAsync("/services/oauth2/token", form);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        return new HttpClient { BaseAddress = Control.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
    }

    public async Task<long> CallsAsync()
    {
        using var statistics = JsonDocument.Parse(await Control.GetStringAsync("/__sandbox/stats"));
        return statistics.RootElement.GetProperty("calls").GetProperty("total").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await _services.DisposeAsync();
        SandboxProcess.End(_process);
    }
}
