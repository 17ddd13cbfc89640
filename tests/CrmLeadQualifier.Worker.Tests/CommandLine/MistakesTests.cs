using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

/// <summary>A user's mistake is answered with exit code 2, a sentence on standard error, nothing on standard output and no stack trace.</summary>
public sealed class MistakesTests
{
    [Theory]
    [InlineData("snyc", "Did you mean 'sync'?")]
    [InlineData("definition vaildate x", "Did you mean 'validate'?")]
    [InlineData("connect hubpsot", "Did you mean 'hubspot'?")]
    [InlineData("sync --dry-rn", "Did you mean '--dry-run'?")]
    [InlineData("sync --conection hub", "'--conection' is no option")]
    [InlineData("sync hub --yse", "Did you mean '--yes'?")]
    [InlineData("runs --fromat json", "Did you mean '--format'?")]
    [InlineData("mode hub lvie", "Did you mean 'live'?")]
    [InlineData("definition sign 1 --role marketng --by Ann", "Did you mean 'marketing'?")]
    [InlineData("definition", "needs one of: validate, text, diff, schema, propose, show, sign, withdraw, history")]
    [InlineData("", "needs one of: demo")]
    [InlineData("unplug", "'unplug' is no command")]
    [InlineData("sync --at yesterday", "'yesterday' is no instant")]
    [InlineData("release --limit many", "'many' is no whole number")]
    [InlineData("release --limit 0 --yes", "--limit is a number from 1")]
    [InlineData("release a@b.example --limit 3", "not both")]
    [InlineData("definition sign 7 --role sales --by Ben", "There is no version 7")]
    [InlineData("definition show", "There is no definition yet")]
    [InlineData("definition propose nowhere.yaml", "nowhere.yaml: there is no such file")]
    [InlineData("definition validate .", ". is a folder, not a file")]
    [InlineData("score --definition nowhere.yaml --leads - --at 2026-11-23", "nowhere.yaml: there is no such file")]
    [InlineData("sync", "There is no connection yet")]
    [InlineData("provision hub", "There is no connection 'hub'")]
    [InlineData("mode hub live", "There is no connection 'hub'")]
    [InlineData("connect hubspot --name hub", "A token is needed")]
    [InlineData("connect hubspot --name h/b --token x", "--name takes letters")]
    [InlineData("connect hubspot --name hub --token x --base-url ftp://x", "--base-url is no address")]
    [InlineData("apply nowhere.json", "nowhere.json: there is no such file")]
    [InlineData("undo 2026-11-23T09:30:00Z-1", "There is no run")]
    [InlineData("sync --plan x.json", "--plan goes with --dry-run")]
    [InlineData("quarantine --retry 9", "Nothing in quarantine has the id 9")]
    [InlineData("overrides --lift 1 score", "No person set 'score' on record 1")]
    [InlineData("demo --once --leads nowhere.jsonl", "nowhere.jsonl: there is no such file")]
    public async Task A_mistake_is_answered_with_what_to_do(string words, string answer)
    {
        using var workplace = new Workplace();

        var finished = (await workplace.RunAsync(words.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(ExitCode.WrongUsage);

        Assert.Contains(answer, finished.Error);
        Assert.Empty(finished.Output);
        Assert.DoesNotContain("   at ", finished.Error);
        Assert.DoesNotContain("Exception", finished.Error);
    }

    [Fact]
    public async Task Releasing_where_nobody_is_held_asks_nothing_and_is_no_mistake()
    {
        using var workplace = new Workplace();

        var finished = (await workplace.RunAsync("release")).Expect(ExitCode.Done);

        Assert.Contains("Nobody was released", finished.Output);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_reached_is_said_and_does_not_keep_from_checking_a_file()
    {
        using var workplace = new Workplace();
        var elsewhere = new Dictionary<string, string?> { ["ConnectionStrings__Ledger"] = "Host=127.0.0.1;Port=1;Username=clq;Password=secret" };

        var runs = (await workplace.RunWithAsync(elsewhere, "runs")).Expect(ExitCode.WrongUsage);

        Assert.Contains("Check ConnectionStrings:Ledger", runs.Error);
        Assert.DoesNotContain("secret", runs.Error);
        Assert.DoesNotContain("   at ", runs.Error);
        (await workplace.RunWithAsync(elsewhere, "definition", "validate", Repository.File("definitions", "b2b-software.en.yaml"))).Expect(ExitCode.Done);
    }

    [Fact]
    public async Task An_unreadable_settings_file_is_named()
    {
        using var workplace = new Workplace();
        await File.WriteAllTextAsync(workplace.File("appsettings.json"), "{ \"Connections\": ");

        var finished = (await workplace.RunAsync("runs")).Expect(ExitCode.WrongUsage);

        Assert.Contains("appsettings.json is not readable as JSON", finished.Error);
    }

    [Fact]
    public async Task A_portal_that_nobody_answers_for_is_a_failure_and_not_a_crash()
    {
        using var workplace = new Workplace();

        var finished = (await workplace.RunAsync("connect", "hubspot", "--name", "hub", "--token", "pat-secret-1", "--base-url", "http://127.0.0.1:9")).Expect(ExitCode.DoneWithFailures);

        Assert.DoesNotContain("   at ", finished.Error);
        Assert.DoesNotContain("pat-secret-1", finished.Error);
    }

    [Fact]
    public async Task A_folder_with_an_appsettings_file_keeps_the_data_beside_it()
    {
        using var workplace = new Workplace();
        await File.WriteAllTextAsync(workplace.File("appsettings.json"), "{}");

        (await WorkerProcess.RunAsync(workplace.Folder, ["migrate"])).Expect(ExitCode.Done);

        Assert.True(File.Exists(Path.Combine(workplace.Folder, "data", "ledger.db")));
    }

    [Fact]
    public async Task A_ledger_that_is_no_ledger_is_an_error_without_a_stack_trace()
    {
        using var workplace = new Workplace();
        Directory.CreateDirectory(workplace.Data);
        await File.WriteAllTextAsync(Path.Combine(workplace.Data, "ledger.db"), new string('x', 8192));

        var finished = await workplace.RunAsync("runs");

        Assert.NotEqual(ExitCode.Done, finished.ExitCode);
        Assert.DoesNotContain("   at ", finished.Error);
        Assert.NotEmpty(finished.Error);
    }
}
