using System.Globalization;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Loading;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>Sales in Salesforce: Leads and Contacts; what a queue owns is taken by whoever calls first.</summary>
internal sealed class SalesforceDesk(Org org) : ISalesDesk
{
    private static readonly string[] Team = ["claire.dubois@vendor.example", "tom.hughes@vendor.example", "karim.benali@vendor.example"];

    public string Name => "salesforce";

    public IReadOnlyList<string> Reasons => org.FindType("Lead")!.TryField("LQ_Rejection_Reason__c", out var known)
        ? [.. known.Values.Where(value => value.Active && !value.Label.EndsWith(')')).Select(value => value.Value)]
        : [];

    public bool TwoSteps => org.FindType("Lead")!.TryField("LQ_Verdict__c", out var known)
        && known.Values.Exists(value => value is { Value: "accepted", Active: true });

    public IEnumerable<HandedOver> Waiting()
    {
        foreach (var type in new[] { org.FindType("Lead")!, org.FindType("Contact")! })
        {
            if (!type.TryField("LQ_Handed_Over_At__c", out var handedOver) || !type.TryField("LQ_Verdict__c", out var verdict)
                || !type.TryField("LQ_Answer__c", out var answer))
                continue;
            foreach (var record in org.Store(type).Ordered)
            {
                if (record[handedOver] is long at && Open(record, verdict, answer))
                    yield return new HandedOver(record.Id, at);
            }
        }
    }

    public int? Employees(string id)
    {
        var record = org.Find(id)!;
        var company = record.Type.Name == "Lead" ? record : org.Find(record.Text("AccountId"));
        return company?["NumberOfEmployees"] is double number ? (int)number : null;
    }

    public void Call(string id, string outcome, int seconds, long at, long now)
    {
        var record = org.Find(id)!;
        if (record.IsDeleted || record.Flag("IsConverted", whenMissing: false))
            return;
        var by = Owner(record);
        org.Commits.Begin(record, now, () =>
        {
            if (record.Text("OwnerId") != by.Id)
                org.Writer.Update(record, [(record.Type.Field("OwnerId"), by.Id)], at, now, by);
            var attributes = new Dictionary<string, string>
            {
                ["outcome"] = outcome, ["direction"] = "OUTBOUND", ["duration_seconds"] = seconds.ToString(CultureInfo.InvariantCulture),
            };
            new ActivityRecords(org, toldAt: org.Clock.Now).Add(record, new LeadActivity("call", at, attributes), by);
        });
    }

    public void Answer(string id, string verdict, string? reason, long at, long now)
    {
        var record = org.Find(id)!;
        var type = record.Type;
        if (!type.TryField("LQ_Verdict__c", out var verdictField) || !type.TryField("LQ_Answer__c", out var answer)
            || !Open(record, verdictField, answer, orAccepted: true))
            return;
        var by = Owner(record);
        var values = new List<(SObjectField, object?)> { (verdictField, verdict) };
        if (reason is not null && type.TryField("LQ_Rejection_Reason__c", out var reasonField))
            values.Add((reasonField, reason));
        org.Commits.Begin(record, now, () => org.Writer.Update(record, values, at, now, by));
    }

    private static bool Open(SObject record, SObjectField verdict, SObjectField answer, bool orAccepted = false) =>
        !record.IsDeleted && !record.Flag("IsConverted", whenMissing: false) && record[answer] is not (null or "waiting" or "withdrawn")
        && (record[verdict] is null || (orAccepted && record[verdict] is "accepted"));

    private SObject Owner(SObject record)
    {
        if (org.Find(record.Text("OwnerId")) is { Type.Name: "User" } owner && owner.Flag("IsActive") && owner != org.Users.Admin)
            return owner;
        return org.Users.ByEmail(Team[record.Id[14] % Team.Length]) ?? org.Users.Admin;
    }
}
