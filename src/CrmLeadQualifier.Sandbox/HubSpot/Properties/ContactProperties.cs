using CrmLeadQualifier.Sandbox.HubSpot.Account;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>The contact's standard properties.</summary>
internal static class ContactProperties
{
    public static readonly string[] Industries =
    [
        "ACCOUNTING", "AIRLINES_AVIATION", "APPAREL_FASHION", "ARCHITECTURE_PLANNING", "AUTOMOTIVE", "BANKING", "BIOTECHNOLOGY", "BUILDING_MATERIALS",
        "BUSINESS_SUPPLIES_AND_EQUIPMENT",
        "CHEMICALS", "CIVIL_ENGINEERING", "COMPUTER_HARDWARE", "COMPUTER_NETWORK_SECURITY", "COMPUTER_SOFTWARE", "CONSTRUCTION", "CONSUMER_ELECTRONICS",
        "CONSUMER_GOODS", "COSMETICS",
        "DEFENSE_SPACE", "EDUCATION_MANAGEMENT", "E_LEARNING", "ELECTRICAL_ELECTRONIC_MANUFACTURING", "ENTERTAINMENT", "ENVIRONMENTAL_SERVICES",
        "FACILITIES_SERVICES",
        "FINANCIAL_SERVICES", "FOOD_BEVERAGES", "FOOD_PRODUCTION", "FURNITURE", "GOVERNMENT_ADMINISTRATION", "HIGHER_EDUCATION", "HOSPITAL_HEALTH_CARE",
        "HOSPITALITY",
        "HUMAN_RESOURCES", "INDUSTRIAL_AUTOMATION", "INFORMATION_TECHNOLOGY_AND_SERVICES", "INSURANCE", "INTERNET", "LAW_PRACTICE", "LEGAL_SERVICES",
        "LOGISTICS_AND_SUPPLY_CHAIN",
        "LUXURY_GOODS_JEWELRY", "MACHINERY", "MANAGEMENT_CONSULTING", "MARITIME", "MARKETING_AND_ADVERTISING", "MECHANICAL_OR_INDUSTRIAL_ENGINEERING",
        "MEDIA_PRODUCTION",
        "MEDICAL_DEVICES", "MINING_METALS", "NON_PROFIT_ORGANIZATION_MANAGEMENT", "OIL_ENERGY", "PACKAGING_AND_CONTAINERS", "PHARMACEUTICALS", "PLASTICS",
        "PROFESSIONAL_TRAINING_COACHING", "PUBLIC_RELATIONS_AND_COMMUNICATIONS", "PUBLISHING", "REAL_ESTATE", "RENEWABLES_ENVIRONMENT", "RESEARCH",
        "RESTAURANTS", "RETAIL",
        "SECURITY_AND_INVESTIGATIONS", "SEMICONDUCTORS", "STAFFING_AND_RECRUITING", "TELECOMMUNICATIONS", "TEXTILES", "TRANSPORTATION_TRUCKING_RAILROAD",
        "UTILITIES", "WHOLESALE", "WIRELESS",
    ];

    private static readonly string[] Texts =
    [
        "firstname", "lastname", "company", "jobtitle", "website", "address", "city", "state", "zip", "country", "salutation", "message", "seniority",
        "job_function",
        "industry", "annualrevenue", "date_of_birth", "degree", "field_of_study", "school", "twitterhandle", "linkedinbio", "work_email", "hs_timezone",
        "owneremail", "ownername",
    ];

    private static readonly string[] LifecycleDates = [.. Pipelines.LifecycleStages.Select(stage => $"hs_lifecyclestage_{stage}_date")];

