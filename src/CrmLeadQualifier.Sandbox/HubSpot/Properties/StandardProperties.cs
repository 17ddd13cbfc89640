using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>The properties that a HubSpot portal has before anybody adds one: those that a lead qualifier can meet, with HubSpot's own names and
/// types.</summary>
internal static class StandardProperties
{
    private const long DefinedAt = 1593532657277;

    public static (string Name, string Label)[] Groups(ObjectType type)
    {
        if (type == ObjectType.Contact)
        {
            return
            [
                ("contactinformation", "Contact information"), ("contact_activity", "Contact activity"), ("conversioninformation", "Conversion information"),
                ("analyticsinformation", "Web analytics history"), ("emailinformation", "Email information"), ("deal_information", "Deal information"),
                ("sales_properties", "Sales properties"),
            ];
        }
        if (type == ObjectType.Company)
            return [("companyinformation", "Company information")];
        if (type == ObjectType.Ticket)
            return [("ticketinformation", "Ticket information")];
        return type == ObjectType.Deal ? [("dealinformation", "Deal information")] : [("engagement", "Engagement")];
    }

    public static IEnumerable<PropertyDefinition> Of(ObjectType type)
    {
        yield return Define("hs_object_id", "Record ID", "number", "number", Groups(type)[0].Name, readOnly: true);
        yield return Define(type.Created, "Create Date", "datetime", "date", Groups(type)[0].Name, readOnly: true);
        yield return Define(type.Modified, "Last Modified Date", "datetime", "date", Groups(type)[0].Name, readOnly: true);
        yield return Define("hs_object_source", "Record source", "enumeration", "select", Groups(type)[0].Name, readOnly: true,
            options: ["INTEGRATION", "IMPORT", "CRM_UI", "FORM", "MEETINGS", "CONTACTS_WEB"]);
        yield return Define("hs_object_source_id", "Record source ID", "string", "text", Groups(type)[0].Name, readOnly: true);
        yield return Define("hs_object_source_label", "Record source label", "string", "text", Groups(type)[0].Name, readOnly: true);
        yield return Define("hubspot_owner_id", "Owner", "enumeration", "select", Groups(type)[0].Name, external: true);
        yield return Define("hubspot_owner_assigneddate", "Owner assigned date", "datetime", "date", Groups(type)[0].Name, readOnly: true);
        yield return Define("hs_all_owner_ids", "All owner IDs", "enumeration", "checkbox", Groups(type)[0].Name, readOnly: true, external: true);
        yield return Define("hs_user_ids_of_all_owners", "User IDs of all owners", "enumeration", "checkbox", Groups(type)[0].Name, readOnly: true,
            external: true);
        yield return Define("hs_created_by_user_id", "Created by user ID", "number", "number", Groups(type)[0].Name, readOnly: true);
        yield return Define("hs_updated_by_user_id", "Updated by user ID", "number", "number", Groups(type)[0].Name, readOnly: true);
        yield return Define("hs_merged_object_ids", "Merged record IDs", "enumeration", "checkbox", Groups(type)[0].Name, readOnly: true, external: true);
        var own = type == ObjectType.Contact ? ContactProperties.All()
            : type == ObjectType.Company ? Companies()
            : type == ObjectType.Deal ? Deals()
            : type == ObjectType.Ticket ? Tickets()
            : Engagements(type);
        foreach (var definition in own)
            yield return definition;
    }

    internal static PropertyDefinition Define(string name, string label, string type, string fieldType, string group, bool readOnly = false,
        bool external = false,
        string[]? options = null, bool unique = false) => new()
        {
            Name = name,
            Label = label,
            Type = type,
            FieldType = fieldType,
            GroupName = group,
            ReadOnlyValue = readOnly,
            ExternalOptions = external,
            HasUniqueValue = unique,
            HubSpotDefined = true,
            FormField = !readOnly && type is not "datetime",
            CreatedAt = DefinedAt,
            UpdatedAt = DefinedAt,
            Options = type == "bool"
                ? [new("Yes", "true", null, 0, Hidden: false), new("No", "false", null, 1, Hidden: false)]
                : [.. (options ?? []).Select((value, order) => new PropertyOption(LabelOf(value), value, null, order, Hidden: false))],
        };

