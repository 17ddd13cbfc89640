using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

/// <summary>A connection's life on the command line, against the sandbox; its secret and the people in it stay where they belong.</summary>
public sealed class ConnectionCommandsTests : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await SandboxUnderTest.StartAsync("--contacts", "40", "--seed", "5", "--rate-limits", "off");

    public Task DisposeAsync()
    {
        _sandbox.Dispose();
        _workplace.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_whole_life_of_a_connection()
    {
        (await ConnectAsync("hub")).Expect(ExitCode.Done);
        Assert.Contains("observe", (await _workplace.RunAsync("connections")).Expect(ExitCode.Done).Output);
        Assert.Contains("already", (await ConnectAsync("hub")).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("connected already, as 'hub'", (await ConnectAsync("other")).Expect(ExitCode.WrongUsage).Error);
        (await ConnectAsync("hub", "--replace")).Expect(ExitCode.Done);
        Assert.Contains("No agreement is in force", (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("Did you mean 'hub'?", (await _workplace.RunAsync("sync", "hubb")).Expect(ExitCode.WrongUsage).Error);

        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), "2026-11-20T09:00:00Z");
        Assert.Contains("would create", (await _workplace.RunAsync("provision", "hub", "--dry-run")).Expect(ExitCode.Done).Output);
        (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.DoneWithFailures);
        (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.Done);
        Assert.Contains("nothing to change", (await _workplace.RunAsync("provision")).Expect(ExitCode.Done).Output);
        (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.Done);

        var observed = (await _workplace.RunAsync("sync", "hub", "--format", "json")).Expect(ExitCode.Done).Json;
        Assert.Equal(40, observed["leads"]!["total"]!.GetValue<int>());
        Assert.Equal(0, observed["connections"]![0]!["fields_written"]!.GetValue<int>());

        Assert.Contains("--only LIST", (await _workplace.RunAsync("mode", "hub", "pilot")).Expect(ExitCode.WrongUsage).Error);
        (await _workplace.RunAsync("mode", "hub", "live")).Expect(ExitCode.Done);
        var plan = _workplace.File("plan.json");
        Assert.Contains("nothing was written", (await _workplace.RunAsync("sync", "hub", "--dry-run", "--plan", plan)).Expect(ExitCode.Done).Output);
        Assert.Equal(0, (await FieldsSetAsync()));
        (await _workplace.RunAsync("apply", plan)).Expect(ExitCode.Done);
        Assert.Equal(40, await FieldsSetAsync());

        var run = (await _workplace.RunAsync("runs", "--format", "json")).Expect(ExitCode.Done).Json[0]!["run"]!.GetValue<string>();
        Assert.Contains("Add --yes", (await _workplace.RunAsync("undo", run)).Expect(ExitCode.WrongUsage).Error);
        (await _workplace.RunAsync("undo", run, "--yes")).Expect(ExitCode.Done);
        Assert.Equal(0, await FieldsSetAsync());
        Assert.Contains("paused", (await _workplace.RunAsync("connections")).Expect(ExitCode.Done).Output);
        Assert.Contains("Waiting to be written: 40 records", (await _workplace.RunAsync("resume", "hub")).Expect(ExitCode.Done).Output);
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(ExitCode.Done);
        Assert.Equal(40, await FieldsSetAsync());

        var email = (await _sandbox.ContactsAsync("email")).Values.Select(contact => contact["email"]?.GetValue<string>()).First(email => email is not null)!;
        Assert.Contains("Criteria", (await _workplace.RunAsync("explain", email)).Expect(ExitCode.Done).Output);
        (await _workplace.RunAsync("explain", "nobody@nowhere.example")).Expect(ExitCode.DoneWithFailures);
        (await _workplace.RunAsync("quarantine")).Expect(ExitCode.Done);
        (await _workplace.RunAsync("overrides")).Expect(ExitCode.Done);

        await AssertNothingPersonalIsKeptInTheOpenAsync();
    }

    [Fact]
    public async Task A_refused_token_is_exit_code_3_with_what_to_do()
    {
        var refused = await _workplace.RunAsync("connect", "hubspot", "--name", "hub", "--token", "pat-na1-wrong", "--base-url", _sandbox.BaseUrl);

        refused.Expect(ExitCode.Refused);
        Assert.DoesNotContain("pat-na1-wrong", refused.Output + refused.Error);
        Assert.DoesNotContain("   at ", refused.Error);
        Assert.Equal("[]", (await _workplace.RunAsync("connections", "--format", "json")).Output.Trim());
    }

    [Fact]
    public async Task Lost_keys_are_named_and_not_guessed_around()
    {
        (await ConnectAsync("hub")).Expect(ExitCode.Done);
        Directory.Delete(Path.Combine(_workplace.Data, "keys"), recursive: true);

        var finished = (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.WrongUsage);

        Assert.Contains("--replace", finished.Error);
    }

    private Task<Finished> ConnectAsync(string name, params string[] more) => _workplace.RunWithAsync(
        new Dictionary<string, string?> { ["CLQ_HUBSPOT_TOKEN"] = _sandbox.Token }, ["connect", "hubspot", "--name", name, "--base-url", _sandbox.BaseUrl, .. more]);

    private async Task<int> FieldsSetAsync() => (await _sandbox.ContactsAsync("lq_stage")).Values.Count(contact => contact["lq_stage"]?.GetValue<string>() is { Length: > 0 });

    /// <summary>No address, no name and no token in any log; the token nowhere in the data folder; nothing in it that others may read.</summary>
    private async Task AssertNothingPersonalIsKeptInTheOpenAsync()
    {
        var logs = string.Concat(Directory.EnumerateFiles(Path.Combine(_workplace.Data, "logs")).Select(File.ReadAllText));
        Assert.NotEmpty(logs);
        Assert.DoesNotContain("@", logs);
        foreach (var contact in (await _sandbox.ContactsAsync("email", "lastname")).Values)
        {
            Assert.DoesNotContain(contact["email"]?.GetValue<string>() ?? "a@b", logs);
            Assert.DoesNotContain($" {contact["lastname"]?.GetValue<string>() ?? "no such name"} ", logs);
        }

        foreach (var file in Directory.EnumerateFiles(_workplace.Data, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(_sandbox.Token, System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file)));
        }

        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_workplace.Data) & others);
            foreach (var key in Directory.EnumerateFiles(Path.Combine(_workplace.Data, "keys")))
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(key) & others);
            }
        }
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
