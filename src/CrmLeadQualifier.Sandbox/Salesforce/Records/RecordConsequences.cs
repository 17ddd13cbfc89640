using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>What the org derives from a record's fields whenever they change: names, closed states, response dates, and the people's last activity.</summary>
internal static class RecordConsequences
{
    private static readonly HashSet<string> Responses = new(StringComparer.Ordinal) { "Responded", "Attended", "Downloaded" };

    public static void Follow(Org org, SObject record, HashSet<string> changed, long at)
    {
        var store = org.Store(record.Type);
        switch (record.Type.Name)
        {
            case "Lead":
            case "Contact":
                store.Set(record, "Name", $"{record.Text("FirstName")} {record.Text("LastName")}".Trim());
                break;
            case "Opportunity":
                FollowOpportunity(store, record, changed, at);
                break;
            case "Task":
                FollowTask(org, store, record, changed, at);
                break;
            case "Event":
                FollowEvent(org, store, record, changed);
                break;
            case "CampaignMember":
                FollowMember(store, record, changed, at);
                break;
        }
    }

    private static void FollowOpportunity(RecordStore store, SObject record, HashSet<string> changed, long at)
    {
        if (!changed.Contains("StageName"))
            return;
        var stage = StandardObjects.OpportunityStages.FirstOrDefault(known => known.Name == record.Text("StageName"));
        store.Set(record, "IsClosed", stage.Closed);
        store.Set(record, "IsWon", stage.Won);
        if (!changed.Contains("Probability"))
            store.Set(record, "Probability", (double)stage.Probability);
        store.Set(record, "ForecastCategoryName", stage.Won ? "Closed" : stage.Closed ? "Omitted" : "Pipeline");
        store.Set(record, "LastStageChangeDate", SalesforceTime.Second(at));
    }

    private static void FollowTask(Org org, RecordStore store, SObject record, HashSet<string> changed, long at)
    {
        var closed = record.Text("Status") == "Completed";
        if (closed && !record.Flag("IsClosed"))
            store.Set(record, "CompletedDateTime", SalesforceTime.Second(at));
        else if (!closed)
            store.Set(record, "CompletedDateTime", null);
        store.Set(record, "IsClosed", closed);
        store.Set(record, "IsHighPriority", record.Text("Priority") == "High");
        FollowWho(org, store, record, changed);
        if (closed)
            LastActivity(org, record, record["ActivityDate"] as DateOnly? ?? SalesforceTime.Day(at));
    }

    private static void FollowEvent(Org org, RecordStore store, SObject record, HashSet<string> changed)
    {
        if (changed.Contains("StartDateTime"))
            store.Set(record, "ActivityDateTime", record["StartDateTime"]);
        else if (changed.Contains("ActivityDateTime"))
            store.Set(record, "StartDateTime", record["ActivityDateTime"]);
        if (record.Moment("StartDateTime") is not { } start)
            return;
        if (record.Moment("EndDateTime") is not { } end)
            store.Set(record, "EndDateTime", end = start + ((long)(record["DurationInMinutes"] as double? ?? 60) * 60_000));
        store.Set(record, "DurationInMinutes", Math.Floor((end - start) / 60_000.0));
        store.Set(record, "ActivityDate", SalesforceTime.Day(start));
        FollowWho(org, store, record, changed);
        if (start <= org.Clock.Now)
            LastActivity(org, record, SalesforceTime.Day(start));
    }

    private static void FollowMember(RecordStore store, SObject record, HashSet<string> changed, long at)
    {
        store.Set(record, "LeadOrContactId", record["ContactId"] ?? record["LeadId"]);
        if (!changed.Contains("Status"))
            return;
        var responded = Responses.Contains(record.Text("Status") ?? "");
        store.Set(record, "HasResponded", responded);
        if (responded && record["FirstRespondedDate"] is null)
            store.Set(record, "FirstRespondedDate", SalesforceTime.Day(at));
    }

    private static void FollowWho(Org org, RecordStore store, SObject record, HashSet<string> changed)
    {
        if (changed.Contains("WhoId") && org.Find(record.Text("WhoId")) is { Type.Name: "Contact" } contact)
            store.Set(record, "AccountId", contact["AccountId"]);
    }

    /// <summary>A roll-up: it moves no stamps.</summary>
    private static void LastActivity(Org org, SObject activity, DateOnly day)
    {
        if (org.Find(activity.Text("WhoId")) is { } who && (who["LastActivityDate"] is not DateOnly known || known < day))
            org.Store(who.Type).Set(who, "LastActivityDate", day);
    }
}
