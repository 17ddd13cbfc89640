using System.Text.Json;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Conformance.Node;
using CrmLeadQualifier.Conformance.SalesforceClients;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>The guide for a new org, followed word by word against an emulated one: its commands are read from the page, and only names and addresses are filled in.</summary>
public sealed partial class ConnectGuideTests
{
    private const string Data = "/services/data/v66.0";

    [Fact]
    public async Task The_guides_commands_lead_from_an_empty_org_to_scored_leads_and_back()
    {
        await using var sandbox = await SandboxOrg.StartAsync("--contacts", "60", "--seed", "7", "--rate-limits", "off", "--index-lag", "0");
        using var http = await sandbox.SignInAsync();
        var folder = Directory.CreateTempSubdirectory("clq-guide-");
        try
        {
            var program = new ProductCommands(Path.Combine(folder.FullName, "data"), sandbox.Connection.App.ClientSecret!);
            var lead = (await RowsAsync("SELECT Email, Owner.Email FROM Lead WHERE IsConverted = false AND Owner.Type = 'User' LIMIT 1"))[0];
            var owner = lead.GetProperty("Owner").GetProperty("Email").GetString()!;
            var commands = Commands("## In fifteen minutes").Concat(Commands("## Removing everything")).ToList();
            Assert.Equal(17, commands.Count);
            var (scored, checks) = (0, 0);
            foreach (var command in commands)
            {
                var words = Words(command).Select(word => word.Replace("https://YOURDOMAIN.my.salesforce.com", sandbox.Connection.LoginUrl, StringComparison.Ordinal)
                    .Replace("ann@acme.com", owner, StringComparison.Ordinal)).Select(word => word switch
                    {
                        "ID" => sandbox.Connection.App.ClientId,
                        "EMAIL" => lead.GetProperty("Email").GetString()!,
                        _ => word,
                    }).ToArray();
                if (words[0] == "check")
                {
                    // As the page says: our fields are not there at first, and nothing else fails; then layouts without the quick action are named.
                    var isFirst = checks++ == 0;
                    using var findings = JsonDocument.Parse((await program.EndAsync(isFirst ? 1 : 0, [.. words, "--format", "json"])).Output);
                    var bad = findings.RootElement.EnumerateArray().Where(finding => finding.GetProperty("result").GetString() == (isFirst ? "failed" : "notice"))
                        .Select(finding => finding.GetProperty("subject").GetString()!).ToList();
                    Assert.Superset(new HashSet<string>(isFirst ? ["our fields on Lead", "our fields on Contact"] : ["layouts of Lead", "layouts of Contact"]), bad.ToHashSet());
                    Assert.True(!isFirst || bad.Count == 2, string.Join(", ", bad));
                    continue;
                }

                var (_, said) = await program.EndAsync(0, words);
                Assert.True(words[0] != "mode" || words[^1] == "live" || PilotCount().IsMatch(said), said);
                if (words[0] == "sync" && await ScoredAsync() is > 0 and var count)
                {
                    scored = count;
                    Assert.Equal(count, (await RowsAsync($"SELECT Id FROM Lead WHERE IsConverted = false AND Owner.Email = '{owner}'")).Count);
                }
            }

            Assert.True(scored > 0, "the pilot wrote no score");
            Assert.DoesNotContain("LQ_", await http.GetStringAsync($"{Data}/sobjects/Lead/describe"));
            Assert.Empty(await RowsAsync("SELECT Id FROM PermissionSet WHERE Name LIKE 'Lead_Qualification%'"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<int> ScoredAsync() => (await http.GetStringAsync($"{Data}/sobjects/Lead/describe")).Contains("LQ_Score__c", StringComparison.Ordinal)
            ? (await RowsAsync("SELECT Id FROM Lead WHERE LQ_Score__c != null")).Count : 0;

        async Task<List<JsonElement>> RowsAsync(string soql)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync($"{Data}/query?q={Uri.EscapeDataString(soql)}"));
            return [.. page.RootElement.Clone().GetProperty("records").EnumerateArray()];
        }
    }

    [Fact]
    public async Task What_an_agreement_decides_by_and_the_org_hides_is_named_before_anybody_is_handed_over()
    {
        await using var sandbox = await SandboxOrg.StartAsync("--contacts", "20", "--seed", "7", "--rate-limits", "off", "--index-lag", "0");
        await sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.Title", readable = false, editable = false });
        var folder = Directory.CreateTempSubdirectory("clq-guide-");
        try
        {
            var program = new ProductCommands(Path.Combine(folder.FullName, "data"), sandbox.Connection.App.ClientSecret!);
            await program.RunAsync("connect", "salesforce", "--name", "org", "--client-id", sandbox.Connection.App.ClientId, "--login-url", sandbox.Connection.LoginUrl);
            await program.SignAsync(Path.Combine("definitions", "b2b-software.en.yaml"));
            using var findings = JsonDocument.Parse((await program.EndAsync(1, "check", "org", "--format", "json")).Output);
            var finding = findings.RootElement.EnumerateArray().Single(one => one.GetProperty("subject").GetString() == "decided by");
            Assert.Equal("notice", finding.GetProperty("result").GetString());
            Assert.Contains("job_title", finding.GetProperty("finding").GetString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What stands in a section between backticks and begins like one of our commands, in order; the same one said twice is one.</summary>
    private static IEnumerable<string> Commands(string section)
    {
        var page = File.ReadAllText(Path.Combine(NodePackage.Root(), "docs", "connect-salesforce.md"));
        var from = page.IndexOf(section, StringComparison.Ordinal);
        var to = page.IndexOf("\n## ", from + section.Length, StringComparison.Ordinal);
        var said = CodeSpan().Matches(to < 0 ? page[from..] : page[from..to]).Select(match => match.Groups[1].Value).Where(text => Command().IsMatch(text)).ToList();
        return said.Where((text, place) => place == 0 || said[place - 1] != text);
    }

    private static IEnumerable<string> Words(string command) => Word().Matches(command).Select(match => match.Value.Trim('"'));

    [GeneratedRegex("It selects [1-9][0-9]* records")]
    private static partial Regex PilotCount();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^(connect salesforce|definition (propose|sign)|account add|check|provision|sync|explain|mode org|disconnect) .*[a-zA-Z]")]
    private static partial Regex Command();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
