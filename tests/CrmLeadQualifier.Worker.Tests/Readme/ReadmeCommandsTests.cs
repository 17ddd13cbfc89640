using System.Text;
using System.Text.RegularExpressions;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;
using Microsoft.Extensions.Configuration;

namespace CrmLeadQualifier.Worker.Tests.Readme;

/// <summary>Every command of the README is run as it stands, in its order, against the sandbox.</summary>
public sealed partial class ReadmeCommandsTests
{
    private const string Program = "crm-lead-qualifier ";
    private const string FromCheckout = "dotnet run --project src/CrmLeadQualifier.Worker -- ";

    [Fact]
    public async Task Every_command_of_the_readme_works_in_its_order()
    {
        using var sandbox = await SandboxUnderTest.StartAsync("--contacts", "60", "--seed", "11", "--rate-limits", "off");
        using var workplace = new Workplace();
        var email = (await sandbox.ContactsAsync("email")).Values.Select(contact => contact["email"]?.GetValue<string>()).First(email => email is not null)!;
        Directory.CreateDirectory(workplace.File("definitions"));
        foreach (var definition in Directory.EnumerateFiles(Repository.File("definitions")))
        {
            File.Copy(definition, workplace.File(Path.Combine("definitions", Path.GetFileName(definition))));
        }

        await File.WriteAllTextAsync(workplace.File("leads.jsonl"), """{"id": "L1", "attributes": {"email": "a@acme.example", "company": "Acme"}}""");
        var commands = Commands().ToList();
        Assert.True(commands.Count > 20, $"only {commands.Count} commands found");
        foreach (var command in commands)
        {
            if (command.StartsWith("tests/", StringComparison.Ordinal))
            {
                AssertIsScript(command);
            }
            else if (command.StartsWith(FromCheckout, StringComparison.Ordinal))
            {
                await RunFromCheckoutAsync(workplace, Words(command[FromCheckout.Length..]));
            }
            else
            {
                Assert.StartsWith(Program, command);
                var words = Words(command[Program.Length..].Replace("CONTACT_EMAIL", email, StringComparison.Ordinal));
                await RunAsync(workplace, sandbox, words is ["connect", "hubspot", ..] ? [.. words, "--base-url", sandbox.BaseUrl] : words);
            }
        }
    }

    [Fact]
    public void The_mapping_of_the_readme_is_read_as_it_stands()
    {
        var example = Settings().Match(File.ReadAllText(Repository.File("README.md"))).Groups["json"].Value;
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(example));

        var mapping = new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Connections:hub:Mapping").Get<HubSpotMapping>()!;

        Assert.Equal(["function__c", "jobtitle"], mapping.Attributes["job_title"]);
        Assert.Equal(["company.headcount"], mapping.Attributes["employees"]);
        Assert.Equal(["White paper"], mapping.DownloadForms);
        Assert.Equal(["Webinar registration"], mapping.EventForms);
        Assert.Equal("customer", mapping.CustomerStage);
        Assert.Empty(mapping.DealPipelines);
    }

    private static IEnumerable<string> Commands() => Blocks().Matches(File.ReadAllText(Repository.File("README.md")))
        .SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>This very script runs this test: that it is there and can be started is all that can be tried here.</summary>
    private static void AssertIsScript(string path)
    {
        Assert.StartsWith("#!", File.ReadAllText(Repository.File(path)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(Repository.File(path)).HasFlag(UnixFileMode.UserExecute));
        }
    }

    /// <summary>As a newcomer types it, but for what was built already.</summary>
    private static async Task RunFromCheckoutAsync(Workplace workplace, string[] words)
    {
        using var process = WorkerProcess.StartFile("dotnet", Repository.Root,
            ["run", "--no-build", "-c", Repository.Configuration, "--project", "src/CrmLeadQualifier.Worker", "--", .. words, "--data", workplace.File("checkout")]);
        if (words is ["demo"])
        {
            await process.UntilItSaysAsync("Ctrl-C ends it");
            return;
        }

        (await process.FinishAsync()).Expect(ExitCode.Done);
    }

    private static async Task RunAsync(Workplace workplace, SandboxUnderTest sandbox, string[] words)
    {
        using var process = WorkerProcess.Start(workplace.Folder, [.. words, "--data", workplace.Data], new Dictionary<string, string?>(Workplace.Password) { ["CLQ_HUBSPOT_TOKEN"] = sandbox.Token });
        if (words is ["sandbox", ..])
        {
            await process.UntilItSaysAsync("base_url");
            return;
        }

        var finished = await process.FinishAsync();
        Assert.True(finished.ExitCode == ExitCode.Done, $"{string.Join(' ', words)}: exit code {finished.ExitCode}\n{finished.Output}\n{finished.Error}");
    }

    private static string[] Words(string command) => [.. Word().Matches(command).Select(word => word.Groups["quoted"].Success ? word.Groups["quoted"].Value : word.Value)];

    [GeneratedRegex("^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Settings();

    [GeneratedRegex("^```sh\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("\"(?<quoted>[^\"]*)\"|[^ ]+")]
    private static partial Regex Word();
}