    private static string LabelOf(string value) => CallOutcomes.LabelOf(value) is { } label && label != value ? label
        : value.Length == 0 ? value : char.ToUpperInvariant(value[0]) + value[1..].ToLowerInvariant().Replace('_', ' ');

    private static IEnumerable<PropertyDefinition> Companies()
    {
        const string group = "companyinformation";
        foreach (var (name, label) in new[] { ("name", "Company name"), ("domain", "Company domain name"), ("website", "Website URL"),
            ("country", "Country/Region"),
                     ("state", "State/Region"), ("city", "City"), ("zip", "Postal code"), ("phone", "Phone number"), ("address", "Street address") })
            yield return Define(name, label, "string", "text", group);
        yield return Define("description", "Description", "string", "textarea", group);
        yield return Define("industry", "Industry", "enumeration", "select", group, options: ContactProperties.Industries);
        yield return Define("numberofemployees", "Number of employees", "number", "number", group);
        yield return Define("annualrevenue", "Annual revenue", "number", "number", group);
        yield return Define("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", group, options: Pipelines.LifecycleStages);
        yield return Define("num_associated_contacts", "Number of associated contacts", "number", "number", group, readOnly: true);
    }

    private static IEnumerable<PropertyDefinition> Deals()
    {
        const string group = "dealinformation";
        yield return Define("dealname", "Deal name", "string", "text", group);
        yield return Define("amount", "Amount", "number", "number", group);
        yield return Define("amount_in_home_currency", "Amount in company currency", "number", "number", group, readOnly: true);
        yield return Define("deal_currency_code", "Currency", "enumeration", "select", group, options: ["EUR", "USD", "GBP", "CHF", "CAD"]);
        yield return Define("pipeline", "Pipeline", "enumeration", "select", group, options: ["default"]);
        yield return Define("dealstage", "Deal stage", "enumeration", "radio", group, options: [.. Pipelines.DealStages.Select(stage => stage.Id)]);
        yield return Define("dealtype", "Deal type", "enumeration", "radio", group, options: ["newbusiness", "existingbusiness"]);
        yield return Define("closedate", "Close date", "datetime", "date", group);
        yield return Define("hs_is_closed", "Is deal closed", "bool", "booleancheckbox", group, readOnly: true);
        yield return Define("hs_is_closed_won", "Is closed won", "bool", "booleancheckbox", group, readOnly: true);
        yield return Define("hs_deal_stage_probability", "Deal probability", "number", "number", group, readOnly: true);
        yield return Define("closed_lost_reason", "Closed lost reason", "string", "textarea", group);
        yield return Define("closed_won_reason", "Closed won reason", "string", "textarea", group);
        yield return Define("description", "Deal description", "string", "textarea", group);
    }

    private static IEnumerable<PropertyDefinition> Tickets()
    {
        const string group = "ticketinformation";
        yield return Define("subject", "Ticket name", "string", "text", group);
        yield return Define("content", "Ticket description", "string", "textarea", group);
        yield return Define("hs_pipeline", "Pipeline", "enumeration", "select", group, options: ["0"]);
        yield return Define("hs_pipeline_stage", "Ticket status", "enumeration", "select", group, options: ["1", "2", "3", "4"]);
        yield return Define("hs_ticket_category", "Category", "enumeration", "checkbox", group, options: ["PRODUCT_ISSUE", "BILLING_ISSUE", "FEATURE_REQUEST"]);
        yield return Define("hs_ticket_priority", "Priority", "enumeration", "select", group, options: ["LOW", "MEDIUM", "HIGH"]);
    }

