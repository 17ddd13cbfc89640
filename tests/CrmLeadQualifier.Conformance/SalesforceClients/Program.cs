using CrmLeadQualifier.Conformance.Node;

namespace CrmLeadQualifier.Conformance.SalesforceClients;

/// <summary>This program as a user runs it, with a ledger of its own.</summary>
internal sealed class Program(string data, string clientSecret)
{
    /// <summary>What it prints; a command that ends otherwise than well fails the test.</summary>
    public async Task<string> RunAsync(params string[] command)
    {
        var (code, output, error) = await NodePackage.RunAsync(
            NodePackage.Root(), new Dictionary<string, string> { ["CLQ_SALESFORCE_CLIENT_SECRET"] = clientSecret, ["CLQ_PASSWORD"] = "correct horse battery" }, "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "crm-lead-qualifier.dll"), .. command, "--data", data]);
        Assert.True(code == 0, $"{string.Join(' ', command)}: {output}{error}");
        return output;
    }

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
