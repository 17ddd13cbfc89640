using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.Conformance.Node;
using CrmLeadQualifier.Sandbox;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Conformance.SalesforceClients;

/// <summary>Salesforce's own command line, signed in to an emulated org.</summary>
public sealed class SalesforceCommandLine : IAsyncLifetime
{
    private SandboxServer? _server;
    private Dictionary<string, string> _environment = [];
    private string _package = "";
    private string? _missing;

    internal SalesforceAccess Org => _server!.Salesforce!;

    /// <summary>A folder of its own for files that the command line reads and writes.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("clq-sf-").FullName;

    public async Task InitializeAsync()
    {
        (_package, _missing) = await NodePackage.InstallHeavyAsync(Path.Combine("SalesforceClients", "sf"), "Salesforce's command line");
        if (_missing is not null)
            return;
        _server = await SandboxServer.StartAsync(new SandboxOptions { Contacts = 60, Split = Split.Salesforce, Limits = LimitTier.Read("190")! }, TimeProvider.System,
            _ => { }, CancellationToken.None);
        var org = _server.Salesforce!;
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = org.ClientId, ["client_secret"] = org.ClientSecret,
        });
        using var answer = await http.PostAsync(org.BaseUrl + "/services/oauth2/token", form);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = Folder, ["SF_ACCESS_TOKEN"] = token, ["SF_USE_GENERIC_UNIX_KEYCHAIN"] = "true", ["SF_DISABLE_TELEMETRY"] = "true",
            ["SF_AUTOUPDATE_DISABLE"] = "true", ["SF_SKIP_NEW_VERSION_CHECK"] = "true", ["SF_ORG_METADATA_REST_DEPLOY"] = "true",
        };
        await RunAsync("org", "login", "access-token", "--instance-url", org.BaseUrl, "--no-prompt", "--alias", "emulated");
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a command against the org and gives its result; skips the test where it cannot be run.</summary>
    public Task<JsonElement> OnOrgAsync(params string[] command)
    {
        Skip.If(_missing is not null, _missing);
        return RunAsync([.. command, "--target-org", "emulated"]);
    }

    private async Task<JsonElement> RunAsync(params string[] command)
    {
        var (code, output, error) = await NodePackage.RunAsync(Folder, _environment, NodePackage.NodeOf(_package),
            [Path.Combine(_package, "node_modules", "@salesforce", "cli", "bin", "run.js"), .. command, "--json"]);
        Assert.True(code == 0, output + error);
        return JsonDocument.Parse(output).RootElement.GetProperty("result");
    }
}
