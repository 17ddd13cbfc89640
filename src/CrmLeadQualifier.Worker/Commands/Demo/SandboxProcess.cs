using System.Diagnostics;
using System.Text.Json;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>The sandbox's executable as a child. It holds our end of its standard input: however this process ends, the child ends with it.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private SandboxProcess(Process process) => _process = process;

    /// <param name="readsOutput">Its standard output is read by us; else it goes where ours goes.</param>
    public static SandboxProcess Start(IEnumerable<string> options, bool readsOutput)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "sandbox", "crm-lead-qualifier-sandbox" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        if (!File.Exists(path))
        {
            throw new UsageException($"The sandbox is not beside the program ({path}). Build or publish the worker again: that puts it there.");
        }

        var start = new ProcessStartInfo(path, [.. options, "--until-stdin-closes"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = readsOutput,
        };
        return new SandboxProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it is ready; its line tells where the emulated CRMs are.</summary>
    public async Task<SandboxAccess> ReadyAsync(CancellationToken cancellation)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellation)
            ?? throw new UsageException("The sandbox did not start; what it said stands above.");
        return JsonSerializer.Deserialize<SandboxAccess>(line, JsonText.Options) ?? throw new InvalidOperationException("the sandbox's line names no CRM");
    }

    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(EndsWithin);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }
}

/// <summary>Where the emulated CRMs are and how to enter; one that was not started is null.</summary>
internal sealed record SandboxAccess(HubSpotAccess? Hubspot, SalesforceAccess? Salesforce);

internal sealed record HubSpotAccess(string BaseUrl, string Token);

internal sealed record SalesforceAccess(string BaseUrl, string ClientId, string ClientSecret);
