using System.Text.Json;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>Real leads in the sandbox's Salesforce, read by our client.</summary>
public sealed class RealLeadsTests
{
    private static readonly string? File = Find();

    private static readonly LeadAttribute[] Own =
    [
        new("occupation", AttributeType.Text), new("specialization", AttributeType.Text), new("heard_about", AttributeType.Text), new("motive", AttributeType.Text),
        new("visits", AttributeType.Number), new("seconds_on_site", AttributeType.Number), new("pages_per_visit", AttributeType.Number), new("free_copy", AttributeType.Boolean),
    ];

    [SkippableFact]
    public async Task They_come_with_their_attributes_and_with_what_sales_said_and_when()
    {
        Skip.If(File is null, "The real leads are not beside the repository (../shared/data/x-education.leads.jsonl).");
        var expected = System.IO.File.ReadLines(File!).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(
            lead => lead.GetProperty("attributes").GetProperty("email").GetString()!, lead => lead);
        await using var sandbox = await SandboxOrg.StartAsync("--leads", File!, "--rate-limits", "off", "--index-lag", "0");
        using var crm = sandbox.Client(sandbox.Connection with { Attributes = [.. AttributeSchema.StandardAttributes, .. Own] });
        var reasons = expected.Values.SelectMany(lead => lead.GetProperty("verdicts").EnumerateArray())
            .Select(verdict => verdict.TryGetProperty("reason", out var reason) ? reason.GetString() : null).OfType<string>().Distinct();
        FieldDefinition[] fields =
        [
            new(LeadField.Verdict, "Verdict", "", [new("qualified", "Qualified"), new("rejected", "Rejected")]),
            new(LeadField.RejectionReason, "Reason", "", [.. reasons.Select(reason => new FieldOption(reason, reason))]),
        ];
        await crm.ProvisionAsync(fields, await crm.PlanProvisioningAsync(fields, default), default);

        var leads = new List<CrmRecord>();
        string? position = null;
        do
        {
            var page = await crm.ReadPageAsync(new PageRequest("leads", null, position), default);
            leads.AddRange(page.Content.Records);
            position = page.Next;
        }
        while (position is not null);
        Assert.Equal(expected.Count, leads.Select(lead => lead.Id).Distinct().Count());
        Assert.All(leads, lead =>
        {
            var attributes = expected[lead.Emails.Single()].GetProperty("attributes");
            foreach (var name in new[] { "country", "city", "source", "occupation", "specialization", "heard_about", "motive", "created_at" })
            {
                // Picklists know google and Google as one value.
                Assert.Equal(attributes.TryGetProperty(name, out var value) ? value.GetString() : null, lead.Attributes.GetValueOrDefault(name), ignoreCase: true);
            }

            Assert.Equal(attributes.GetProperty("opted_out").GetBoolean() ? "true" : "false", lead.Attributes["opted_out"]);
            double? visits = attributes.TryGetProperty("visits", out var known) ? known.GetDouble() : null;
            double? read = lead.Attributes.TryGetValue("visits", out var text) ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
            Assert.Equal(visits, read);
        });

        Assert.Equal(3561, leads.Count(lead => lead.Fields.GetValueOrDefault("verdict") == "qualified"));
        Assert.Equal(5679, leads.Count(lead => lead.Fields.GetValueOrDefault("verdict") == "rejected"));
        var history = await crm.ReadHistoryAsync("lead", [.. leads.Select(lead => lead.Id)], ["verdict", "rejection_reason"], default);
        var byLead = history.Where(change => change.Field == "verdict").ToLookup(change => change.RecordId);
        Assert.All(leads, lead =>
        {
            var verdict = expected[lead.Emails.Single()].GetProperty("verdicts")[0];
            var change = Assert.Single(byLead[lead.Id]);
            Assert.Equal((verdict.GetProperty("value").GetString(), verdict.GetProperty("at").GetString(), true), (change.Value, change.At.ToString(), change.IsPerson));
        });
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                var file = Path.Combine(folder.Parent!.FullName, "shared", "data", "x-education.leads.jsonl");
                return System.IO.File.Exists(file) ? file : null;
            }
        }

        return null;
    }
}
