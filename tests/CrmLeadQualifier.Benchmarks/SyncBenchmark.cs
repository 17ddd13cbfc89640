using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// A whole <c>sync</c> of a file of leads through the emulated HubSpot, as real processes over real HTTP: leads a second end to end, and API calls against the least possible.
/// </summary>
internal sealed class SyncBenchmark(TextWriter output, string worker, string data) : IDisposable
{
    private readonly HttpClient _http = new();

    public static async Task<int> RunAsync(TextWriter output, string leadsFile)
    {
        if (!File.Exists(leadsFile))
        {
            await output.WriteLineAsync($"there is no {leadsFile}: name a file of leads, such as x-education.leads.jsonl");
            return 2;
        }

        var root = Root();
        var worker = Path.Combine(root, "src", "CrmLeadQualifier.Worker", "bin", "Release", "net10.0", "crm-lead-qualifier");
        if (!File.Exists(worker))
        {
            await output.WriteLineAsync("build first: dotnet build -c Release src/CrmLeadQualifier.Worker");
            return 2;
        }

        var data = Directory.CreateTempSubdirectory("clq-benchmark-").FullName;
        try
        {
            using var benchmark = new SyncBenchmark(output, worker, data);
            await benchmark.RunAsync(leadsFile, Path.Combine(root, "definitions", "x-education.yaml"));
            return 0;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task RunAsync(string leadsFile, string definition)
    {
        using var sandbox = Start("sandbox", "--leads", leadsFile, "--split", "hubspot", "--rate-limits", "off");
        try
        {
            var hubspot = JsonNode.Parse((await sandbox.StandardOutput.ReadLineAsync())!)!["hubspot"]!;
            var url = (string)hubspot["base_url"]!;
            await CommandAsync("definition", "propose", definition);
            foreach (var role in (string[])["marketing", "sales"])
            {
                await CommandAsync("account", "add", role, "--role", role);
                await CommandAsync("definition", "sign", "1", "--role", role, "--by", role);
            }

            await CommandAsync("connect", "hubspot", "--name", "hub", "--token", (string)hubspot["token"]!, "--base-url", url);
            await CommandAsync("provision", "hub");
            await CommandAsync("mode", "hub", "live");

            await output.WriteLineAsync("run                    leads/s  seconds  calls  least  ratio  records written");
            var first = await SyncAsync(url, "first", least: null);
            await _http.PostAsJsonAsync($"{url}/__sandbox/clock", new { advance = "15m" });
            var echo = (int)Math.Ceiling(first.Written / 200.0);
            await SyncAsync(url, "second, 15 min later", least: first.Streams + echo);
            await _http.PostAsJsonAsync($"{url}/__sandbox/clock", new { advance = "15m" });
            await SyncAsync(url, "third, 15 min later", least: first.Streams);
        }
        finally
        {
            sandbox.Kill(entireProcessTree: true);
        }
    }

    private async Task<(int Streams, int Written)> SyncAsync(string url, string name, int? least)
    {
        await _http.PostAsync($"{url}/__sandbox/stats/reset", null);
        var elapsed = Stopwatch.StartNew();
        var run = JsonNode.Parse(await CommandAsync("sync", "--yes", "--format", "json"))!;
        elapsed.Stop();
        var routes = (await _http.GetFromJsonAsync<JsonObject>($"{url}/__sandbox/stats"))!["calls"]!["by_route"]!.AsObject();
        var calls = routes.Sum(route => (int)route.Value!);
        var connection = run["connections"]![0]!;
        var (read, written) = ((int)connection["records_read"]!, (int)connection["records_written"]!);

        // One call for each stream, more where it has more rows than a page takes; a write for each hundred; history for each fifty records with a verdict.
        var streams = routes.Count(route => IsStream(route.Key));
        var answered = (int)run["stages"]!["sql"]! + (int)run["stages"]!["recycled"]!;
        var possible = least ?? streams - 1 + Pages(read, 100) + Pages(written, 100) + Pages(answered, 50);
        var leads = (int)run["leads"]!["total"]!;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-22} {leads / elapsed.Elapsed.TotalSeconds,7:F0} {elapsed.Elapsed.TotalSeconds,8:F1} {calls,6} {possible,6} {(double)calls / possible,6:F3} {written,16}"));
        return (streams, written);
    }

    private static bool IsStream(string route) =>
        !route.Contains("account-info", StringComparison.Ordinal) && !route.Contains("/properties/", StringComparison.Ordinal) && !route.Contains("/batch/", StringComparison.Ordinal);

    private static int Pages(int rows, int page) => Math.Max(1, (rows + page - 1) / page);

    private async Task<string> CommandAsync(params string[] arguments)
    {
        using var process = Start([.. arguments, "--data", data]);
        var errors = process.StandardError.ReadToEndAsync();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? answer
            : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}: {await errors}");
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(worker, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the benchmark runs inside a checkout");
    }
}
