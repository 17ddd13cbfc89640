using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>The program as a user starts it: a process, its words, its exit code.</summary>
public sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    public static WorkerProcess Start(string workingFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? input = null) =>
        StartFile(Repository.Worker, workingFolder, arguments, environment, input);

    public static WorkerProcess StartFile(
        string file, string workingFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("CLQ_HUBSPOT_TOKEN");
        start.Environment.Remove("CLQ_SALESFORCE_CLIENT_SECRET");
        start.Environment.Remove("ConnectionStrings__Ledger");
        ShortLived(start);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var process = new WorkerProcess(Process.Start(start)!);
        if (input is not null)
        {
            process._process.StandardInput.Write(input);
        }

        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Many processes that live for seconds, side by side on a few processors: without a heap per processor, and without profiling for later, they need a third less of them.</summary>
    public static void ShortLived(ProcessStartInfo start)
    {
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<Finished> RunAsync(string workingFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? input = null)
    {
        using var process = Start(workingFolder, arguments, environment, input);
        return await process.FinishAsync();
    }

    public async Task<Finished> FinishAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The program did not end in time. It said:\n{Output}\n{Error}");
        }

        return new Finished(_process.ExitCode, Output, Error);
    }

    /// <summary>The most memory (VmHWM) that the process ever held until it ended, in MB, as Linux tells it; 0: this is no Linux.</summary>
    public async Task<long> PeakMegabytesAsync()
    {
        long peak = 0;
        while (!HasEnded)
        {
            try
            {
                peak = Math.Max(peak, File.ReadLines($"/proc/{Id}/status").Where(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
                    .Select(line => long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024).FirstOrDefault());
            }
            catch (IOException)
            {
                // It is gone, or this is no Linux.
            }

            await Task.Delay(100);
        }

        return peak;
    }

    /// <summary>Waits until standard error or output shows a text.</summary>
    public async Task UntilItSaysAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Error.Contains(text, StringComparison.Ordinal) && !Output.Contains(text, StringComparison.Ordinal))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The program ended before it said '{text}':\n{Output}\n{Error}");
            }

            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>SIGKILL: nothing in the process runs any more.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>SIGTERM, as a service's manager sends it.</summary>
    public void Terminate() => Signal("TERM");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}

public sealed record Finished(int ExitCode, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public Finished Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n{Output}\n{Error}");
        return this;
    }
}
