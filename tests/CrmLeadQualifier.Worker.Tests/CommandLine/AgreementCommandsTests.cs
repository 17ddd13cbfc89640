using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

public sealed class AgreementCommandsTests
{
    private static readonly string Example = Repository.File("definitions", "b2b-software.en.yaml");
    private static readonly string French = Repository.File("definitions", "b2b-software.fr.yaml");
    private const string At = "2026-11-23T09:00:00Z";
    private static readonly Dictionary<string, string?> Wrong = new() { ["CLQ_PASSWORD"] = "not the password" };

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
        Assert.Equal(["version", "fingerprint", "forecast", "forecast_why"], proposed.Json.AsObject().Select(key => key.Key));

        await workplace.AddSignatoriesAsync();
        var first = (await workplace.SignAsync(1, "marketing", "2026-11-23T09:01:00Z", "--note", "read together")).Expect(ExitCode.Done);
        Assert.Contains("when sales has signed", first.Output);
        var second = (await workplace.SignAsync(1, "sales", "2026-11-23T09:02:00Z")).Expect(ExitCode.Done);
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

    [Fact]
    public async Task A_signature_is_the_account_s_own_and_of_its_role()
    {
        using var workplace = new Workplace();
        await workplace.AddSignatoriesAsync();
        (await workplace.RunAsync("definition", "propose", Example)).Expect(ExitCode.Done);
        string[] sign = ["definition", "sign", "1", "--role", "sales"];

        Assert.Contains("A password is needed", (await workplace.RunAsync([.. sign, "--by", "Ben"])).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("that is not its password", (await workplace.RunWithAsync(Wrong, [.. sign, "--by", "Ben"])).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("There is no account 'Eve'", (await workplace.RunWithAsync(Workplace.Password, [.. sign, "--by", "Eve"])).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("it cannot sign for sales", (await workplace.RunWithAsync(Workplace.Password, [.. sign, "--by", "Ann"])).Expect(ExitCode.WrongUsage).Error);
        (await workplace.RunAsync("account", "disable", "Ben")).Expect(ExitCode.Done);
        Assert.Contains("it is disabled", (await workplace.RunWithAsync(Workplace.Password, [.. sign, "--by", "Ben"])).Expect(ExitCode.WrongUsage).Error);
        Assert.Empty((await workplace.RunAsync("definition", "history", "--format", "json")).Json[0]!["signatures"]!.AsArray());
    }

    [Fact]
    public async Task After_five_wrong_passwords_the_right_one_waits_too()
    {
        using var workplace = new Workplace();
        await workplace.AddSignatoriesAsync();
        (await workplace.RunAsync("definition", "propose", Example)).Expect(ExitCode.Done);
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            (await workplace.RunWithAsync(Wrong, "definition", "sign", "1", "--role", "sales", "--by", "Ben")).Expect(ExitCode.WrongUsage);
        }

        Assert.Contains("Too many wrong passwords for Ben", (await workplace.SignAsync(1, "sales", At)).Expect(ExitCode.WrongUsage).Error);
        (await workplace.SignAsync(1, "marketing", At)).Expect(ExitCode.Done);
    }

    [Fact]
    public async Task A_signature_is_withdrawn_before_the_second_one_and_stays_readable_and_not_after_it()
    {
        using var workplace = new Workplace();
        await workplace.AddSignatoriesAsync();
        (await workplace.RunAsync("definition", "propose", Example)).Expect(ExitCode.Done);
        string[] withdraw = ["definition", "withdraw", "1", "--role", "marketing", "--by", "Ann", "--at", At];

        (await workplace.SignAsync(1, "marketing", At)).Expect(ExitCode.Done);
        Assert.Contains("signed for marketing already", (await workplace.SignAsync(1, "marketing", At)).Expect(ExitCode.WrongUsage).Error);
        (await workplace.RunWithAsync(Workplace.Password, withdraw)).Expect(ExitCode.Done);
        Assert.Contains("no signature for marketing that waits", (await workplace.RunWithAsync(Workplace.Password, withdraw)).Expect(ExitCode.WrongUsage).Error);
        Assert.Contains("when marketing has signed it too", (await workplace.SignAsync(1, "sales", At)).Expect(ExitCode.Done).Output);
        Assert.Contains("in force since", (await workplace.SignAsync(1, "marketing", At)).Expect(ExitCode.Done).Output);
        Assert.Contains("none can be withdrawn any more", (await workplace.RunWithAsync(Workplace.Password, withdraw)).Expect(ExitCode.WrongUsage).Error);

        var signatures = (await workplace.RunAsync("definition", "history", "--format", "json")).Json[0]!["signatures"]!.AsArray();
        Assert.Equal(["Ann", null, null], signatures.Select(signature => signature!["withdrawn_by"]?.GetValue<string>()));
    }

    [Fact]
    public async Task Both_signing_the_version_in_force_again_renews_it_and_the_review_counts_from_the_second_signature()
    {
        using var workplace = new Workplace();
        await workplace.SignAsync(Example, "2026-06-01T09:00:00Z");
        Assert.Contains("is overdue since 2026-08-30 (85 days)", (await workplace.RunAsync("definition", "history", "--at", At)).Expect(ExitCode.Done).Error);

        Assert.Contains("It is renewed when sales has signed it too", (await workplace.SignAsync(1, "marketing", At)).Expect(ExitCode.Done).Output);
        Assert.Contains("is overdue", (await workplace.RunAsync("definition", "history", "--at", At)).Expect(ExitCode.Done).Error);
        Assert.Contains("It is renewed: the next review is due on 2027-02-21", (await workplace.SignAsync(1, "sales", At)).Expect(ExitCode.Done).Output);

        var history = (await workplace.RunAsync("definition", "history", "--at", At)).Expect(ExitCode.Done);
        Assert.Contains("The next review is due on 2027-02-21.", history.Error);
        Assert.Contains("since 2026-06-01T09:00:00Z", history.Output);
    }

    [Fact]
    public async Task The_agreement_is_written_in_plain_language_of_a_file_and_of_a_version()
    {
        using var workplace = new Workplace();
        await workplace.SignAsync(French, At);

        var file = (await workplace.RunAsync("definition", "text", Example)).Expect(ExitCode.Done).Output;
        var version = (await workplace.RunAsync("definition", "text", "1", "--format", "html")).Expect(ExitCode.Done).Output;
        var english = (await workplace.RunAsync("definition", "text", "1", "--language", "en", "--format", "md")).Expect(ExitCode.Done).Output;

        Assert.Contains("A lead is handed to sales as soon as any one of these is true:", file);
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"fr\">", version);
        Assert.Contains("Signé par Ann le 23 novembre 2026", version);
        Assert.Contains("## When a lead is handed to sales", english);
    }

    [Fact]
    public async Task A_diff_of_a_version_and_a_file_is_text_json_and_html()
    {
        using var workplace = new Workplace();
        (await workplace.RunAsync("definition", "propose", Example)).Expect(ExitCode.Done);
        var changed = workplace.File("changed.yaml");
        await File.WriteAllTextAsync(changed, (await File.ReadAllTextAsync(Example)).Replace("where: { url: { contains: /pricing } }\n      points: 15", "where: { url: { contains: /pricing } }\n      points: 20"));

        var text = (await workplace.RunAsync("definition", "diff", "1", changed)).Expect(ExitCode.Done).Output;
        var json = (await workplace.RunAsync("definition", "diff", "1", changed, "--format", "json")).Expect(ExitCode.Done).Json;
        var html = (await workplace.RunAsync("definition", "diff", "1", changed, "--format", "html")).Expect(ExitCode.Done).Output;

        Assert.Contains("Viewed pricing: 15 -> 20 points", text);
        Assert.True(json["rescores"]!.GetValue<bool>());
        Assert.Equal("behaviour.pricing_page.points", json["changes"]![0]!["key"]!.GetValue<string>());
        Assert.Equal(("changed", "15 points", "20 points"), (json["changes"]![0]!["kind"]!.GetValue<string>(), json["changes"]![0]!["before"]!.GetValue<string>(), json["changes"]![0]!["after"]!.GetValue<string>()));
        Assert.Contains("<li class=\"changed\">Viewed pricing: 15 → 20 points</li>", html);
    }

    [Fact]
    public async Task The_schema_for_editors_is_the_one_beside_the_examples()
    {
        using var workplace = new Workplace();

        var schema = (await workplace.RunAsync("definition", "schema")).Expect(ExitCode.Done).Output;

        Assert.Equal((await File.ReadAllTextAsync(Repository.File("definitions", "definition.schema.json"))).Trim(), schema.Trim());
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
