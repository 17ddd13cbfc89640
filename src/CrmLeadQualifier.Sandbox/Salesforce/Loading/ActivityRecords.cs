using System.Globalization;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Loading;

/// <summary>Puts an activity where Salesforce would have recorded it: Tasks, Events, campaign members, e-mail messages.</summary>
/// <param name="org">The org.</param>
/// <param name="toldAt">
/// When the records are made, whenever it happened: they carry this modification stamp, so that whoever reads what changed finds them. Null: when it happened.
/// </param>
internal sealed class ActivityRecords(Org org, long? toldAt = null)
{
    private readonly Dictionary<(string Name, string Type), SObject> _campaigns = [];

    /// <summary>Activities that this org has no place for.</summary>
    public int LeftOut { get; private set; }

    private static readonly HashSet<string> Recorded = new(StringComparer.Ordinal)
    {
        "content_download", "event_registration", "event_attendance", "campaign_response", "email_sent", "email_reply", "email_open", "meeting",
            "call", "note", "chat", "task",
    };

    /// <summary>Whether there is a place for activities of this kind.</summary>
    public static bool Records(string kind) => Recorded.Contains(kind);

    public void Add(SObject person, LeadActivity activity, SObject by)
    {
        switch (activity.Kind)
        {
            case "content_download":
                Member(person, activity, Or(activity["title"], Or(activity["url"], "Content")), "Content", "Downloaded", by);
                break;
            case "event_registration":
                Member(person, activity, Or(activity["event"], "Webinar"), "Webinar", "Registered", by);
                break;
            case "event_attendance":
                Member(person, activity, Or(activity["event"], "Webinar"), "Webinar", "Attended", by);
                break;
            case "campaign_response":
                Member(person, activity, Or(activity["campaign"], "Campaign"), "Other", "Responded", by);
                break;
            case "email_sent":
                Mail(person, activity, incoming: false, by);
                break;
            case "email_reply":
                Mail(person, activity, incoming: true, by);
                break;
            case "email_open":
                Open(person, activity);
                break;
            case "meeting":
                Meet(person, activity, by);
                break;
            case "call":
                Task(person, activity, by, ("Subject", "Call"), ("TaskSubtype", "Call"), ("Type", "Call"),
                    ("CallDisposition", Null(activity["outcome"])),
                    ("CallType", activity["direction"].ToUpperInvariant() switch { "INBOUND" => "Inbound", "" => null, _ => "Outbound" }),
                        ("CallDurationInSeconds", Seconds(activity)));
                break;
            case "note":
                Task(person, activity, by, ("Subject", "Note"), ("Type", "Note"), ("Description", Null(activity["body"])));
                break;
            case "chat":
                Task(person, activity, by, ("Subject", "Chat"), ("Type", "Chat"));
                break;
            case "task":
                Task(person, activity, by, ("Subject", Or(activity["subject"], "Task")),
                    ("Status", activity["status"] is "" or "COMPLETED" ? "Completed" : "Not Started"),
                    ("Type", activity["type"].ToUpperInvariant() switch { "CALL" => "Call", "EMAIL" => "Email", _ => null }));
                break;
            default:
                LeftOut++;
                break;
        }
    }

    private static string Or(string text, string otherwise) => text.Trim().Length > 0 ? text.Trim() : otherwise;

    private static string? Null(string text) => text.Trim().Length > 0 ? text.Trim() : null;

