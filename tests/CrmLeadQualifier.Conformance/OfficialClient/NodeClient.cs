using System.Diagnostics;
using System.Text.Json;

namespace CrmLeadQualifier.Conformance.OfficialClient;

/// <summary>HubSpot's own client for Node, installed once beside the built tests, and run against an emulated portal.</summary>
public sealed class NodeClient : IAsyncLifetime
{
    private const int OldestNode = 18;

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
        var folder = Path.Combine(AppContext.BaseDirectory, "official-client");
        Missing = await InstallAsync(folder);
        if (Missing is not null)
            return;
        await using var portal = await SandboxAnswers.SandboxPortal.StartAsync(contacts: 40, limits: "190");
        var (code, output, error) = await RunAsync(folder, "node", "drive.mjs", portal.Access.BaseUrl, portal.Access.Token, portal.Access.ClientId,
            portal.Access.ClientSecret);
        Assert.True(code == 0, $"{output}\n{error}");
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            _steps[document.RootElement.GetProperty("step").GetString()!] = document.RootElement.Clone();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Copies the driver and installs what its lock file names; null: it can be run.</summary>
    private static async Task<string?> InstallAsync(string folder)
    {
        var (code, version, _) = await TryRunAsync(Path.GetTempPath(), "node", "--version");
        if (code != 0 || !int.TryParse(version.Trim().TrimStart('v').Split('.')[0], out var major) || major < OldestNode)
            return $"Node {OldestNode} or later is not on the PATH, and HubSpot's official client runs on nothing else.";
        Directory.CreateDirectory(folder);
        var source = Path.Combine(Root(), "tests", "CrmLeadQualifier.Conformance", "OfficialClient", "node");
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        var mark = Path.Combine(folder, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark) == wanted)
            return null;
        var (installed, output, error) = await TryRunAsync(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        if (installed != 0)
            return $"HubSpot's official client could not be installed from npm: {(error + output).Split('\n')[0]}";
        await File.WriteAllTextAsync(mark, wanted);
        return null;
    }

    private static async Task<(int Code, string Output, string Error)> TryRunAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            return await RunAsync(folder, program, arguments);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "", $"{program} is not on the PATH");
        }
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in time: {await output}\n{await error}");
        }
        return (process.ExitCode, await output, await error);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no checkout above {AppContext.BaseDirectory}");
    }
}
