using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>
/// Where an org keeps what agreements speak of. An attribute's sources are tried in order, the first that is not empty wins: a field of the Lead or
/// Contact, a parent's (<c>RecordType.DeveloperName</c>), or, of Contacts, <c>Account.FIELD</c>, which is read with the Accounts. An attribute
/// without a row is the custom field of its own name (<c>seats_wanted</c>: <c>Seats_Wanted__c</c>).
/// </summary>
public sealed record SalesforceMapping
{
    public const string AccountPrefix = "Account.";

    /// <summary>Derived rather than read from a field of the person: what <see cref="Sources"/> says for them stands in angle brackets.</summary>
    public const string Owner = "<owner>";
    public const string CustomerAccount = "<Account.Type>";
    public const string OpenOpportunity = "<opportunities>";

    /// <summary>The defaults of Leads; no source: a Lead does not know it.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultLeadAttributes = new Dictionary<string, IReadOnlyList<string>>
    {
        ["email"] = ["Email"],
        ["first_name"] = ["FirstName"],
        ["last_name"] = ["LastName"],
        ["phone"] = ["Phone"],
        ["job_title"] = ["Title"],
        ["department"] = [],
        ["seniority"] = [],
        ["company"] = ["Company"],
        ["company_domain"] = [],
        ["website"] = ["Website"],
        ["industry"] = ["Industry"],
        ["employees"] = ["NumberOfEmployees"],
        ["annual_revenue"] = ["AnnualRevenue"],
        ["country"] = ["Country"],
        ["region"] = ["State"],
        ["city"] = ["City"],
        ["postal_code"] = ["PostalCode"],
        ["language"] = [],
        ["source"] = ["LeadSource"],
        ["source_detail"] = [],
        ["timeframe"] = ["Timeframe__c"],
        ["budget"] = ["Budget__c"],
        ["need"] = ["Need__c"],
        ["interests"] = ["Interests__c"],
        ["lead_status"] = ["Status"],
        ["owner_email"] = [Owner],
        ["opted_out"] = ["HasOptedOutOfEmail"],
        ["is_customer"] = [],
        ["has_open_deal"] = [],
        ["created_at"] = ["CreatedDate"],
    };

    /// <summary>The defaults of Contacts.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> DefaultContactAttributes = new Dictionary<string, IReadOnlyList<string>>
    {
        ["email"] = ["Email"],
        ["first_name"] = ["FirstName"],
        ["last_name"] = ["LastName"],
        ["phone"] = ["Phone"],
        ["job_title"] = ["Title"],
        ["department"] = ["Department"],
        ["seniority"] = [],
        ["company"] = ["Account.Name"],
        ["company_domain"] = [],
        ["website"] = ["Account.Website"],
        ["industry"] = ["Account.Industry"],
        ["employees"] = ["Account.NumberOfEmployees"],
        ["annual_revenue"] = ["Account.AnnualRevenue"],
        ["country"] = ["MailingCountry"],
        ["region"] = ["MailingState"],
        ["city"] = ["MailingCity"],
        ["postal_code"] = ["MailingPostalCode"],
        ["language"] = [],
        ["source"] = ["LeadSource"],
        ["source_detail"] = [],
        ["timeframe"] = ["Timeframe__c"],
        ["budget"] = ["Budget__c"],
        ["need"] = ["Need__c"],
        ["interests"] = ["Interests__c"],
        ["lead_status"] = [],
        ["owner_email"] = [Owner],
        ["opted_out"] = ["HasOptedOutOfEmail"],
        ["is_customer"] = [CustomerAccount, OpenOpportunity],
        ["has_open_deal"] = [OpenOpportunity],
        ["created_at"] = ["CreatedDate"],
    };

    /// <summary>Which stream, and in brackets which of its rows, give a kind of activity; null: nothing in Salesforce gives it to this program.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Kinds = new Dictionary<string, string?>
    {
        ["page_view"] = null,
        ["form_submission"] = null,
        ["content_download"] = "campaign_members (responded, Campaigns of ContentCampaignTypes)",
        ["email_open"] = "tasks (e-mail, first and last opening of its message)",
        ["email_click"] = null,
        ["email_reply"] = "tasks (e-mail, incoming)",
        ["email_sent"] = "tasks (e-mail, outgoing)",
        ["email_bounce"] = null,
        ["unsubscribe"] = "contacts, leads (HasOptedOutOfEmail turning true)",
        ["meeting"] = "events, tasks (meeting)",
        ["call"] = "tasks (call), events (call)",
        ["event_registration"] = "campaign_members (Campaigns of EventCampaignTypes)",
        ["event_attendance"] = "campaign_members (responded, Campaigns of EventCampaignTypes)",
        ["campaign_response"] = "campaign_members (responded, other Campaigns)",
        ["chat"] = "tasks (chat)",
        ["note"] = "tasks (note)",
        ["task"] = "tasks (all others)",
    };

