using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;

namespace CrmLeadQualifier.Sandbox.Loading;

/// <summary>Puts an activity where HubSpot would have recorded it, and moves the contact's counters along.</summary>
internal sealed class ActivityLoader(Portal portal)
{
    /// <summary>Activities that this portal has no place for.</summary>
    public int LeftOut { get; private set; }

    public void Add(CrmObject contact, LeadActivity activity)
    {
        var email = contact["email"] ?? "";
        switch (activity.Kind)
        {
            case "page_view":
                View(contact, activity, activity["url"], activity["title"]);
                break;
            case "content_download" when IsFile(activity["url"]):
                View(contact, activity, activity["url"], activity["title"]);
                break;
            case "form_submission" when email.Length > 0:
                Submit(contact, activity, activity["form"], email);
                break;
            case "content_download" when email.Length > 0:
                Submit(contact, activity, activity["title"], email);
                break;
            case "event_registration" when email.Length > 0:
                Submit(contact, activity, activity["event"], email);
                break;
            case "email_open" when email.Length > 0:
                Sent(contact, activity, "OPEN", email, "hs_email_open", "hs_email_last_open_date");
                break;
            case "email_click" when email.Length > 0:
                Sent(contact, activity, "CLICK", email, "hs_email_click", "hs_email_last_click_date");
                break;
            case "email_bounce" when email.Length > 0:
                Sent(contact, activity, "BOUNCE", email, "hs_email_bounce", null);
                break;
            case "unsubscribe" when email.Length > 0:
                Sent(contact, activity, "STATUSCHANGE", email, null, null);
                Set(contact, "hs_email_optout", "true", activity.At);
                break;
            case "email_reply":
                Engage(contact, activity, ObjectType.Email, ("hs_email_direction", "INCOMING_EMAIL"), ("hs_email_subject", activity["subject"]),
                    ("hs_email_from_email", email));
                Set(contact, "hs_email_last_reply_date", Instant.Iso(activity.At), activity.At);
                break;
            case "email_sent":
                Engage(contact, activity, ObjectType.Email, ("hs_email_direction", "EMAIL"), ("hs_email_status", "SENT"),
                    ("hs_email_subject", activity["subject"]), ("hs_email_to_email", email));
                break;
            case "meeting":
                Engage(contact, activity, ObjectType.Meeting, ("hs_meeting_title", activity["title"]), ("hs_meeting_outcome", activity["outcome"]),
                    ("hs_meeting_start_time", Instant.Iso(activity.At)), ("hs_meeting_end_time", Instant.Iso(activity.At + 1_800_000)),
                        ("hs_meeting_source", "CRM_UI"));
                break;
            case "call":
                Engage(contact, activity, ObjectType.Call, ("hs_call_disposition", CallOutcomes.IdOf(activity["outcome"])),
                    ("hs_call_direction", activity["direction"].ToUpperInvariant()),
                    ("hs_call_duration", Milliseconds(activity["duration_seconds"])), ("hs_call_status", "COMPLETED"));
                break;
            case "note":
                Engage(contact, activity, ObjectType.Note, ("hs_note_body", activity["body"]));
                break;
            case "task":
                Engage(contact, activity, ObjectType.Task, ("hs_task_subject", activity["subject"]), ("hs_task_type", Or(activity["type"], "TODO")),
                    ("hs_task_status", Or(activity["status"], "COMPLETED")));
                break;
            case "chat":
                Engage(contact, activity, ObjectType.Communication, ("hs_communication_channel_type", "CUSTOM_CHANNEL_CONVERSATION"),
                    ("hs_communication_logged_from", "CRM"));
                break;
            default:
                LeftOut++;
                break;
        }
    }

    private static bool IsFile(string url) =>
        url.Contains("/hubfs/", StringComparison.OrdinalIgnoreCase) || url.Split('?', '#')[0].EndsWith(".pdf", StringComparison.OrdinalIgnoreCase);

    private static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;

