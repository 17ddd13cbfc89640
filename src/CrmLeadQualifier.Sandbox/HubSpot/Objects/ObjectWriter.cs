using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Lifecycle;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>Writes values by HubSpot's rules. Checking comes first and for all rows, so that a refused batch has changed nothing.</summary>
internal sealed class ObjectWriter(Portal portal)
{
    /// <summary>Another app with a token of its own.</summary>
    private static readonly ChangeSource AnotherProgram = ChangeSource.Integration("1043921");

    /// <summary>Reads the "properties" of one input, adding what is wrong to <paramref name="invalid"/>.</summary>
    public Dictionary<string, string> Read(ObjectType type, JsonElement input, List<InvalidValue> invalid)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!input.TryGetProperty("properties", out var properties) || properties.ValueKind == JsonValueKind.Null)
            return values;
        if (properties.ValueKind != JsonValueKind.Object)
            throw HubSpotRefusal.BadJson("properties must be an object");
        var catalogue = portal.Properties(type);
        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                throw HubSpotRefusal.BadJson($"Cannot deserialize value of type `java.lang.String` from Object or Array value (through reference chain: properties[\"{property.Name}\"])");
            var text = JsonText.Read(property.Value) ?? "";
            if (PropertyValue.Read(catalogue.Find(property.Name), property.Name, text, type, portal.Owners, out var kept) is { } wrong)
                invalid.Add(wrong);
            else
                values[property.Name] = kept;
        }
        return values;
    }

    /// <summary>An admin's rules on required properties, which API writes meet from version 2026-09 on.</summary>
    /// <param name="type">The object type.</param>
    /// <param name="record">Null: it is being created.</param>
    /// <param name="values">What is to be written.</param>
    /// <param name="call">The call, whose version decides.</param>
    /// <param name="listed">Whether the errors are also listed apart.</param>
    public void CheckRequired(ObjectType type, CrmObject? record, IReadOnlyDictionary<string, string> values, HubSpotCall call, bool listed)
    {
        if (type != ObjectType.Contact || string.CompareOrdinal(call.Version, "2026-09") < 0)
            return;
        var missing = portal.Settings.RequiredOfContacts.Where(property => string.IsNullOrEmpty(values.GetValueOrDefault(property, record?[property] ?? "")))
            .Select(property => new InvalidValue(property, "REQUIRED_PROPERTY", $"\"{property}\" is required by a validation rule and has no value."))
            .ToList();
        if (missing.Count > 0)
            throw PropertyValue.Refuse(missing, listed);
    }

    /// <summary>Applies checked values.</summary>
    /// <param name="record">The record.</param>
    /// <param name="values">Values that <see cref="Read"/> accepted.</param>
    /// <param name="at">When it happened, for the history; <paramref name="now"/> unless it is told late.</param>
    /// <param name="now">The stamp of the modification.</param>
    /// <param name="source">Who.</param>
    /// <param name="backward">Whether the lifecycle may move back without having been cleared: only a person in the CRM can.</param>
    /// <returns>Whether anything changed.</returns>
    public bool Write(CrmObject record, IReadOnlyDictionary<string, string> values, long at, long now, ChangeSource source, bool backward = false)
    {
        var changed = false;
        foreach (var (property, value) in values)
        {
            var text = value;
            var before = record[property];
            // A leading semicolon adds to a multiple choice instead of replacing it.
            if (text.StartsWith(';') && portal.Properties(record.Type).Find(property) is { FieldType: "checkbox" })
                text = string.Join(';', (before ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
                    .Union(text.Split(';', StringSplitOptions.RemoveEmptyEntries)));
            if ((before ?? "") == text && (before is not null || text.Length == 0))
                continue;
            if (property == "lifecyclestage" && !backward && !LifecycleRules.MayMove(before, text))
                continue;
            if (property == "email" && record.Type == ObjectType.Contact)
            {
                KeepEmail(record, before, text);
                if (string.IsNullOrEmpty(before) && portal.PageViews.Attach(record.Id))
                    record.Set("hs_analytics_num_page_views", portal.PageViews.CountOf(record.Id).ToString(CultureInfo.InvariantCulture), now, now,
                        ChangeSource.Analytics);
            }
            record.Set(property, text, at, now, source);
            Follow(record, property, text, at, now);
            portal.Changes.Changed(record, property, text, now, source);
            if (portal.Settings.WrittenBack.Contains(property) && source.Id == Portal.AppId)
                portal.Later.Add(now + 1_000, due => Write(record, new Dictionary<string, string> { [property] = before ?? "" }, due, due, AnotherProgram));
            changed = true;
        }
        if (changed)
            portal.Store(record.Type).Touch(record, now);
        return changed;
    }

    /// <summary>Makes a record with checked values and HubSpot's own defaults.</summary>
    public CrmObject Create(ObjectType type, IReadOnlyDictionary<string, string> values, long createdAt, ChangeSource source)
    {
        var record = portal.Store(type).Add(createdAt);
        Seed(record, "hs_object_source", source.Type, source);
        Seed(record, "hs_object_source_label", source.Type, source);
        if (source.Id is not null)
            Seed(record, "hs_object_source_id", source.Id, source);
        if (source.UserId is { } user)
            Seed(record, "hs_created_by_user_id", user.ToString(CultureInfo.InvariantCulture), source);
        if (type == ObjectType.Contact)
        {
            Seed(record, "hs_all_contact_vids", record.IdText, source);
            Seed(record, "hs_pipeline", "contacts-lifecycle-pipeline", source);
            Seed(record, "hs_is_contact", "true", source);
            Seed(record, "hs_is_unworked", "true", source);
            if (!values.ContainsKey("lifecyclestage"))
                LifecycleRules.Enter(record, "lead", createdAt, source);
        }
        if (type == ObjectType.Deal)
        {
            if (!values.ContainsKey("pipeline"))
                Seed(record, "pipeline", "default", source);
            if (!values.ContainsKey("dealstage"))
                Seed(record, "dealstage", "appointmentscheduled", source);
        }
        if (type.IsEngagement && !values.ContainsKey("hs_timestamp"))
            Seed(record, "hs_timestamp", Instant.Iso(createdAt), source);
        Write(record, values, createdAt, createdAt, source);
        if (type == ObjectType.Contact)
            NameContact(record, createdAt);
        portal.Store(type).Touch(record, createdAt);
        portal.Changes.Created(record, createdAt, source);
        return record;
    }

    /// <summary>Associates two records and does what HubSpot does by itself: the primary company's id, and the lifecycle of people on a deal.</summary>
    public void Associate(CrmObject from, CrmObject to, long now, bool primary = false)
    {
        if (portal.Associations.Link(from, to, primary))
            portal.Changes.Associated(from.Type, from.Id, to.Type, to.Id, removed: false, now, ChangeSource.Integration(Portal.AppId));
        var contact = from.Type == ObjectType.Contact ? from : to.Type == ObjectType.Contact ? to : null;
        if (contact is null)
            return;
        var other = contact == from ? to : from;
        if (other.Type == ObjectType.Company)
        {
            KeepPrimaryCompany(contact, now);
            LifecycleRules.FollowCompany(portal, contact, other, now, now);
        }
        if (other.Type == ObjectType.Deal)
            LifecycleRules.FollowDeal(portal, contact, other, now);
    }

    public void KeepPrimaryCompany(CrmObject contact, long now)
    {
        var primary = portal.Associations.Of(contact, ObjectType.Company).FirstOrDefault(link => link.Primary);
        var id = primary.ToId == 0 ? "" : primary.ToId.ToString(CultureInfo.InvariantCulture);
        if ((contact["associatedcompanyid"] ?? "") == id)
            return;
        contact.Set("associatedcompanyid", id, now, now, ChangeSource.Calculated);
        portal.Store(ObjectType.Contact).Touch(contact, now);
    }

    private void KeepEmail(CrmObject record, string? before, string after) => portal.Store(ObjectType.Contact).KeepEmail(record, before, after);

    private void Follow(CrmObject record, string property, string value, long at, long now)
    {
        if (property == "lifecyclestage" && record.Type == ObjectType.Contact)
            LifecycleRules.Stamp(record, value, at, now);
        if (property == "lifecyclestage" && record.Type == ObjectType.Company)
        {
            foreach (var link in portal.Associations.Of(record, ObjectType.Contact).ToList())
            {
                if (portal.Find(ObjectType.Contact, link.ToId) is { } contact)
                    LifecycleRules.FollowCompany(portal, contact, record, at, now);
            }
        }
        if (property is "email" or "firstname" or "lastname" && record.Type == ObjectType.Contact)
            NameContact(record, now);
        if (property == "hubspot_owner_id")
        {
            record.Set("hubspot_owner_assigneddate", Instant.Iso(at), at, now, ChangeSource.Calculated);
            record.Set("hs_all_owner_ids", value, at, now, ChangeSource.Calculated);
            record.Set("hs_user_ids_of_all_owners", portal.Owners.ById(value)?.UserId.ToString(CultureInfo.InvariantCulture) ?? "", at, now,
                ChangeSource.Calculated);
        }
        // The portal has one currency.
        if (property == "amount")
            record.Set("amount_in_home_currency", value, at, now, ChangeSource.Calculated);
        if (property == "hs_task_status")
        {
            var done = value == "COMPLETED";
            record.Set("hs_task_is_completed", done ? "1" : "0", at, now, ChangeSource.Calculated);
            record.Set("hs_task_completion_count", done ? "1" : "0", at, now, ChangeSource.Calculated);
            record.Set("hs_task_completion_date", done ? Instant.Iso(at) : "", at, now, ChangeSource.Calculated);
        }
        if (property is "hs_meeting_body" or "hs_task_body" or "hs_note_body" or "hs_call_body" or "hs_communication_body")
        {
            record.Set("hs_body_preview", value, at, now, ChangeSource.Calculated);
            record.Set("hs_body_preview_html", $"<html>\n <head></head>\n <body>\n {value}\n </body>\n</html>", at, now, ChangeSource.Calculated);
            record.Set("hs_body_preview_is_truncated", "false", at, now, ChangeSource.Calculated);
        }
        if (property == "dealstage" && record.Type == ObjectType.Deal)
            LifecycleRules.FollowDealStage(portal, record, value, at, now);
    }

    private static void NameContact(CrmObject record, long now)
    {
        var email = record["email"] ?? "";
        var name = $"{record["firstname"]} {record["lastname"]}".Trim();
        Derive(record, "hs_email_domain", email[(email.LastIndexOf('@') + 1)..], now);
        Derive(record, "hs_full_name_or_email", name.Length > 0 ? name : email, now);
    }

    private static void Derive(CrmObject record, string property, string value, long now)
    {
        if ((record[property] ?? "") != value)
            record.Set(property, value, now, now, ChangeSource.Calculated);
    }

    private static void Seed(CrmObject record, string property, string value, ChangeSource source) =>
        record.Set(property, value, record.CreatedAt, record.CreatedAt, source);
}