    public static readonly IReadOnlyList<string> DefaultEventCampaignTypes =
        ["Webinar", "Conference", "Seminar", "Seminar / Conference", "Trade Show", "Event", "Workshop"];

    public static readonly IReadOnlyList<string> DefaultContentCampaignTypes = ["Content", "White Paper"];

    public static readonly IReadOnlyDictionary<string, string> DefaultActivityTypes = new Dictionary<string, string>
    {
        ["Call"] = "call",
        ["Email"] = "email_sent",
        ["ListEmail"] = "email_sent",
        ["Meeting"] = "meeting",
        ["Note"] = "note",
        ["Chat"] = "chat",
    };

    private static readonly IReadOnlyList<string> DefaultCustomerAccountTypes = ["Customer"];

    /// <summary>Rows of Leads that differ from the defaults, by attribute.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> LeadAttributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Rows of Contacts that differ from the defaults, by attribute.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ContactAttributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Campaign types whose members registered for something that takes place; empty: <see cref="DefaultEventCampaignTypes"/>.</summary>
    public IReadOnlyList<string> EventCampaignTypes { get; init; } = [];

    /// <summary>Campaign types whose responding members took a document; empty: <see cref="DefaultContentCampaignTypes"/>.</summary>
    public IReadOnlyList<string> ContentCampaignTypes { get; init; } = [];

    /// <summary>
    /// Words of TaskSubtype and Type (of Tasks, and of Events) that are a kind of activity, before <see cref="DefaultActivityTypes"/>; others are
    /// <c>task</c>, of Events <c>meeting</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> ActivityTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// How the Type of a customer's Account begins; empty: Customer, as in the standard types <c>Customer - Direct</c> and <c>Customer - Channel</c>.
    /// </summary>
    public IReadOnlyList<string> CustomerAccountTypes { get; init; } = [];

    /// <summary>The record types (developer names) of opportunities that count; empty: all.</summary>
    public IReadOnlyList<string> OpportunityRecordTypes { get; init; } = [];

    /// <summary>The Types of opportunities that count; empty: all. Renewals should not.</summary>
    public IReadOnlyList<string> OpportunityTypes { get; init; } = [];

    /// <summary>Users, by id or user name, by which programs work: never a person.</summary>
    public IReadOnlyList<string> AutomationUsers { get; init; } = [];

    /// <summary>
    /// Users, by id or user name, by which another CRM's connector works: never a person, and the activities that they create are copies; empty:
    /// those whose name says HubSpot.
    /// </summary>
    public IReadOnlyList<string> ConnectorUsers { get; init; } = [];

    /// <summary>Whether Lead.Status is moved by our stages. Then it is no attribute's source: what we write must not score.</summary>
    public bool WritesLeadStatus { get; init; }

    /// <summary>The kind of a Task or Event with these words, the more special one first; null: none is mapped.</summary>
    public string? KindOf(params string?[] words) =>
        words.OfType<string>().Select(word => ActivityTypes.GetValueOrDefault(word) ?? DefaultActivityTypes.GetValueOrDefault(word))
        .FirstOrDefault(kind => kind is not null);

    public bool IsEvent(string campaignType) => Contains(EventCampaignTypes.Count > 0 ? EventCampaignTypes : DefaultEventCampaignTypes, campaignType);

    public bool IsContent(string campaignType) => Contains(ContentCampaignTypes.Count > 0 ? ContentCampaignTypes : DefaultContentCampaignTypes, campaignType);

    public bool IsCustomer(string accountType) => (CustomerAccountTypes.Count > 0 ? CustomerAccountTypes : DefaultCustomerAccountTypes)
        .Any(customer => accountType.StartsWith(customer, StringComparison.OrdinalIgnoreCase));

    /// <summary>The sources of an attribute of Leads, in the order in which they are tried.</summary>
    public IReadOnlyList<string> LeadSources(LeadAttribute attribute) => Sources(LeadAttributes, DefaultLeadAttributes, attribute);

    /// <summary>The sources of an attribute of Contacts, in the order in which they are tried.</summary>
    public IReadOnlyList<string> ContactSources(LeadAttribute attribute) => Sources(ContactAttributes, DefaultContactAttributes, attribute);

    private static bool Contains(IReadOnlyList<string> types, string type) => types.Contains(type, StringComparer.OrdinalIgnoreCase);

    private static IReadOnlyList<string> Sources(
        IReadOnlyDictionary<string, IReadOnlyList<string>> mapped, IReadOnlyDictionary<string, IReadOnlyList<string>> defaults, LeadAttribute attribute) =>
        mapped.TryGetValue(attribute.Name, out var own) ? own
        : defaults.TryGetValue(attribute.Name, out var usual) ? usual
        : [LeadFieldNames.Custom(attribute.Name)];
}
