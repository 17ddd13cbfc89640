using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>The executable itself, as `demo` and a shell start it.</summary>
public sealed class ProcessTests
{
    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "crm-lead-qualifier-sandbox.dll"), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task<int> EndAsync(Process process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    [Fact]
    public async Task It_prints_one_line_serves_and_ends_with_its_standard_input()
    {
        using var process = Start("--contacts", "5", "--split", "hubspot", "--until-stdin-closes");
        var ready = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!).RootElement;
        Assert.Equal(["hubspot", "salesforce"], ready.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.Null, ready.GetProperty("salesforce").ValueKind);
        var hubspot = ready.GetProperty("hubspot");
        Assert.Equal(["base_url", "token", "client_id", "client_secret"], hubspot.EnumerateObject().Select(property => property.Name));
        Assert.StartsWith("http://127.0.0.1:", hubspot.GetProperty("base_url").GetString());
        Assert.StartsWith("pat-", hubspot.GetProperty("token").GetString());

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hubspot.GetProperty("token").GetString());
        var page = JsonDocument.Parse(await http.GetStringAsync(hubspot.GetProperty("base_url").GetString() + "/crm/v3/objects/contacts")).RootElement;
        Assert.Equal(5, page.GetProperty("results").GetArrayLength());

        process.StandardInput.Close();
        Assert.Equal(0, await EndAsync(process));
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task Both_crms_are_started_unless_one_is_asked_for()
    {
        using var process = Start("--contacts", "16", "--until-stdin-closes");
        var ready = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync())!).RootElement;
        Assert.Equal(["base_url", "client_id", "client_secret", "username"], ready.GetProperty("salesforce").EnumerateObject().Select(property => property.Name));
        using var http = new HttpClient();
        var urls = new[] { "hubspot", "salesforce" }.Select(crm => ready.GetProperty(crm).GetProperty("base_url").GetString()).ToList();
        Assert.NotEqual(urls[0], urls[1]);
        foreach (var url in urls)
            Assert.Contains("now", await http.GetStringAsync(url + "/__sandbox/clock"));
        process.StandardInput.Close();
        Assert.Equal(0, await EndAsync(process));
    }

    [SkippableTheory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task A_signal_ends_it_quietly(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "Signals are Unix's.");
        using var process = Start("--contacts", "1");
        await process.StandardOutput.ReadLineAsync();
        using var kill = Process.Start("kill", [signal, process.Id.ToString()]);
        Assert.Equal(0, await EndAsync(process));
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_the_way_out()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var process = Start("--contacts", "1", "--hubspot-port", $"{port}");
        var error = await process.StandardError.ReadToEndAsync();
        Assert.Equal(2, await EndAsync(process));
        Assert.Contains($"Port {port} is in use: give another --hubspot-port", error);
    }

    [Theory]
    [InlineData("--split", "--split", "pipedrive")]
    [InlineData("--salesforce-port", "--split", "hubspot", "--salesforce-port", "4000")]
    [InlineData("--connector", "--split", "hubspot", "--connector", "on")]
    [InlineData("--sales", "--sales", "maybe")]
    [InlineData("--rate-limits", "--rate-limits", "120")]
    [InlineData("NAME[=ARGUMENT][@CALL]", "--faults", "explode@3")]
    [InlineData("--at", "--at", "tomorrow")]
    [InlineData("nowhere.jsonl", "--leads", "nowhere.jsonl")]
    [InlineData("--nonsense", "--nonsense")]
    public async Task Wrong_usage_is_told_in_a_sentence(string told, params string[] arguments)
    {
        using var process = Start(arguments);
        var error = await process.StandardError.ReadToEndAsync();
        Assert.Equal(2, await EndAsync(process));
        Assert.Contains(told, error);
        Assert.DoesNotContain("   at ", error);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
    }
}
