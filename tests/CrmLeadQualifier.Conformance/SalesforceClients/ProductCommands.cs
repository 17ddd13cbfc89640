using CrmLeadQualifier.Conformance.Node;

namespace CrmLeadQualifier.Conformance.SalesforceClients;

/// <summary>This program as a user runs it, with a ledger of its own.</summary>
internal sealed class ProductCommands(string data, string clientSecret)
{
    /// <summary>What it prints; a command that ends otherwise than well fails the test.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var (code, output, error) = await StartAsync(command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {output}{error}");
        return output;
    }

    /// <summary>What it prints and says of a command that is to end with another exit code.</summary>
    public async Task<(string Output, string Error)> EndAsync(int exitCode, params string[] command)
    {
        var (code, output, error) = await StartAsync(command);
        Assert.True(code == exitCode, $"{string.Join(' ', command)}: {code} {output}{error}");
        return (output, error);
    }

    private Task<(int Code, string Output, string Error)> StartAsync(string[] command) => NodePackage.RunAsync(
        NodePackage.Root(), new Dictionary<string, string> { ["CLQ_SALESFORCE_CLIENT_SECRET"] = clientSecret, ["CLQ_PASSWORD"] = "correct horse battery" }, "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "crm-lead-qualifier.dll"), .. command, "--data", data]);

    /// <summary>Puts an agreement into force.</summary>
    public async Task SignAsync(string definition)
    {
        await RunAsync("definition", "propose", definition, "--by", "Ann Roy", "--note", "First agreement");
        foreach (var (name, role) in new[] { ("ann", "marketing"), ("ben", "sales") })
        {
            await RunAsync("account", "add", name, "--role", role);
            await RunAsync("definition", "sign", "1", "--role", role, "--by", name);
        }
    }
}
