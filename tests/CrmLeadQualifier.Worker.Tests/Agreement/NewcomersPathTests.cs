using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.Agreement;

/// <summary>The path of docs/the-agreement.md over real processes: one weight of the example is changed, and in the end both CRMs show other scores.</summary>
public sealed class NewcomersPathTests
{
    private const string At = "2026-11-23T09:30:00Z";
    private const string Later = "2026-11-23T10:30:00Z";

    [Fact]
    public async Task A_changed_weight_is_compared_proposed_signed_by_both_and_shown_in_both_crms()
    {
        using var sandbox = await SandboxUnderTest.StartAsync("--contacts", "80", "--seed", "42", "--split", "both", "--rate-limits", "off", "--at", At);
        using var workplace = new Workplace();
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);
        await workplace.GoLiveAsync(sandbox.Org!, At);
        (await workplace.RunAsync("sync", "--yes", "--at", At)).Expect(ExitCode.Done);
        var before = await ScoresAsync(sandbox);

        // Take the example, change one weight, check it.
        var mine = workplace.File("mine.yaml");
        await File.WriteAllTextAsync(mine, (await File.ReadAllTextAsync(Repository.File("definitions", "b2b-software.en.yaml"))).Replace("between: [50, 1000] } }, points: 30", "between: [50, 1000] } }, points: 20"));
        (await workplace.RunAsync("definition", "validate", mine)).Expect(ExitCode.Done);

        // What changes, in plain words; what it would have meant on the history.
        Assert.Contains("Company size, case 1: 30 -> 20 points", (await workplace.RunAsync("definition", "diff", "1", mine)).Expect(ExitCode.Done).Output);

        var tried = (await workplace.RunAsync("backtest", "--definition", mine, "--at", At, "--format", "json")).Expect(ExitCode.Done).Json;
        Assert.Empty(tried["gained"]!.AsArray());
        var (candidate, active) = (Mqls(tried, "candidate"), Mqls(tried, "active"));
        Assert.True(active > 0 && candidate == active - tried["lost"]!.AsArray().Count, $"{candidate} instead of {active} without {tried["lost"]!.AsArray().Count}");

        // Proposed: what its coming into force will do is told before anybody signs.
        var proposed = (await workplace.RunAsync("definition", "propose", mine, "--by", "Ann", "--note", "Mid-size companies count less", "--at", Later)).Expect(ExitCode.Done);
        Assert.Contains("Company size, case 1: 30 -> 20 points", proposed.Error);
        Assert.Matches(@"\d+ leads are scored again, which takes .+ with writing; \d+ will be held\.", proposed.Error);
        var announced = new[] { "hub", "sf" }.ToDictionary(name => name, name => Number(proposed.Error, $@"- {name}: (\d+) records to write, \d+ API calls"));

        // Said again for a program: what is the newest version already is no other version.
        var told = (await workplace.RunAsync("definition", "propose", mine, "--at", Later, "--format", "json")).Expect(ExitCode.Done).Json;
        Assert.Equal(2, told["version"]!.GetValue<int>());
        Assert.Equal(announced, told["forecast"]!["connections"]!.AsArray().ToDictionary(connection => connection!["name"]!.GetValue<string>(), connection => connection!["records_to_write"]!.GetValue<int>()));

        // One signature is not enough: the version in force stays, and nothing is scored anew.
        (await workplace.SignAsync(2, "marketing", Later)).Expect(ExitCode.Done);
        (await workplace.RunAsync("sync", "--at", Later)).Expect(ExitCode.Done);
        Assert.Equal(before, await ScoresAsync(sandbox));
        var stagesBefore = await StagesAsync(sandbox);
        Assert.Contains("mql", stagesBefore.Values);
        Assert.True(await IsInForceAsync(workplace, 1));

        // Signed by both: in force, scored again, and one write for every record whose fields changed.
        Assert.Contains("It is in force since", (await workplace.SignAsync(2, "sales", Later)).Expect(ExitCode.Done).Output);
        Assert.True(await IsInForceAsync(workplace, 2));
        var run = (await workplace.RunAsync("sync", "--at", Later, "--format", "json")).Expect(ExitCode.Done).Json;
        var written = run["connections"]!.AsArray().ToDictionary(connection => connection!["name"]!.GetValue<string>(), connection => connection!["records_written"]!.GetValue<int>());
        Assert.Equal(announced, written);

        var after = await ScoresAsync(sandbox);
        var changed = after.Where(person => person.Value != before[person.Key]).Select(person => person.Key).ToList();
        Assert.NotEmpty(changed);
        Assert.All(changed, email => Assert.Equal(before[email].HubSpot - 10, after[email].HubSpot));
        Assert.All(after, person => Assert.Equal(person.Value.HubSpot, person.Value.Salesforce));
        var stagesAfter = await StagesAsync(sandbox);
        Assert.All(stagesBefore.Where(record => record.Value != "lead"), record => Assert.Equal(record.Value, stagesAfter[record.Key]));

        // The lead's own account of it has both scores.
        var explained = (await workplace.RunAsync("explain", changed[0])).Expect(ExitCode.Done).Output;
        Assert.Contains("under version 2", explained);
        Assert.Matches($@"score\s+{before[changed[0]].HubSpot}\s+{after[changed[0]].HubSpot}\b", explained);
    }

    private static int Number(string text, string pattern) =>
        System.Text.RegularExpressions.Regex.Match(text, pattern) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : throw new InvalidDataException($"{pattern} is not in:\n{text}");

    private static int Mqls(JsonNode backtest, string side) => backtest["mqls_per_week"]!.AsArray().Sum(week => week![side]!.GetValue<int>());

    private static async Task<bool> IsInForceAsync(Workplace workplace, int version) =>
        (await workplace.RunAsync("definition", "history", "--format", "json")).Expect(ExitCode.Done).Json[version - 1]!["in_force"]!.GetValue<bool>();

    /// <summary>By address: the score in both CRMs.</summary>
    private static async Task<Dictionary<string, (decimal? HubSpot, decimal? Salesforce)>> ScoresAsync(SandboxUnderTest sandbox)
    {
        var contacts = (await sandbox.ContactsAsync("email", "lq_score")).Values.Where(contact => contact["email"] is not null).ToDictionary(contact => contact["email"]!.GetValue<string>(), contact => Whole(contact["lq_score"]));
        var people = (await sandbox.Org!.QueryAsync("SELECT Email, LQ_Score__c FROM Lead WHERE Email != null AND IsConverted = false")).ToDictionary(person => person["Email"]!.GetValue<string>(), person => Whole(person["LQ_Score__c"]));
        return contacts.Where(contact => people.ContainsKey(contact.Key)).ToDictionary(contact => contact.Key, contact => (contact.Value, people[contact.Key]));
    }

    private static async Task<Dictionary<string, string?>> StagesAsync(SandboxUnderTest sandbox) =>
        (await sandbox.ContactsAsync("lq_stage")).ToDictionary(contact => contact.Key, contact => contact.Value["lq_stage"]?.GetValue<string>());

    /// <summary>Salesforce writes 75.0 where HubSpot writes "75".</summary>
    private static decimal? Whole(JsonNode? score) => score is null ? null : decimal.Parse(score.ToString(), CultureInfo.InvariantCulture);
}
