using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Pages;

/// <summary>Salesforce's Leads and Contacts as sales would see them.</summary>
internal sealed class SalesforcePages(Org org) : IRecordPages
{
    private const string Crm = "Salesforce";
    private const int MostRows = 200;

    private static readonly string[] About =
    [
        "Email", "Phone", "Title", "Department", "Company", "Industry", "NumberOfEmployees", "Status", "LeadSource", "Country", "MailingCountry",
            "City", "MailingCity", "HasOptedOutOfEmail",
        "IsConverted", "ConvertedContactId", "CreatedDate", "LastModifiedDate", "LastActivityDate",
    ];

    public Answer Index(HubSpotCall call)
    {
        var search = call.Query("q")?.Trim() ?? "";
        var found = org.Store("Lead").Ordered.Where(lead => !lead.Flag("IsConverted")).Concat(org.Store("Contact").Ordered)
            .Where(person => !person.IsDeleted && (search.Length == 0
            || $"{person["Name"]} {person["Email"]} {Company(person)}".Contains(search, StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(person => Moment(person, "LQ_Handed_Over_At__c")).ThenByDescending(person => person.Moment("SystemModstamp")).ToList();
        var page = new HtmlPage(Crm, "Leads and Contacts");
        page.Paragraph($"{found.Count} open Leads and Contacts, the latest handed over first{(found.Count > MostRows ? $"; {MostRows} of them are shown: search with ?q=name" : "")}.");
        page.Rows("Leads and Contacts", ["Name", "Object", "Company", "Status", "Stage", "Score", "Answer"], found.Take(MostRows)
            .Select(person => ((string?)person.Id,
            (IReadOnlyList<string?>)[person.Text("Name"), person.Type.Name, Company(person), Shown(person, "Status"), Shown(person, "LQ_Stage__c"),
                Shown(person, "LQ_Score__c"),
                Shown(person, "LQ_Answer__c")])));
        return page.ToAnswer();
    }

    public Answer Record(HubSpotCall call)
    {
        if (org.Find(call.Route("id")) is not { IsDeleted: false, Type.Name: "Lead" or "Contact" } person)
        {
            var missing = new HtmlPage(Crm, "No such record");
            missing.Paragraph("Salesforce has no Lead or Contact with this id.");
            return missing.ToAnswer(404);
        }
        var page = new HtmlPage(Crm, person.Text("Name")!);
        page.Fields($"About this {person.Type.Name}", About.Where(name => person.Type.TryField(name, out _))
            .Select(name => (person.Type.Field(name).Label, Shown(person, name)))
            .Append(("Account", org.Find(person.Type.Name == "Contact" ? person.Text("AccountId") : null)?.Text("Name")))
            .Append(("Owner", org.Find(person.Text("OwnerId"))?.Text("Name"))));
        var own = person.Type.Fields.Where(field => field.Custom).ToLookup(field => field.Name.StartsWith("LQ_", StringComparison.Ordinal));
        page.Fields("Lead qualification", own[true].Select(field => (field.Label, Shown(person, field.Name))));
        page.Fields("Other fields", own[false].Select(field => (field.Label, Shown(person, field.Name))));
        if (person.Type.Name == "Contact")
            page.Rows("Opportunities", ["Opportunity", "Stage", "Amount"], org.Store("OpportunityContactRole").Referring("ContactId", person.Id)
                .Select(role => org.Find(role.Text("OpportunityId"))).OfType<SObject>()
                .Select(opportunity => ((string?)null,
                (IReadOnlyList<string?>)[opportunity.Text("Name"), opportunity.Text("StageName"), Shown(opportunity, "Amount")])));
        page.Rows("Activities", ["When", "What", "Subject"], Activities(person));
        page.Rows("Campaigns", ["Since", "Campaign", "Status"], org.Store("CampaignMember").Referring(person.Type.Name + "Id", person.Id)
            .Select(member => ((string?)null, (IReadOnlyList<string?>)[Shown(member, "CreatedDate"),
            org.Find(member.Text("CampaignId"))?.Text("Name"), member.Text("Status")])));
        page.Rows("History", ["When", "Field", "From", "To", "By"], org.Store(person.Type.History!).Referring(person.Type.HistoryParent, person.Id)
            .Where(row => row.Text("DataType") != "EntityId").OrderByDescending(row => row.Moment("CreatedDate")).Take(MostRows)
            .Select(row => ((string?)null, (IReadOnlyList<string?>)[Shown(row, "CreatedDate"), row.Text("Field"), row["OldValue"]?.ToString(),
            row["NewValue"]?.ToString(),
                org.Find(row.Text("CreatedById"))?.Text("Name")])));
        return page.ToAnswer();
    }

    private IEnumerable<(string? Link, IReadOnlyList<string?> Cells)> Activities(SObject person) =>
        org.Store("Task").Referring("WhoId", person.Id)
            .Select(task => (Day: task["ActivityDate"] as DateOnly?, What: task.Text("Type") ?? "Task", Subject: task.Text("Subject")))
            .Concat(org.Store("Event").Referring("WhoId", person.Id)
            .Select(meeting => (Day: meeting["ActivityDate"] as DateOnly?, What: "Event", Subject: meeting.Text("Subject"))))
            .OrderByDescending(activity => activity.Day).Take(MostRows)
            .Select(activity => ((string?)null, (IReadOnlyList<string?>)[activity.Day is { } day ? SalesforceTime.Write(day) : "", activity.What,
            activity.Subject]));

    private string? Company(SObject person) => person.Type.Name == "Lead" ? person.Text("Company") : org.Find(person.Text("AccountId"))?.Text("Name");

    private static long Moment(SObject record, string field) => record.Type.TryField(field, out var known) && record[known] is long at ? at : 0;

    private static string? Shown(SObject record, string field) => record.Type.TryField(field, out var known) ? Shown(known, record[known]) : null;

    private static string? Shown(SObjectField field, object? value) => value switch
    {
        null => null,
        true => "yes",
        false => "no",
        double number => number.ToString(field.Scale == 0 ? "0" : "0." + new string('#', field.Scale),
            System.Globalization.CultureInfo.InvariantCulture),
        DateOnly day => SalesforceTime.Write(day),
        long instant => Clock.Instant.Iso(instant),
        _ => value.ToString(),
    };
}