    /// <summary>Name, type, group of what HubSpot computes: readable, never writable.</summary>
    private static readonly (string Name, string Type, string Group)[] Computed =
    [
        ("associatedcompanylastupdated", "number", "contactinformation"), ("currentlyinworkflow", "bool", "contactinformation"),
        ("days_to_close", "number", "deal_information"),
        ("first_conversion_date", "datetime", "conversioninformation"), ("first_conversion_event_name", "string", "conversioninformation"),
        ("recent_conversion_date", "datetime", "conversioninformation"), ("recent_conversion_event_name", "string", "conversioninformation"),
        ("num_conversion_events", "number", "conversioninformation"), ("num_unique_conversion_events", "number", "conversioninformation"),
        ("hs_calculated_form_submissions", "string", "conversioninformation"),
        ("first_deal_created_date", "datetime", "deal_information"), ("num_associated_deals", "number", "deal_information"),
        ("recent_deal_amount", "number", "deal_information"),
        ("recent_deal_close_date", "datetime", "deal_information"), ("total_revenue", "number", "deal_information"),
        ("closedate", "datetime", "deal_information"),
        ("hs_additional_emails", "string", "contactinformation"), ("hs_all_contact_vids", "string", "contactinformation"),
        ("hs_calculated_merged_vids", "string", "contactinformation"),
        ("hs_email_domain", "string", "contactinformation"), ("hs_full_name_or_email", "string", "contactinformation"),
        ("hs_is_contact", "bool", "contactinformation"),
        ("hs_is_unworked", "bool", "contactinformation"), ("hs_analytics_average_page_views", "number", "analyticsinformation"),
        ("hs_analytics_num_page_views", "number", "analyticsinformation"), ("hs_analytics_num_visits", "number", "analyticsinformation"),
        ("hs_analytics_num_event_completions", "number", "analyticsinformation"), ("hs_analytics_first_timestamp", "datetime", "analyticsinformation"),
        ("hs_analytics_last_timestamp", "datetime", "analyticsinformation"), ("hs_analytics_first_visit_timestamp", "datetime", "analyticsinformation"),
        ("hs_analytics_last_visit_timestamp", "datetime", "analyticsinformation"), ("hs_analytics_first_url", "string", "analyticsinformation"),
        ("hs_analytics_last_url", "string", "analyticsinformation"), ("hs_analytics_first_referrer", "string", "analyticsinformation"),
        ("hs_analytics_source_data_2", "string", "analyticsinformation"), ("hs_email_open", "number", "emailinformation"),
        ("hs_email_click", "number", "emailinformation"),
        ("hs_email_delivered", "number", "emailinformation"), ("hs_email_bounce", "number", "emailinformation"),
        ("hs_email_replied", "number", "emailinformation"),
        ("hs_email_first_open_date", "datetime", "emailinformation"), ("hs_email_last_open_date", "datetime", "emailinformation"),
        ("hs_email_first_click_date", "datetime", "emailinformation"), ("hs_email_last_click_date", "datetime", "emailinformation"),
        ("hs_email_last_send_date", "datetime", "emailinformation"), ("hs_email_last_reply_date", "datetime", "emailinformation"),
        ("hs_email_last_email_name", "string", "emailinformation"), ("hs_email_optout", "bool", "emailinformation"),
        ("hs_latest_source", "string", "analyticsinformation"),
        ("notes_last_contacted", "datetime", "sales_properties"), ("notes_last_updated", "datetime", "sales_properties"),
        ("num_notes", "number", "sales_properties"),
        ("num_contacted_notes", "number", "sales_properties"), ("hs_last_sales_activity_timestamp", "datetime", "sales_properties"),
        ("hubspotscore", "number", "sales_properties"),
        ("hs_lastmodifieddate", "datetime", "contactinformation"), ("hs_associated_target_accounts", "number", "contactinformation"),
        ("hs_currently_enrolled_in_prospecting_agent", "bool", "contactinformation"),
        ("hs_membership_has_accessed_private_content", "number", "contactinformation"),
        ("hs_prospecting_agent_actively_enrolled_count", "number", "contactinformation"),
        ("hs_prospecting_agent_total_enrolled_count", "number", "contactinformation"),
        ("hs_registered_member", "number", "contactinformation"), ("hs_sequences_actively_enrolled_count", "number", "contactinformation"),
    ];

    public static IEnumerable<PropertyDefinition> All()
    {
        const string group = "contactinformation";
        yield return StandardProperties.Define("email", "Email", "string", "text", group, unique: true);
        foreach (var name in Texts)
            yield return StandardProperties.Define(name, Label(name), "string", "text", group);
        foreach (var name in new[] { "phone", "mobilephone", "fax" })
            yield return StandardProperties.Define(name, Label(name), "string", "phonenumber", group);
        yield return StandardProperties.Define("numemployees", "Number of Employees", "enumeration", "select", group,
            options: ["1-5", "5-25", "25-50", "50-100", "100-500", "500-1000", "1000+"]);
        yield return StandardProperties.Define("hs_seniority", "Employment Seniority", "enumeration", "select", group,
            options: ["director", "employee", "entry", "executive", "manager", "owner", "partner", "senior", "vp"]);
        yield return StandardProperties.Define("hs_language", "Preferred language", "enumeration", "select", group,
            options: ["de", "en", "en-gb", "en-us", "es", "fr", "fr-be", "fr-ca", "fr-ch", "fr-fr", "it", "nl", "pl", "pt", "pt-br"]);
        yield return StandardProperties.Define("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", group, options: Pipelines.LifecycleStages);
        yield return StandardProperties.Define("hs_pipeline", "Pipeline", "enumeration", "select", group, external: true);
        yield return StandardProperties.Define("hs_lead_status", "Lead Status", "enumeration", "radio", "sales_properties",
            options: ["NEW", "OPEN", "IN_PROGRESS", "OPEN_DEAL", "UNQUALIFIED", "ATTEMPTED_TO_CONTACT", "CONNECTED", "BAD_TIMING"]);
        yield return StandardProperties.Define("hs_analytics_source", "Original Traffic Source", "enumeration", "select", "analyticsinformation",
            options: ["ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "SOCIAL_MEDIA", "REFERRALS", "OTHER_CAMPAIGNS", "DIRECT_TRAFFIC", "OFFLINE",
                "PAID_SOCIAL", "AI_REFERRALS"]);
        yield return StandardProperties.Define("hs_analytics_source_data_1", "Original Traffic Source Drill-Down 1", "string", "text", "analyticsinformation");
        yield return StandardProperties.Define("associatedcompanyid", "Primary Associated Company ID", "number", "number", group, external: true);
        foreach (var date in LifecycleDates)
            yield return StandardProperties.Define(date, Label(date), "datetime", "date", "analyticsinformation", readOnly: true);
        foreach (var (name, type, ofGroup) in Computed)
            yield return StandardProperties.Define(name, Label(name), type, FieldTypeOf(type), ofGroup, readOnly: true);
    }

    private static string FieldTypeOf(string type) => type switch { "datetime" => "date", "bool" => "booleancheckbox", "number" => "number", _ => "text" };

    private static string Label(string name)
    {
        var words = name.StartsWith("hs_", StringComparison.Ordinal) ? name[3..] : name;
        return char.ToUpperInvariant(words[0]) + words[1..].Replace('_', ' ');
    }
}