    private static object? Seconds(LeadActivity activity) =>
        double.TryParse(activity["duration_seconds"], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? Math.Round(seconds) : null;

    private SObject Insert(string type, long at, SObject by, params (string Field, object? Value)[] values)
    {
        var record = org.Writer.Insert(type, at, by, values);
        if (toldAt is { } told)
            org.Writer.Stamp(record, told, by);
        return record;
    }

    private SObject Task(SObject person, LeadActivity activity, SObject by, params (string Field, object? Value)[] values)
    {
        var at = Math.Min(activity.At, org.Clock.Now);
        var given = new List<(string, object?)> { ("WhoId", person.Id), ("Status", "Completed"), ("ActivityDate", SalesforceTime.Day(activity.At)),
            ("OwnerId", by.Id) };
        given.RemoveAll(pair => values.Any(value => value.Field == pair.Item1));
        return Insert("Task", at, by, [.. given, .. values]);
    }

    private void Meet(SObject person, LeadActivity activity, SObject by)
    {
        var meeting = Insert("Event", Math.Min(activity.At, org.Clock.Now), by, ("WhoId", person.Id), ("Subject", Or(activity["title"], "Meeting")),
            ("Type", "Meeting"),
            ("StartDateTime", SalesforceTime.Second(activity.At)), ("EndDateTime", SalesforceTime.Second(activity.At) + 1_800_000),
                ("OwnerId", by.Id));
        // Salesforce has no outcome of an Event: a meeting that was called off is deleted.
        if (activity["outcome"].ToUpperInvariant() is "CANCELED" or "CANCELLED")
            org.Writer.Delete(meeting, Math.Min(activity.At, org.Clock.Now), by);
    }

    private void Mail(SObject person, LeadActivity activity, bool incoming, SObject by)
    {
        var subject = Or(activity["subject"], "(no subject)");
        var task = Task(person, activity, by, ("Subject", (incoming ? "Re: " : "Email: ") + subject), ("TaskSubtype", "Email"), ("Type", "Email"));
        var address = person.Text("Email");
        Insert("EmailMessage", Math.Min(activity.At, org.Clock.Now), by, ("ActivityId", task.Id), ("Subject", subject), ("Incoming", incoming),
            ("Status", incoming ? "1" : "3"),
            ("MessageDate", SalesforceTime.Second(activity.At)), ("IsTracked", !incoming), ("FromAddress", incoming ? address : by.Text("Email")),
            ("ToAddress", incoming ? by.Text("Email") : address));
    }

    /// <summary>An open is kept with the e-mail that was opened, first and last; without one there is no place for it.</summary>
    private void Open(SObject person, LeadActivity activity)
    {
        var messages = org.Store("EmailMessage");
        var opened = org.Store("Task").Referring("WhoId", person.Id).SelectMany(task => messages.Referring("ActivityId", task.Id))
            .Where(message => !message.Flag("Incoming") && message.Moment("MessageDate") <= activity.At)
            .MaxBy(message => message.Moment("MessageDate"));
        if (opened is null)
        {
            LeftOut++;
            return;
        }
        var at = SalesforceTime.Second(activity.At);
        messages.Set(opened, "IsOpened", true);
        messages.Set(opened, "FirstOpenedDate", Math.Min(at, opened.Moment("FirstOpenedDate") ?? at));
        messages.Set(opened, "LastOpenedDate", Math.Max(at, opened.Moment("LastOpenedDate") ?? at));
        org.Writer.Stamp(opened, toldAt ?? Math.Min(activity.At, org.Clock.Now), org.Users.Automation);
    }

    private void Member(SObject person, LeadActivity activity, string name, string type, string status, SObject by)
    {
        var at = Math.Min(activity.At, org.Clock.Now);
        var campaign = Campaign(name, type, at);
        var reference = person.Type.Name + "Id";
        var present = org.Store("CampaignMember").Referring(reference, person.Id).FirstOrDefault(member => member.Text("CampaignId") == campaign.Id);
        if (present is null)
            Insert("CampaignMember", at, by, ("CampaignId", campaign.Id), (reference, person.Id), ("Status", status));
        else if (present.Text("Status") != status)
            org.Writer.Update(present, [(present.Type.Field("Status"), status)], at, toldAt ?? at, by);
        else
            LeftOut++;
    }

    private SObject Campaign(string name, string type, long at)
    {
        name = name.Length > 80 ? name[..80] : name;
        if (_campaigns.TryGetValue((name, type), out var known))
            return known;
        var present = org.Store("Campaign").Ordered.FirstOrDefault(campaign => campaign.Text("Name") == name && campaign.Text("Type") == type
            && !campaign.IsDeleted);
        return _campaigns[(name, type)] = present
            ?? org.Writer.Insert("Campaign", at, org.Users.Admin, ("Name", name), ("Type", type), ("Status", "In Progress"), ("IsActive", true),
            ("StartDate", SalesforceTime.Day(at)));
    }
}
