using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;
using CrmLeadQualifier.Sandbox.Tests.Salesforce;

namespace CrmLeadQualifier.Sandbox.Tests.Sales;

public sealed class SalesTeamTests
{
    private const string Fields = """
        <CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
          <fields><fullName>LQ_Handed_Over_At__c</fullName><label>Handed over at</label><type>DateTime</type></fields>
          <fields><fullName>LQ_Answer__c</fullName><label>Answer</label><type>Text</type><length>40</length></fields>
          <fields><fullName>LQ_Verdict__c</fullName><label>Verdict</label><type>Picklist</type><trackHistory>true</trackHistory><valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>
            <value><fullName>qualified</fullName><default>false</default><label>Qualified</label></value><value><fullName>rejected</fullName><default>false</default><label>Rejected</label></value></valueSetDefinition></valueSet></fields>
          <fields><fullName>LQ_Rejection_Reason__c</fullName><label>Reason</label><type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>
            <value><fullName>no_need</fullName><default>false</default><label>No need</label></value><value><fullName>timing</fullName><default>false</default><label>Timing</label></value></valueSetDefinition></valueSet></fields>
        </CustomObject>
        """;

    private static readonly string Permissions = "<PermissionSet xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>Worker</label>"
        + string.Concat(new[] { "Handed_Over_At", "Answer", "Verdict", "Rejection_Reason" }.Select(name =>
            $"<fieldPermissions><editable>true</editable><field>Lead.LQ_{name}__c</field><readable>true</readable></fieldPermissions>"))
                + "</PermissionSet>";

    /// <summary>Forty leads handed over at the start, and what became of them after a week.</summary>
    private static Task<(List<string> Verdicts, List<JsonElement> Calls, RunningOrg Org)> WeekAsync(int seed) =>
        WorkAsync(new SandboxOptions { Seed = seed }, "2026-11-23T09:30:00Z", "1d", 7);

    private static async Task<(List<string> Verdicts, List<JsonElement> Calls, RunningOrg Org)> WorkAsync(SandboxOptions options, string start, string step,
        int steps, Func<int, int>? employees = null)
    {
        var lines = Enumerable.Range(1, 40).Select(number =>
            $$"""{"id": "{{number}}", "attributes": {"email": "p{{number}}@acme.fr", "last_name": "P{{number}}"{{(employees is null ? "" : $", \"employees\": {employees(number)}")}} } }""").ToArray();
        var org = await RunningOrg.StartAsync(options with { Limits = LimitTier.Off, Sales = true,
            At = DateTimeOffset.Parse(start), IndexLag = TimeSpan.Zero }, lines);
        await org.DeployAsync(("objects/Lead.object", Fields), ("permissionsets/Worker.permissionset", Permissions));
        await org.AssignAsync();
        foreach (var chunk in (await org.RowsAsync("SELECT Id FROM Lead")).Select(row => row.GetProperty("Id").GetString()!).Chunk(200))
            await org.CollectAsync([.. chunk.Select(id => (object)new Dictionary<string,
                object> { ["attributes"] = new { type = "Lead" }, ["id"] = id, ["LQ_Answer__c"] = "to_answer",
                    ["LQ_Handed_Over_At__c"] = start })]);
        for (var taken = 0; taken < steps; taken++)
        {
            await org.AdvanceAsync(step);
            await org.SignInAsync();
        }
        var verdicts = (await org.RowsAsync("SELECT Email, LQ_Verdict__c, LQ_Rejection_Reason__c FROM Lead ORDER BY Id"))
            .Select(row => string.Join(' ', row.EnumerateObject().Skip(1).Select(member => member.Value.GetString()))).ToList();
        return (verdicts, [.. await org.RowsAsync("SELECT CreatedDate, Owner.Name FROM Task WHERE TaskSubtype = 'Call'")], org);
    }

    [Fact]
    public async Task It_calls_and_answers_most_of_what_is_handed_over_during_working_hours()
    {
        var (verdicts, calls, org) = await WeekAsync(seed: 1);
        await using var _ = org;
        Assert.InRange(verdicts.Count(verdict => verdict.Contains("qualified")), 8, 32);
        Assert.InRange(verdicts.Count(verdict => verdict.Contains("rejected")), 4, 28);
        Assert.Contains(verdicts, verdict => verdict.Contains("no_need") || verdict.Contains("timing"));
        Assert.InRange(calls.Count, 25, 40);
        Assert.All(calls, call => Assert.InRange(DateTimeOffset.Parse(call.GetProperty("CreatedDate").GetString()!.Replace("+0000", "Z")).Hour, 8,
            16));
        var history = await org.RowsAsync("SELECT CreatedBy.Name FROM LeadHistory WHERE Field = 'LQ_Verdict__c'");
        Assert.All(history, row => Assert.Contains(row.GetProperty("CreatedBy").GetProperty("Name").GetString(),
            new[] { "Claire Dubois", "Tom Hughes", "Karim Benali" }));
    }

    [Fact]
    public async Task It_turns_small_companies_down_most_of_them_as_no_target()
    {
        var (verdicts, _, org) = await WorkAsync(new SandboxOptions { Seed = 2 }, "2026-11-23T09:30:00Z", "1d", 7, number => number % 2 == 0 ? 49 : 50);
        await using var _ = org;
        var ofSmall = verdicts.ToLookup(verdict => int.Parse(verdict[1..verdict.IndexOf('@')], System.Globalization.CultureInfo.InvariantCulture) % 2 == 0);
        var (small, others) = (ofSmall[true].ToList(), ofSmall[false].ToList());
        Assert.InRange(small.Count(verdict => verdict.Contains("qualified")), 0, 2);
        Assert.InRange(small.Count(verdict => verdict.Contains("rejected")), 13, 20);
        Assert.InRange(others.Count(verdict => verdict.Contains("qualified")), 7, 18);
    }

    [Fact]
    public async Task A_quick_one_answers_within_minutes_on_a_saturday_night_too()
    {
        var (verdicts, calls, org) = await WorkAsync(new SandboxOptions { QuickSales = true }, "2026-11-21T23:00:00Z", "2m", 12);
        await using var _ = org;
        Assert.InRange(verdicts.Count(verdict => verdict.Trim().Length > 0 && (verdict.Contains("qualified") || verdict.Contains("rejected"))), 25, 40);
        Assert.InRange(calls.Count, 25, 40);
    }

    [Fact]
    public async Task The_same_seed_answers_the_same()
    {
        var (first, _, one) = await WeekAsync(seed: 5);
        var (second, _, two) = await WeekAsync(seed: 5);
        var (other, _, three) = await WeekAsync(seed: 6);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        await one.DisposeAsync();
        await two.DisposeAsync();
        await three.DisposeAsync();
    }
}
