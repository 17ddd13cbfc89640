using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Connector;

/// <summary>
/// Activities that appeared in one store since the last round, logged in the other: form submissions, calls, e-mails and meetings of HubSpot as completed Tasks and Events,
/// Tasks and Events of Salesforce as calls, tasks and meetings.
/// </summary>
internal sealed class ActivityCopies
{
    private static readonly ObjectType[] Logged = [ObjectType.Call, ObjectType.Email, ObjectType.Meeting, ObjectType.Task];

    private readonly Portal _portal;
    private readonly Org _org;
    private readonly LinkedPeople _people;
    private readonly Dictionary<ObjectType, long> _lastIds = [];
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _conversions = [];

    public ActivityCopies(Portal portal, Org org, LinkedPeople people)
    {
        (_portal, _org, _people) = (portal, org, people);
        foreach (var type in Logged)
            _lastIds[type] = portal.Store(type).Ordered is [.., var last] ? last.Id : 0;
        foreach (var type in new[] { "Task", "Event" })
            _seen[type] = org.Store(type).Ordered.Count;
        foreach (var contact in portal.Store(ObjectType.Contact).Ordered)
            _conversions[contact.Id] = contact["recent_conversion_date"] ?? "";
    }

    public void Copy(long now)
    {
        CopySubmissions(now);
        foreach (var type in Logged)
            CopyEngagements(type, now);
        foreach (var type in _seen.Keys.ToList())
            CopyRecords(type, now);
    }

    private void CopySubmissions(long now)
    {
        foreach (var contact in _portal.Store(ObjectType.Contact).Ordered)
        {
            var latest = contact["recent_conversion_date"] ?? "";
            if (_conversions.GetValueOrDefault(contact.Id, "") == latest)
                continue;
            _conversions[contact.Id] = latest;
            if (_people.PersonOf(contact) is { } person)
                Log(person, "Submitted form: " + contact["recent_conversion_event_name"], "Other", latest, now);
        }
    }

    private void CopyEngagements(ObjectType type, long now)
    {
        var store = _portal.Store(type);
        for (var at = store.PositionFrom(_lastIds[type] + 1); at < store.Ordered.Count; at++)
        {
            var engagement = store.Ordered[at];
            _lastIds[type] = engagement.Id;
            if (engagement.Archived || engagement["hs_object_source"] == ConnectorFields.Source.Type)
                continue;
            foreach (var link in _portal.Associations.Of(engagement, ObjectType.Contact))
            {
                if (_portal.Find(ObjectType.Contact, link.ToId) is { } contact && _people.PersonOf(contact) is { } person)
                    Log(person, Subject(engagement), type == ObjectType.Call ? "Call" : type == ObjectType.Email ? "Email" : type == ObjectType.Meeting ? "Meeting" : "Other", engagement["hs_timestamp"], now);
            }
        }
    }

    private static string Subject(CrmObject engagement)
    {
        var title = new[] { "hs_meeting_title", "hs_task_subject", "hs_email_subject" }.Select(property => engagement[property]).FirstOrDefault(text => text?.Length > 0);
        var kind = char.ToUpperInvariant(engagement.Type.Singular[0]) + engagement.Type.Singular[1..];
        var subject = title is null ? $"{kind} in HubSpot" : $"{kind}: {title}";
        return subject.Length > 255 ? subject[..255] : subject;
    }

    private void Log(SObject person, string subject, string type, string? timestamp, long now)
    {
        var at = timestamp is not null && Instant.TryRead(timestamp, out var known) ? Math.Min(known, now) : now;
        _org.Writer.Insert("Task", now, _org.Users.Connector, ("WhoId", person.Id), ("Subject", subject.Length > 255 ? subject[..255] : subject), ("Type", type),
            ("TaskSubtype", type is "Call" or "Email" ? type : "Task"), ("Status", "Completed"), ("ActivityDate", SalesforceTime.Day(at)));
    }

    private void CopyRecords(string type, long now)
    {
        var store = _org.Store(type);
        for (; _seen[type] < store.Ordered.Count; _seen[type]++)
        {
            var activity = store.Ordered[_seen[type]];
            if (activity.IsDeleted || activity.Text("CreatedById") == _org.Users.Connector.Id || _people.ContactOf(activity.Text("WhoId")) is not { } contact)
                continue;
            var at = Instant.Iso(activity.Moment(type == "Event" ? "StartDateTime" : "CompletedDateTime") ?? activity.Moment("CreatedDate") ?? now);
            var subject = activity.Text("Subject") ?? type;
            var (kind, values) = (type, activity.Text("TaskSubtype", whenMissing: null)) switch
            {
                ("Event", _) => (ObjectType.Meeting, new Dictionary<string, string> { ["hs_meeting_title"] = subject, ["hs_meeting_start_time"] = at }),
                (_, "Call") => (ObjectType.Call, new Dictionary<string, string> { ["hs_call_title"] = subject, ["hs_call_status"] = "COMPLETED" }),
                _ => (ObjectType.Task, new Dictionary<string, string> { ["hs_task_subject"] = subject, ["hs_task_status"] = activity.Flag("IsClosed") ? "COMPLETED" : "NOT_STARTED" }),
            };
            values["hs_timestamp"] = at;
            var copy = _portal.Writer.Create(kind, values, now, ConnectorFields.Source);
            _portal.Writer.Associate(copy, contact, now);
        }
    }
}
