using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>What a CRM should not answer and what people should not be called: it is said where, or the record is set aside; the rest goes on and nothing is lost.</summary>
public sealed class BadInputTests
{
    private const string At = "2026-11-23T09:30:00Z";
    private const string EveryoneScores = """
        definition: Everyone
        schema: 1
        requires: []
        profile:
          criteria:
            - { id: has_company, label: Has a company, if: { company: { known: true } }, points: 10 }
        mql: { when: { total: { at_least: 10 } } }
        sales:
          rejection_reasons:
            - { id: no_need, label: No need, then: recycle }
        """;

    public static IEnumerable<object[]> BadAnswers() =>
        from kind in new[] { "html", "empty", "truncated", "500", "429" }
        from part in new[] { 0.1, 0.8 }
        select new object[] { kind, part };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task A_bad_answer_costs_a_run_at_most_and_no_record(string kind, double part)
    {
        using var sandbox = await SandboxUnderTest.StartAsync("--contacts", "150", "--seed", "3", "--rate-limits", "off", "--at", At);
        using var workplace = await LiveAsync(sandbox);
        // About as many calls as a first sync of so few contacts makes.
        await sandbox.FaultsAsync($"{kind}@{Math.Max(1, (int)(40 * part))}");

        await SyncUntilDoneAsync(workplace);

        Assert.All((await sandbox.ContactsAsync("lq_stage")).Values, contact => Assert.NotEmpty(contact["lq_stage"]?.GetValue<string>() ?? ""));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task A_number_where_a_text_should_be_spoils_no_run(int call)
    {
        using var sandbox = await SandboxUnderTest.StartAsync("--contacts", "150", "--seed", "3", "--rate-limits", "off", "--at", At);
        using var workplace = await LiveAsync(sandbox);
        await sandbox.FaultsAsync($"number@{call}");

        await SyncUntilDoneAsync(workplace);

        var set = (await sandbox.ContactsAsync("lq_stage")).Values.Count(contact => contact["lq_stage"]?.GetValue<string>() is { Length: > 0 });
        var aside = (await workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray().Count;
        Assert.True(set + aside >= 150, $"{set} written, {aside} in quarantine");
        Assert.InRange(aside, 0, 1);
    }

    [Fact]
    public async Task Strange_people_are_scored_and_written_like_any_other()
    {
        using var workplace = new Workplace();
        var leads = workplace.File("leads.jsonl");
        await File.WriteAllLinesAsync(leads,
        [
            """{"id": "no-address", "attributes": {"first_name": "Nobody", "company": "Acme"}}""",
            """{"id": "control", "attributes": {"email": "control@acme.example", "first_name": "Bell\u0007\u001b[31m", "company": "Acme"}}""",
            """{"id": "emoji", "attributes": {"email": "emoji@acme.example", "first_name": "Zoé 🦊👩‍👩‍👧", "company": "Acme"}}""",
            """{"id": "surrogate", "attributes": {"email": "surrogate@acme.example", "first_name": "Half \ud83e", "company": "Acme"}}""",
            $$$"""{"id": "long", "attributes": {"email": "long@acme.example", "job_title": "{{{new string('x', 100_000)}}}", "company": "Acme"}}""",
            """{"id": "date", "attributes": {"email": "date@acme.example", "created_at": "1763890200000", "company": "Acme"}}""",
            """{"id": "plain", "attributes": {"email": "plain@acme.example", "company": "Acme"}}""",
        ]);
        using var sandbox = await SandboxUnderTest.StartAsync("--leads", leads, "--rate-limits", "off", "--at", At);
        await SignAndGoLiveAsync(workplace, sandbox);

        await SyncUntilDoneAsync(workplace);

        var contacts = await sandbox.ContactsAsync("email", "lq_score");
        Assert.Equal(7, contacts.Count);
        Assert.All(contacts.Values, contact => Assert.Equal("10", contact["lq_score"]?.GetValue<string>()));
        var explained = (await workplace.RunAsync("explain", "control@acme.example")).Expect(0);
        Assert.DoesNotContain("\u001b", explained.Output);
        Assert.DoesNotContain("\u0007", explained.Output);
        AssertNoPersonInLogs(workplace);
    }

    /// <summary>HubSpot itself holds an address once: the second person of that address never becomes a contact.</summary>
    [Fact]
    public async Task An_address_given_twice_is_one_contact_and_one_lead()
    {
        using var workplace = new Workplace();
        var leads = workplace.File("leads.jsonl");
        await File.WriteAllLinesAsync(leads,
        [
            """{"id": "1", "attributes": {"email": "twice@acme.example", "company": "Acme"}}""",
            """{"id": "2", "attributes": {"email": "Twice@Acme.example ", "company": "Acme"}}""",
        ]);
        using var sandbox = await SandboxUnderTest.StartAsync("--leads", leads, "--rate-limits", "off", "--at", At);
        await SignAndGoLiveAsync(workplace, sandbox);

        var run = (await SyncUntilDoneAsync(workplace)).Json;

        Assert.Equal(1, run["leads"]!["total"]!.GetValue<int>());
        var contacts = await sandbox.ContactsAsync("lq_score");
        Assert.Single(contacts);
        Assert.All(contacts.Values, contact => Assert.Equal("10", contact["lq_score"]?.GetValue<string>()));
    }

    private static async Task<Workplace> LiveAsync(SandboxUnderTest sandbox)
    {
        var workplace = new Workplace();
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);
        return workplace;
    }

    private static async Task SignAndGoLiveAsync(Workplace workplace, SandboxUnderTest sandbox)
    {
        var definition = workplace.File("everyone.yaml");
        await File.WriteAllTextAsync(definition, EveryoneScores);
        await workplace.SignAsync(definition, At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);
    }

    /// <summary>A run may fail once or twice; it never shows a stack trace, and ends well at last.</summary>
    private static async Task<Finished> SyncUntilDoneAsync(Workplace workplace)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await workplace.RunAsync("sync", "hub", "--yes", "--at", At, "--format", "json");
            Assert.DoesNotContain("   at ", run.Error);
            Assert.DoesNotContain("unforeseen", run.Error);
            if (run.ExitCode == 0)
            {
                return run;
            }

            Assert.True(run.ExitCode == 1 && attempt < 4, $"attempt {attempt}, exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
            Assert.NotEmpty(run.Error);
        }
    }

    private static void AssertNoPersonInLogs(Workplace workplace)
    {
        var logs = string.Concat(Directory.EnumerateFiles(Path.Combine(workplace.Data, "logs")).Select(File.ReadAllText));
        Assert.DoesNotContain("acme", logs);
        Assert.DoesNotContain("Zoé", logs);
    }
}
