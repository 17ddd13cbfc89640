using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

public sealed class AgreementCommandsTests
{
    private static readonly string Example = Repository.File("definitions", "b2b-software.en.yaml");
    private static readonly string French = Repository.File("definitions", "b2b-software.fr.yaml");

    [Fact]
    public async Task A_broken_definition_is_answered_with_every_problem_and_its_place()
    {
        using var workplace = new Workplace();
        var file = workplace.File("broken.yaml");
        await File.WriteAllTextAsync(file, """
            definition: Broken
            schema: 1
            profile:
              criteria:
                - { id: a, label: A, if: { country: { contian: x } }, points: 5 }
                - { id: a, label: B, if: { cuntry: FR }, points: 5 }
            mql: { when: { total: { at_least: 5 } } }
            """);

        var validated = (await workplace.RunAsync("definition", "validate", file)).Expect(ExitCode.WrongUsage);
        var proposed = (await workplace.RunAsync("definition", "propose", file)).Expect(ExitCode.WrongUsage);

        Assert.Contains("broken.yaml:5:", validated.Output);
        Assert.Contains("contains", validated.Output);
        Assert.Contains("broken.yaml:6:", validated.Output);
        Assert.Contains("country", validated.Output);
        Assert.Contains("broken.yaml:5:", proposed.Error);
        Assert.Empty(proposed.Output);
    }

    [Fact]
    public async Task A_version_is_in_force_once_both_roles_have_signed()
    {
        using var workplace = new Workplace();

        var proposed = (await workplace.RunAsync("definition", "propose", Example, "--by", "Ann", "--note", "first", "--format", "json", "--at", "2026-11-23T09:00:00Z")).Expect(ExitCode.Done);
        Assert.Equal(1, proposed.Json["version"]!.GetValue<int>());
        Assert.Matches("^[0-9a-f]{64}$", proposed.Json["fingerprint"]!.GetValue<string>());
        Assert.Equal(2, proposed.Json.AsObject().Count);

        var first = (await workplace.RunAsync("definition", "sign", "1", "--role", "marketing", "--by", "Ann", "--at", "2026-11-23T09:01:00Z")).Expect(ExitCode.Done);
        Assert.Contains("when sales has signed", first.Output);
        var second = (await workplace.RunAsync("definition", "sign", "1", "--role", "sales", "--by", "Ben", "--at", "2026-11-23T09:02:00Z")).Expect(ExitCode.Done);
        Assert.Contains("in force since 2026-11-23T09:02:00Z", second.Output);

        var history = (await workplace.RunAsync("definition", "history", "--format", "json")).Expect(ExitCode.Done).Json;
        Assert.True(history[0]!["in_force"]!.GetValue<bool>());
        Assert.Equal(["Ann", "Ben"], history[0]!["signatures"]!.AsArray().Select(signature => signature!["by"]!.GetValue<string>()));

        var shown = (await workplace.RunAsync("definition", "show")).Expect(ExitCode.Done);
        Assert.Equal((await File.ReadAllTextAsync(Example)).Trim(), shown.Output.Trim());
    }

    [Fact]
    public async Task The_same_content_proposed_again_is_the_same_version_and_another_is_the_next()
    {
        using var workplace = new Workplace();

        Assert.Equal(1, (await workplace.RunAsync("definition", "propose", Example, "--format", "json")).Json["version"]!.GetValue<int>());
        Assert.Equal(1, (await workplace.RunAsync("definition", "propose", Example, "--format", "json")).Json["version"]!.GetValue<int>());
        Assert.Equal(2, (await workplace.RunAsync("definition", "propose", French, "--format", "json")).Json["version"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("b2b-software.en.yaml")]
    [InlineData("b2b-software.fr.yaml")]
    [InlineData("x-education.yaml")]
    public async Task The_examples_are_valid(string name)
    {
        using var workplace = new Workplace();

        var finished = (await workplace.RunAsync("definition", "validate", Repository.File("definitions", name), "--format", "json")).Expect(ExitCode.Done);

        Assert.True(finished.Json["valid"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Bad_lines_of_a_leads_file_are_named_and_the_others_scored()
    {
        using var workplace = new Workplace();
        var leads = """
            {"id": "L1", "attributes": {"email": "a@acme.example", "company": "Acme"}}
            {"id": "L1"}
            not json
            {"id": ""}
            {"id": "L2", "attributes": {"email": "b@acme.example", "first_name": "Zoé 🦊 \u0007"}, "activities": [{"kind": "page_view", "at": "yesterday"}]}

            {"id": "L3", "attributes": {"email": "c@acme.example", "first_name": "\ud83e"}}
            """;

        var finished = await WorkerProcess.RunAsync(workplace.Folder, ["score", "--definition", Example, "--leads", "-", "--at", "2026-11-23"], input: leads);

        finished.Expect(ExitCode.DoneWithFailures);
        Assert.Equal(["L1", "L3"], finished.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["id"]!.GetValue<string>()));
        Assert.All([2, 3, 4, 5], line => Assert.Contains($"standard input:{line}:", finished.Error));
        Assert.DoesNotContain("   at ", finished.Error);
    }
}
