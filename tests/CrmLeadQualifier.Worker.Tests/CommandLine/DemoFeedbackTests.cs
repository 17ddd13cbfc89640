using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

/// <summary>What the demo's simulated sales team says, who turns small companies down, comes back as a segment, as what let it through, and as an amendment.</summary>
public sealed class DemoFeedbackTests
{
    private const string At = "2026-11-23T09:30:00Z";

    [Fact]
    public async Task The_report_names_whom_sales_turns_down_what_let_them_through_and_an_amendment_with_the_effect_that_a_replay_finds()
    {
        using var workplace = new Workplace();
        var demo = Path.Combine(workplace.Data, "demo");

        var report = (await workplace.RunAsync("demo", "--once", "--at", At, "--format", "json")).Expect(ExitCode.Done).Json["report"]!;

        var segment = report["rejected_segments"]![0]!;
        Assert.Equal(("attribute", "employees", "< 50"), (Text(segment["kind"]), Text(segment["name"]), Text(segment["value"])));
        Assert.Equal(("not_target", "demo_request"), (Text(segment["main_reason"]), Text(segment["let_through_by"])));
        Assert.True(segment["rejected"]!["low"]!.GetValue<double>() > segment["rest"]!["high"]!.GetValue<double>());
        var amendment = report["suggestions"]!["suggestions"]!.AsArray().Single(change => Text(change!["criterion"]) == "employees_below_50")!;
        Assert.Equal("exclusion", Text(amendment["kind"]));
        var effect = amendment["effect"]!;
        var lost = effect["lost"]!;
        Assert.InRange(lost["count"]!.GetValue<int>(), 20, 100);
        Assert.Equal(0, effect["gained"]!["count"]!.GetValue<int>());
        Assert.True(lost["rejected"]!.GetValue<int>() >= 0.9 * lost["count"]!.GetValue<int>(), lost.ToJsonString());

        // The patch as it is, replayed over the same days by another command.
        var patch = workplace.File("amended.yaml");
        await File.WriteAllTextAsync(patch, Text(amendment["patch"]));
        var replay = (await RunAsync("backtest", "--definition", patch, "--from", Text(effect["from"]), "--to", Text(effect["to"]), "--format", "json")).Json;
        Assert.Equal(replay["mqls"]!.GetValue<int>(), effect["mqls_proposed"]!.GetValue<int>());
        Assert.Equal(replay["against"]!["mqls"]!.GetValue<int>(), effect["mqls_present"]!.GetValue<int>());
        Assert.Empty(replay["gained"]!.AsArray());
        Assert.Equal(Leads(replay["lost"]!), Leads(lost["leads"]!));

        // By the ledger's own rows each of them is of a small company, and sales said what is told.
        var known = await KnownAsync(demo);
        Assert.All(lost["leads"]!.AsArray(), lead =>
        {
            var (employees, verdict) = known[Text(lead!["lead"])];
            Assert.InRange(employees, 1, 49);
            Assert.Equal(verdict, lead["verdict"]?.GetValue<string>());
        });

        // The other forms say the same.
        var suggested = (await RunAsync("suggest", "--format", "json", "--at", At)).Json;
        Assert.Equal(suggested["rejected_segments"]!.AsArray().Select(Rates), report["rejected_segments"]!.AsArray().Select(Rates));
        var page = WebUtility.HtmlDecode(await File.ReadAllTextAsync(Path.Combine(demo, "report.html")));
        var text = (await RunAsync("report", "--suggestions", "--at", At)).Output;
        foreach (var form in new[] { page, text })
        {
            Assert.Contains("employees < 50", form);
            Assert.Contains("mostly for \"Out of target\". What let most of them through: Asked for a demo.", form);
            Assert.Contains("employees_below_50", form);
            Assert.Contains($"{lost["count"]} ({lost["accepted"]} accepted, {lost["rejected"]} rejected)", form);
        }

        // And it is a definition that both can sign.
        Assert.Equal(2, (await RunAsync("definition", "propose", patch, "--by", "demo", "--at", At, "--format", "json")).Json["version"]!.GetValue<int>());

        async Task<Finished> RunAsync(params string[] arguments) => (await WorkerProcess.RunAsync(workplace.Folder, [.. arguments, "--data", demo])).Expect(ExitCode.Done);
    }

    /// <summary>By address: how many people work at the company, and what sales said last.</summary>
    private static async Task<Dictionary<string, (int Employees, string? Verdict)>> KnownAsync(string data)
    {
        await using var ledger = new SqliteConnection($"Data Source={Path.Combine(data, "ledger.db")};Mode=ReadOnly;Pooling=False");
        await ledger.OpenAsync();
        await using var command = ledger.CreateCommand();
        command.CommandText = """
            SELECT json_extract(r.attributes_json, '$.email'), coalesce(json_extract(c.attributes_json, '$.employees'), json_extract(r.attributes_json, '$.employees')),
              (SELECT v.value FROM verdict v JOIN record o ON o.id = v.record_id WHERE o.lead_id = r.lead_id ORDER BY v.at DESC LIMIT 1)
            FROM record r LEFT JOIN company c ON c.connection_id = r.connection_id AND c.external_id = r.company_id
            """;
        await using var rows = await command.ExecuteReaderAsync();
        var known = new Dictionary<string, (int, string?)>();
        while (await rows.ReadAsync())
        {
            if (!rows.IsDBNull(0) && !rows.IsDBNull(1))
            {
                known[rows.GetString(0)] = ((int)double.Parse(rows.GetString(1), CultureInfo.InvariantCulture), rows.IsDBNull(2) ? null : rows.GetString(2));
            }
        }

        return known;
    }

    private static IEnumerable<string> Leads(JsonNode leads) => leads.AsArray().Select(lead => $"{lead!["lead"]} {lead["at"]} {lead["verdict"]} {lead["reason"]} {lead["won"]}");

    private static string Rates(JsonNode? segment) => $"{segment!["name"]} {segment["value"]} {segment["rejected"]!["count"]}/{segment["rejected"]!["of"]} {segment["rest"]!["count"]}/{segment["rest"]!["of"]}";

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}
