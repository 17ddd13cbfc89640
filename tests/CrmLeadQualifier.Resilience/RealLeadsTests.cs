using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>The real leads of a whole quarter, through the CRM and back: what the CRM shows is what the file alone gives.</summary>
public sealed class RealLeadsTests
{
    private const string At = "2026-11-23T09:30:00Z";

    [SkippableFact]
    public async Task The_crm_shows_the_scores_of_the_file_and_its_verdicts_give_the_stages()
    {
        var leads = Repository.Shared("data", "x-education.leads.jsonl");
        Skip.If(leads is null, "The real leads (../shared/data/x-education.leads.jsonl) are not beside this checkout.");
        var definition = Repository.File("definitions", "x-education.yaml");
        using var sandbox = await SandboxUnderTest.StartAsync("--leads", leads!, "--split", "hubspot", "--rate-limits", "off", "--at", At);
        using var workplace = new Workplace();
        await workplace.SignAsync(definition, At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);

        var first = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;
        var contacts = await sandbox.ContactsAsync("email", "lq_score", "lq_stage", "lq_status");
        var again = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;
        await sandbox.AdvanceAsync("15m");
        var afterEcho = (await workplace.RunAsync("sync", "--yes", "--at", At, "--format", "json")).Expect(0).Json;

        Assert.Equal(9240, first["leads"]!["scored"]!.GetValue<int>());
        Assert.Equal(3561, first["stages"]!["sql"]!.GetValue<int>());
        Assert.Equal(5679, first["stages"]!["recycled"]!.GetValue<int>());
        Assert.Equal(["baseline", 9240L], Assert.Single(await workplace.QueryAsync("SELECT cause, count(*) FROM transition GROUP BY cause")));
        Assert.Equal(await ScoresOfTheFileAsync(workplace, definition, leads!), contacts.Values.ToDictionary(Email, contact => contact["lq_score"]?.GetValue<string>() ?? ""));
        Assert.Equal(0, again["connections"]![0]!["fields_written"]!.GetValue<int>());
        Assert.Equal(0, afterEcho["connections"]![0]!["fields_written"]!.GetValue<int>());
    }

    private static string Email(JsonObject contact) => contact["email"]!.GetValue<string>();

    /// <summary>By address, the total that <c>score</c> gives the file alone.</summary>
    private static async Task<Dictionary<string, string>> ScoresOfTheFileAsync(Workplace workplace, string definition, string leads)
    {
        var emails = (await File.ReadAllLinesAsync(leads)).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!)
            .ToDictionary(lead => lead["id"]!.GetValue<string>(), lead => lead["attributes"]!["email"]!.GetValue<string>());
        var scored = (await WorkerProcess.RunAsync(workplace.Folder, ["score", "--definition", definition, "--leads", leads, "--at", At])).Expect(0);
        return scored.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .ToDictionary(line => emails[line["id"]!.GetValue<string>()], line => line["total"]?.GetValue<long>().ToString(CultureInfo.InvariantCulture) ?? "");
    }
}
