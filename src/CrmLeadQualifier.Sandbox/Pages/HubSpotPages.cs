using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Pages;

/// <summary>HubSpot's contacts as sales would see them.</summary>
internal sealed class HubSpotPages(Portal portal) : IRecordPages
{
    private const string Crm = "HubSpot";
    private const int MostRows = 200;

    private static readonly (string Property, string Name)[] About =
    [
        ("email", "E-mail"), ("phone", "Phone"), ("jobtitle", "Job title"), ("company", "Company"), ("industry", "Industry"),
            ("numemployees", "Employees"), ("country", "Country"),
        ("city", "City"), ("lifecyclestage", "Lifecycle stage"), ("hs_lead_status", "Lead status"), ("hs_analytics_source", "Original source"),
            ("hs_email_optout", "Opted out"),
        ("createdate", "Created"), ("lastmodifieddate", "Last modified"), ("salesforceleadid", "Salesforce Lead"),
            ("salesforcecontactid", "Salesforce Contact"),
    ];

    private static readonly string[] Titles = ["hs_meeting_title", "hs_task_subject", "hs_email_subject", "hs_call_title", "hs_call_disposition",
        "hs_note_body"];

    public Answer Index(HubSpotCall call)
    {
        var search = call.Query("q")?.Trim() ?? "";
        var found = portal.Store(ObjectType.Contact).Ordered.Where(contact => !contact.Archived && (search.Length == 0
            || $"{contact["firstname"]} {contact["lastname"]} {contact["email"]} {contact["company"]}".Contains(search,
            StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(contact => contact["lq_handed_over_at"] ?? "", StringComparer.Ordinal).ThenByDescending(contact => contact.UpdatedAt)
            .ToList();
        var page = new HtmlPage(Crm, "Contacts");
        page.Paragraph($"{found.Count} contacts, the latest handed over first{(found.Count > MostRows ? $"; {MostRows} of them are shown: search with ?q=name" : "")}.");
        page.Rows("Contacts", ["Name", "Company", "Lifecycle stage", "Stage", "Score", "Answer"], found.Take(MostRows)
            .Select(contact => ((string?)contact.IdText,
            (IReadOnlyList<string?>)[Name(contact), contact["company"], contact["lifecyclestage"], contact["lq_stage"], contact["lq_score"],
                contact["lq_answer"]])));
        return page.ToAnswer();
    }

    public Answer Record(HubSpotCall call)
    {
        if (portal.Resolve(ObjectType.Contact, call.Route("id")) is not { } contact)
        {
            var missing = new HtmlPage(Crm, "No such contact");
            missing.Paragraph("HubSpot has no contact with this id.");
            return missing.ToAnswer(404);
        }
        var page = new HtmlPage(Crm, Name(contact));
        var labels = portal.Properties(ObjectType.Contact);
        page.Fields("About this contact", About.Select(field => (field.Name, contact[field.Property]))
            .Append(("Owner", contact["hubspot_owner_id"] is { } owner ? portal.Owners.ById(owner)?.Email : null)));
        page.Fields("Lead qualification", contact.Properties.Where(name => name.StartsWith("lq_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (labels.Find(name)?.Label ?? name, contact[name])));
        page.Rows("Deals", ["Deal", "Stage", "Amount"], portal.Associations.Of(contact, ObjectType.Deal)
            .Select(link => portal.Find(ObjectType.Deal, link.ToId)).OfType<CrmObject>()
            .Select(deal => ((string?)null, (IReadOnlyList<string?>)[deal["dealname"], deal["dealstage"], deal["amount"]])));
        page.Rows("Activities", ["When", "What", "Title"], ObjectType.All.Where(type => type.IsEngagement)
            .SelectMany(type => portal.Associations.Of(contact, type).Select(link => portal.Find(type, link.ToId)).OfType<CrmObject>())
            .OrderByDescending(activity => activity["hs_timestamp"], StringComparer.Ordinal).Take(MostRows)
            .Select(activity => ((string?)null, (IReadOnlyList<string?>)[activity["hs_timestamp"], activity.Type.Singular,
            Titles.Select(title => activity[title]).FirstOrDefault(text => text?.Length > 0)])));
        page.Rows("What sales said", ["When", "Field", "Value", "By"], new[] { "lq_verdict", "lq_rejection_reason" }
            .SelectMany(name => contact.History(name).Select(change => (name, change))).OrderByDescending(said => said.change.At)
            .Select(said => ((string?)null, (IReadOnlyList<string?>)[Instant.Iso(said.change.At), labels.Find(said.name)?.Label ?? said.name,
            said.change.Value,
                said.change.Source.UserId is { } user ? portal.Owners.All.FirstOrDefault(owner => owner.UserId == user)?.Email
                    : said.change.Source.Type])));
        return page.ToAnswer();
    }

    private static string Name(CrmObject contact) =>
        $"{contact["firstname"]} {contact["lastname"]}".Trim() is { Length: > 0 } name ? name : contact["email"] is { Length: > 0 } email ? email
            : contact.IdText;
}