    private static string Milliseconds(string seconds) =>
        decimal.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number * 1000).ToString("0.###", CultureInfo.InvariantCulture) : "";

    private void View(CrmObject contact, LeadActivity activity, string url, string title)
    {
        portal.PageViews.Add(contact.Id, activity.At, url, title);
        Set(contact, "hs_analytics_num_page_views", portal.PageViews.CountOf(contact.Id).ToString(CultureInfo.InvariantCulture), activity.At);
        if (string.IsNullOrEmpty(contact["hs_analytics_first_timestamp"]))
        {
            Set(contact, "hs_analytics_first_timestamp", Instant.Iso(activity.At), activity.At);
            Set(contact, "hs_analytics_first_url", url, activity.At);
        }
        if (!IsLatest(contact, "hs_analytics_last_timestamp", activity.At))
            return;
        Set(contact, "hs_analytics_last_url", url, activity.At);
        Set(contact, "hs_analytics_last_timestamp", Instant.Iso(activity.At), activity.At);
    }

    private void Submit(CrmObject contact, LeadActivity activity, string formName, string email)
    {
        if (portal.PageViews.Attach(contact.Id))
            Set(contact, "hs_analytics_num_page_views", portal.PageViews.CountOf(contact.Id).ToString(CultureInfo.InvariantCulture), activity.At);
        var name = Or(formName.Trim(), "Form");
        var form = portal.Forms.Named(name, Math.Min(activity.At, portal.Clock.Start));
        portal.Forms.Submit(form, activity.At, email, activity["url"]);
        Count(contact, "num_conversion_events", activity.At);
        var page = Uri.TryCreate(activity["url"], UriKind.Absolute, out var uri) ? uri.Host + uri.AbsolutePath : "";
        var conversion = page.Length > 0 ? $"{page}: {name}" : name;
        if (string.IsNullOrEmpty(contact["first_conversion_date"]))
        {
            Set(contact, "first_conversion_date", Instant.Iso(activity.At), activity.At);
            Set(contact, "first_conversion_event_name", conversion, activity.At);
        }
        if (!IsLatest(contact, "recent_conversion_date", activity.At))
            return;
        Set(contact, "recent_conversion_date", Instant.Iso(activity.At), activity.At);
        Set(contact, "recent_conversion_event_name", conversion, activity.At);
    }

    private void Sent(CrmObject contact, LeadActivity activity, string type, string recipient, string? counter, string? lastDate)
    {
        var campaign = portal.EmailEvents.Campaign(Or(activity["campaign"], "Newsletter"), activity["subject"]);
        portal.EmailEvents.Add(activity.At, type, recipient, campaign, type == "CLICK" ? activity["url"] : null, activity["bot"] == "true");
        // HubSpot leaves a mail scanner's opens and clicks out of its counters.
        if (activity["bot"] == "true")
            return;
        if (counter is not null)
            Count(contact, counter, activity.At);
        if (lastDate is not null && IsLatest(contact, lastDate, activity.At))
            Set(contact, lastDate, Instant.Iso(activity.At), activity.At);
        Touch(contact, activity.At);
    }

    private void Engage(CrmObject contact, LeadActivity activity, ObjectType type, params (string Property, string Value)[] given)
    {
        var catalogue = portal.Properties(type);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["hs_timestamp"] = Instant.Iso(activity.At) };
        foreach (var (property, value) in given)
        {
            if (value.Length == 0)
                continue;
            if (catalogue.Find(property) is { Type: "enumeration" } choice)
                choice.AddOption(value);
            values[property] = value;
        }
        if (contact["hubspot_owner_id"] is { Length: > 0 } owner)
            values["hubspot_owner_id"] = owner;
        var at = Math.Min(activity.At, portal.Clock.Now);
        var record = portal.Writer.Create(type, values, at, portal.UserOf(contact));
        portal.Writer.Associate(record, contact, at);
        Count(contact, "num_notes", activity.At);
        Set(contact, "notes_last_updated", Instant.Iso(at), activity.At);
    }

    private static bool IsLatest(CrmObject contact, string property, long at) =>
        contact[property] is not { Length: > 0 } last || !Instant.TryRead(last, out var known) || known <= at;

    private void Count(CrmObject contact, string property, long at)
    {
        _ = long.TryParse(contact[property], NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        Set(contact, property, (count + 1).ToString(CultureInfo.InvariantCulture), at);
    }

    /// <summary>HubSpot recomputes these by itself; their history is not kept back, so that a late activity still counts.</summary>
    private void Set(CrmObject contact, string property, string value, long at)
    {
        var stamp = Math.Max(Math.Min(at, portal.Clock.Now), contact.Latest(property)?.At ?? long.MinValue);
        contact.Set(property, value, stamp, stamp, ChangeSource.Analytics);
        portal.Changes.Changed(contact, property, value, stamp, ChangeSource.Analytics);
        Touch(contact, at);
    }

    private void Touch(CrmObject contact, long at) => portal.Store(ObjectType.Contact).Touch(contact, Math.Min(at, portal.Clock.Now));
}