    private static IEnumerable<PropertyDefinition> Engagements(ObjectType type)
    {
        const string group = "engagement";
        yield return Define("hs_timestamp", "Activity date", "datetime", "date", group);
        yield return Define("hs_body_preview", "Body preview", "string", "textarea", group, readOnly: true);
        yield return Define("hs_body_preview_html", "Body preview HTML", "string", "html", group, readOnly: true);
        yield return Define("hs_body_preview_is_truncated", "Body preview is truncated", "bool", "booleancheckbox", group, readOnly: true);
        yield return Define("hs_engagement_source", "Engagement source", "string", "text", group, readOnly: true);
        (string Name, string Type, string Field, string[]? Options)[] own = type.Plural switch
        {
            "calls" =>
            [
                ("hs_call_title", "string", "text", null), ("hs_call_body", "string", "html", null), ("hs_call_duration", "number", "number", null),
                ("hs_call_direction", "enumeration", "select", ["INBOUND", "OUTBOUND"]), ("hs_call_disposition", "enumeration", "select", CallOutcomes.Ids),
                ("hs_call_status", "enumeration", "select", ["BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING", "FAILED", "IN_PROGRESS",
                "NO_ANSWER", "QUEUED", "RINGING"]),
                ("hs_call_from_number", "string", "text", null), ("hs_call_to_number", "string", "text", null),
            ],
            "emails" =>
            [
                ("hs_email_subject", "string", "text", null), ("hs_email_text", "string", "textarea", null), ("hs_email_html", "string", "html", null),
                ("hs_email_direction", "enumeration", "select", ["EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL"]),
                ("hs_email_status", "enumeration", "select", ["BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"]),
                ("hs_email_headers", "string", "textarea", null),
                ("hs_email_from_email", "string", "text", null), ("hs_email_to_email", "string", "text", null), ("hs_email_thread_id", "string", "text", null),
                ("hs_sequence_id", "number", "number", null),
            ],
            "meetings" =>
            [
                ("hs_meeting_title", "string", "text", null), ("hs_meeting_body", "string", "html", null), ("hs_meeting_start_time", "datetime", "date", null),
                ("hs_meeting_end_time", "datetime", "date", null), ("hs_meeting_source", "enumeration", "select",
                ["CRM_UI", "MEETINGS_PUBLIC", "MEETINGS_EMBEDDED", "BIDIRECTIONAL_SYNC", "BCC"]),
                ("hs_meeting_outcome", "enumeration", "select", ["SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"]),
                ("hs_meeting_location", "string", "text", null), ("hs_meeting_external_url", "string", "text", null),
            ],
            "notes" => [("hs_note_body", "string", "html", null)],
            "tasks" =>
            [
                ("hs_task_subject", "string", "text", null), ("hs_task_body", "string", "html", null),
                ("hs_task_type", "enumeration", "select", ["TODO", "EMAIL", "CALL", "LINKED_IN"]),
                ("hs_task_status", "enumeration", "select", ["NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"]),
                ("hs_task_priority", "enumeration", "select", ["NONE", "LOW", "MEDIUM", "HIGH"]),
            ],
            _ =>
            [
                ("hs_communication_body", "string", "html", null), ("hs_communication_logged_from", "enumeration", "select", ["CRM"]),
                ("hs_communication_channel_type", "enumeration", "select", ["WHATS_APP", "LINKEDIN_MESSAGE", "SMS", "PHYSICAL_MAIL",
                "CUSTOM_CHANNEL_CONVERSATION"]),
            ],
        };
        foreach (var (name, valueType, field, options) in own)
            yield return Define(name, LabelOf(name[3..]), valueType, field, group, options: options);
        if (type != ObjectType.Task)
            yield break;
        yield return Define("hs_task_completion_date", "Completed at", "datetime", "date", group, readOnly: true);
        yield return Define("hs_task_completion_count", "Completion count", "number", "number", group, readOnly: true);
        yield return Define("hs_task_is_completed", "Is completed", "number", "number", group, readOnly: true);
    }
}
