using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.HubSpot.Mapping;

/// <summary>
/// Where a portal keeps what agreements speak of. An attribute's sources are tried in order, the first that is not empty wins: a contact property, or
/// <c>company.PROPERTY</c> for one of the contact's primary company. An attribute without a row is the contact property of its own name.
/// </summary>
public sealed record HubSpotMapping
{
    public const string CompanyPrefix = "company.";

    /// <summary>Derived rather than read from a property: what <see cref="Sources"/> says for them stands in angle brackets.</summary>
    public const string Owner = "<owner>";
    public const string CustomerStageReached = "<lifecycle stage>";
    public const string OpenDeal = "<deals>";

    /// <summary>The defaults for the standard attributes.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultAttributes = new Dictionary<string, IReadOnlyList<string>>
    {
        ["email"] = ["email"],
        ["first_name"] = ["firstname"],
        ["last_name"] = ["lastname"],
        ["phone"] = ["phone"],
        ["job_title"] = ["jobtitle"],
        ["department"] = ["department"],
        ["seniority"] = ["seniority", "hs_seniority"],
        ["company"] = ["company"],
        ["company_domain"] = ["company.domain"],
        ["website"] = ["website"],
        ["industry"] = ["company.industry", "industry"],
        ["employees"] = ["company.numberofemployees", "numemployees"],
        ["annual_revenue"] = ["company.annualrevenue", "annualrevenue"],
        ["country"] = ["country"],
        ["region"] = ["state"],
        ["city"] = ["city"],
        ["postal_code"] = ["zip"],
        ["language"] = ["hs_language"],
        ["source"] = ["hs_analytics_source"],
        ["source_detail"] = ["hs_analytics_source_data_1"],
        ["timeframe"] = ["timeframe"],
        ["budget"] = ["budget"],
        ["need"] = ["need"],
        ["interests"] = ["interests"],
        ["lead_status"] = ["hs_lead_status"],
        ["owner_email"] = [Owner],
        ["opted_out"] = ["hs_email_optout"],
        ["is_customer"] = [CustomerStageReached],
        ["has_open_deal"] = [OpenDeal],
        ["created_at"] = ["createdate"],
    };

    /// <summary>Which stream, and in brackets which of its rows, give a kind of activity; null: nothing in HubSpot gives it to this program.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Kinds = new Dictionary<string, string?>
    {
        ["page_view"] = "page_views",
        ["form_submission"] = "form_submissions",
        ["content_download"] = "form_submissions (DownloadForms), page_views and email_events (file addresses)",
        ["email_open"] = "email_events (OPEN)",
        ["email_click"] = "email_events (CLICK)",
        ["email_bounce"] = "email_events (BOUNCE)",
        ["unsubscribe"] = "email_events (STATUSCHANGE)",
        ["email_reply"] = "emails (INCOMING_EMAIL)",
        ["email_sent"] = "emails (EMAIL)",
        ["meeting"] = "meetings",
        ["call"] = "calls",
        ["note"] = "notes",
        ["task"] = "tasks",
        ["chat"] = "communications",
        ["event_registration"] = "form_submissions (EventForms)",
        ["event_attendance"] = null,
        ["campaign_response"] = null,
    };

    /// <summary>Rows that differ from the defaults, by attribute.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Forms, by id or name, whose submission is a <c>content_download</c>.</summary>
    public IReadOnlyList<string> DownloadForms { get; init; } = [];

    /// <summary>Forms, by id or name, whose submission is an <c>event_registration</c>.</summary>
    public IReadOnlyList<string> EventForms { get; init; } = [];

    /// <summary>The id of the lifecycle stage at which a contact is a customer.</summary>
    public string CustomerStage { get; init; } = "customer";

    /// <summary>The pipelines whose deals count, by id; empty: all.</summary>
    public IReadOnlyList<string> DealPipelines { get; init; } = [];

    /// <summary>The sources of an attribute, in the order in which they are tried.</summary>
    public IReadOnlyList<string> Sources(LeadAttribute attribute) =>
        Attributes.TryGetValue(attribute.Name, out var mapped) ? mapped
        : DefaultAttributes.TryGetValue(attribute.Name, out var usual) ? usual
        : [attribute.Name];
}
