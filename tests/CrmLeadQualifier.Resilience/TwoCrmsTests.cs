using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>The same people in the emulated HubSpot and Salesforce, the program between them.</summary>
public sealed class TwoCrmsTests
{
    private const string At = "2026-11-23T09:30:00Z";
    private const string TenMinutesLater = "2026-11-23T09:40:00Z";

    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task All_real_leads_are_one_person_each_with_one_score_in_both_and_the_second_sync_writes_nothing(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        var leads = Repository.Shared("data", "x-education.leads.jsonl");
        Skip.If(leads is null, "The real leads (../shared/data/x-education.leads.jsonl) are not beside this checkout.");
        using var sandbox = await SandboxUnderTest.StartAsync("--leads", leads!, "--split", "both", "--rate-limits", "off", "--at", At);
        using var workplace = new Workplace(engine);
        await GoLiveAsync(workplace, sandbox, Repository.File("definitions", "x-education.yaml"));

        var first = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;
        var contacts = await sandbox.ContactsAsync("email", "lq_score", "lq_stage");
        var people = await sandbox.Org!.QueryAsync("SELECT Id, Email, LQ_Score__c, LQ_Stage__c FROM Lead");
        var again = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;
        await sandbox.AdvanceAsync("15m");
        var afterEcho = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;

        Assert.Equal(9240, first["leads"]!["total"]!.GetValue<int>());
        Assert.Equal(9240, first["leads"]!["scored"]!.GetValue<int>());
        Assert.Equal(3561, first["stages"]!["sql"]!.GetValue<int>());
        Assert.Equal(5679, first["stages"]!["recycled"]!.GetValue<int>());
        Assert.Equal(9240, contacts.Count);
        Assert.Equal([[2L, 9240L]], await workplace.QueryAsync("SELECT records, count(*) FROM (SELECT count(*) AS records FROM record GROUP BY lead_id) AS ofLead GROUP BY records"));
        Assert.Equal(
            contacts.Values.ToDictionary(contact => contact["email"]!.GetValue<string>(), contact => (Whole(contact["lq_score"]), contact["lq_stage"]!.GetValue<string>())),
            people.ToDictionary(person => person["Email"]!.GetValue<string>(), person => (Whole(person["LQ_Score__c"]), person["LQ_Stage__c"]!.GetValue<string>())));
        foreach (var connection in again["connections"]!.AsArray().Concat(afterEcho["connections"]!.AsArray()))
        {
            Assert.Equal(0, connection!["fields_written"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task A_rejection_entered_in_salesforce_is_in_hubspot_after_one_sync()
    {
        using var sandbox = await SandboxUnderTest.StartAsync("--contacts", "60", "--seed", "7", "--split", "both", "--rate-limits", "off", "--at", At);
        using var workplace = new Workplace();
        await GoLiveAsync(workplace, sandbox, Repository.File("definitions", "b2b-software.en.yaml"));
        (await workplace.RunAsync("sync", "--yes", "--at", At)).Expect(0);
        (await workplace.RunAsync("release", "--yes", "--at", At)).Expect(0);
        (await workplace.RunAsync("sync", "--yes", "--at", At)).Expect(0);
        var handedOver = (await sandbox.Org!.QueryAsync("SELECT Id, Email, LQ_Answer__c FROM Lead WHERE LQ_Stage__c = 'mql' AND LQ_Handed_Over_At__c != null AND Email != null"))[0];
        Assert.Equal("to_answer", handedOver["LQ_Answer__c"]!.GetValue<string>());
        var user = (await sandbox.Org.QueryAsync("SELECT Owner.Email FROM Lead WHERE Id = '" + handedOver["Id"]!.GetValue<string>() + "'"))[0]["Owner"]!["Email"]!.GetValue<string>();

        await sandbox.AdvanceAsync("2m");
        await sandbox.Org.EditAsync("lead", handedOver["Id"]!.GetValue<string>(), new { LQ_Verdict__c = "rejected", LQ_Rejection_Reason__c = "bad_timing" }, user);
        await sandbox.AdvanceAsync("2m");
        (await workplace.RunAsync("sync", "--yes", "--at", TenMinutesLater)).Expect(0);

        var contact = (await sandbox.ContactsAsync("email", "lq_verdict", "lq_rejection_reason", "lq_stage")).Values
            .Single(properties => properties["email"]?.GetValue<string>() == handedOver["Email"]!.GetValue<string>());
        Assert.Equal("rejected", contact["lq_verdict"]?.GetValue<string>());
        Assert.Equal("bad_timing", contact["lq_rejection_reason"]?.GetValue<string>());
        Assert.Equal("recycled", contact["lq_stage"]?.GetValue<string>());
        var explained = (await workplace.RunAsync("explain", handedOver["Email"]!.GetValue<string>())).Expect(0).Output;
        Assert.Contains("hub", explained);
        Assert.Contains("sf", explained);
    }

    private static async Task GoLiveAsync(Workplace workplace, SandboxUnderTest sandbox, string definition)
    {
        await workplace.SignAsync(definition, At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);
        await workplace.GoLiveAsync(sandbox.Org!, At);
    }

    /// <summary>Salesforce writes 75.0 where HubSpot writes "75".</summary>
    private static decimal? Whole(JsonNode? score) => score is null ? null : decimal.Parse(score.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
