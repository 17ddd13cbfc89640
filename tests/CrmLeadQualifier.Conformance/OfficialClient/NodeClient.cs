using System.Text.Json;
using CrmLeadQualifier.Conformance.Node;

namespace CrmLeadQualifier.Conformance.OfficialClient;

/// <summary>HubSpot's own client for Node, installed once beside the built tests, and run against an emulated portal.</summary>
public sealed class NodeClient : IAsyncLifetime
{
    private readonly Dictionary<string, JsonElement> _steps = [];

    /// <summary>What the client got in a step, or its failure; skips the test where the client cannot be run.</summary>
    public JsonElement Step(string name)
    {
        Skip.If(Missing is not null, Missing);
        Assert.True(_steps.TryGetValue(name, out var line), $"the client did not come as far as {name}");
        Assert.False(line.TryGetProperty("failed", out var failed), $"{name}: {failed}");
        return line.GetProperty("result");
    }

    private string? Missing { get; set; }

    public async Task InitializeAsync()
    {
        (var folder, Missing) = await NodePackage.InstallAsync(Path.Combine("OfficialClient", "node"), "HubSpot's official client");
        if (Missing is not null)
            return;
        await using var portal = await SandboxAnswers.SandboxPortal.StartAsync(contacts: 40, limits: "190");
        var (code, output, error) = await NodePackage.RunAsync(folder, new Dictionary<string, string>(), "node", "drive.mjs",
            portal.Access.BaseUrl, portal.Access.Token, portal.Access.ClientId, portal.Access.ClientSecret);
        Assert.True(code == 0, $"{output}\n{error}");
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            _steps[document.RootElement.GetProperty("step").GetString()!] = document.RootElement.Clone();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
