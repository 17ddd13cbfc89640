using System.Globalization;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;

namespace CrmLeadQualifier.Sandbox.Loading;

/// <summary>
/// Fills a portal with leads, as if they had been there all along: each lead a contact, its attributes the properties that the product's mapping reads
/// them from, its activities the objects and events that they come from, its deals deals. A contact was last modified when the latest of it happened,
/// never after the start.
/// </summary>
internal sealed partial class LeadLoader(Portal portal)
{
    /// <summary>Attribute to contact property, where the names differ or the property is HubSpot's own.</summary>
    private static readonly Dictionary<string, string> ContactProperty = new(StringComparer.Ordinal)
    {
        ["email"] = "email", ["first_name"] = "firstname", ["last_name"] = "lastname", ["phone"] = "phone", ["job_title"] = "jobtitle",
        ["seniority"] = "seniority",
        ["company"] = "company", ["website"] = "website", ["industry"] = "industry", ["employees"] = "numemployees", ["annual_revenue"] = "annualrevenue",
        ["country"] = "country",
        ["region"] = "state", ["city"] = "city", ["postal_code"] = "zip", ["language"] = "hs_language", ["source"] = "hs_analytics_source",
        ["source_detail"] = "hs_analytics_source_data_1", ["lead_status"] = "hs_lead_status", ["opted_out"] = "hs_email_optout",
    };

    /// <summary>Read by <see cref="Load"/> itself, or derived from others.</summary>
    private static readonly HashSet<string> NoProperty = new(StringComparer.Ordinal) { "created_at", "owner_email", "is_customer", "has_open_deal",
        "company_domain", "email_domain" };

    private static readonly HashSet<string> OfCompany = new(StringComparer.Ordinal) { "industry", "employees", "annual_revenue" };

    private static readonly (string Attribute, string Property)[] CompanyProperty =
    [
        ("industry", "industry"), ("employees", "numberofemployees"), ("annual_revenue", "annualrevenue"), ("country", "country"), ("website", "website"),
    ];

    private readonly Dictionary<(string, string, string, string), CrmObject> _companies = [];

    /// <param name="leads">The leads, in the order in which they get their ids.</param>
    /// <param name="problem">Told of what a portal cannot hold, without any of its data.</param>
    public void Load(IReadOnlyList<Lead> leads, Action<string> problem)
    {
        foreach (var type in ObjectType.All)
            portal.Store(type).Index.Pause();
        AddMissingProperties(leads);
        var activities = new ActivityLoader(portal);
        var repeated = 0;
        foreach (var lead in leads)
        {
            if (lead["email"] is { } email && portal.Store(ObjectType.Contact).ByEmail(email) is not null)
            {
                repeated++;
                continue;
            }
            LoadLead(lead, activities);
        }
        foreach (var type in ObjectType.All)
            portal.Store(type).Index.Resume(portal.Store(type).Ordered);
        if (repeated > 0)
            problem($"{repeated} leads left out: HubSpot holds an e-mail address once, and another lead has theirs.");
        if (activities.LeftOut > 0)
            problem($"{activities.LeftOut} activities left out: of a kind that HubSpot does not record, or known by an address that the lead does not have.");
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,99}$")]
    private static partial Regex PropertyName();

    private void LoadLead(Lead lead, ActivityLoader activities)
    {
        var start = portal.Clock.Start;
        var createdAt = lead["created_at"] is { } created && Instant.TryRead(created.Trim(), out var known) ? known : start;
        var contact = portal.Writer.Create(ObjectType.Contact, Values(lead), createdAt, ChangeSource.Import);
        var modifiedBy = Math.Min(createdAt, start);
        if (lead["company_domain"] is { Length: > 0 } domain)
            portal.Writer.Associate(contact, Company(lead, domain, modifiedBy), modifiedBy);
        foreach (var deal in Deals(lead, modifiedBy))
            LoadDeal(contact, deal, start);
        foreach (var activity in lead.Activities)
            activities.Add(contact, activity);
        HoldVerdicts(contact, lead);
    }

    private void AddMissingProperties(IReadOnlyList<Lead> leads)
    {
        var catalogue = portal.Properties(ObjectType.Contact);
        var kinds = new Dictionary<string, AttributeKind>(StringComparer.Ordinal);
        foreach (var attribute in leads.SelectMany(lead => lead.Attributes))
        {
            if (NoProperty.Contains(attribute.Name) || ContactProperty.ContainsKey(attribute.Name) || !PropertyName().IsMatch(attribute.Name))
                continue;
            kinds[attribute.Name] = !kinds.TryGetValue(attribute.Name, out var kind) || kind == attribute.Kind ? attribute.Kind : AttributeKind.Text;
        }
        foreach (var (name, kind) in kinds)
        {
            if (catalogue.Find(name) is not null)
                continue;
            var (type, fieldType) = name == "interests" || kind == AttributeKind.List ? ("enumeration", "checkbox") : kind switch
            {
                AttributeKind.Number => ("number", "number"),
                AttributeKind.Boolean => ("bool", "booleancheckbox"),
                _ => ("string", "text"),
            };
            catalogue.Add(new PropertyDefinition
            {
                Name = name,
                Label = char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' '),
                Type = type,
                FieldType = fieldType,
                GroupName = "contactinformation",
                Options = type == "bool" ? [new("Yes", "true", null, 0, Hidden: false), new("No", "false", null, 1, Hidden: false)] : [],
                FormField = true,
                CreatedAt = Math.Min(portal.Clock.Start, portal.Clock.Now),
                UpdatedAt = portal.Clock.Start,
                CreatedUserId = "76070032",
            });
        }
    }

    private Dictionary<string, string> Values(Lead lead)
    {
        var catalogue = portal.Properties(ObjectType.Contact);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var hasCompany = !string.IsNullOrEmpty(lead["company_domain"]);
        foreach (var attribute in lead.Attributes)
        {
            if (NoProperty.Contains(attribute.Name) || (hasCompany && OfCompany.Contains(attribute.Name)))
                continue;
            var name = ContactProperty.GetValueOrDefault(attribute.Name, attribute.Name);
            if (catalogue.Find(name) is not { } definition || attribute.Text.Length == 0)
                continue;
            var text = definition.Type == "bool" ? Boolean(attribute.Text) : name == "email" ? attribute.Text.Trim().ToLowerInvariant() : attribute.Text;
            if (text is null)
                continue;
            if (definition.Type == "enumeration")
                AddOptions(definition, text);
            values[name] = text;
        }
        if (lead["owner_email"] is { Length: > 0 } ownerEmail)
            values["hubspot_owner_id"] = Owner(ownerEmail).Id;
        if (lead["is_customer"] is { } customer && Boolean(customer) == "true")
            values["lifecyclestage"] = "customer";
        return values;
    }

    private static void AddOptions(PropertyDefinition definition, string text)
    {
        foreach (var value in definition.FieldType == "checkbox" ? text.Split(';', StringSplitOptions.RemoveEmptyEntries) : [text])
            definition.AddOption(value);
    }

    private static string? Boolean(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "yes" or "1" => "true",
        "false" or "no" or "0" => "false",
        _ => null,
    };

    private Owner Owner(string email)
    {
        if (portal.Owners.ByEmail(email) is { } known)
            return known;
        var name = email.Split('@')[0].Split('.');
        return portal.Owners.Add(email, Capital(name[0]), name.Length > 1 ? Capital(name[^1]) : "", portal.Clock.Start - 86_400_000);
    }

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>One company for a domain; another one with the same domain only where two leads differ on what it is like.</summary>
    private CrmObject Company(Lead lead, string domain, long at)
    {
        domain = domain.Trim().ToLowerInvariant();
        var key = (domain, lead["industry"] ?? "", lead["employees"] ?? "", lead["annual_revenue"] ?? "");
        if (_companies.TryGetValue(key, out var company))
            return company;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["domain"] = domain, ["name"] = lead["company"] ?? domain };
        foreach (var (attribute, property) in CompanyProperty)
        {
            if (lead[attribute] is { Length: > 0 } text)
                values[property] = text;
        }
        if (values.TryGetValue("industry", out var industry))
            portal.Properties(ObjectType.Company).Find("industry")!.AddOption(industry);
        return _companies[key] = portal.Writer.Create(ObjectType.Company, values, at, ChangeSource.Import);
    }

    private static List<LeadDeal> Deals(Lead lead, long createdAt)
    {
        var deals = lead.Deals.OrderBy(deal => deal.CreatedAt).ToList();
        if (lead["has_open_deal"] is { } open && Boolean(open) == "true" && deals.TrueForAll(deal => deal.Won is not null))
            deals.Add(new LeadDeal(lead.Id + "-open", createdAt, null, null, null));
        return deals;
    }

    private void LoadDeal(CrmObject contact, LeadDeal deal, long start)
    {
        var createdAt = Math.Min(deal.CreatedAt, start);
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["dealname"] = "Deal " + deal.Id, ["dealstage"] = "qualifiedtobuy" };
        if (deal.Amount is { Length: > 0 } amount)
            values["amount"] = amount;
        var record = portal.Writer.Create(ObjectType.Deal, values, createdAt, ChangeSource.Import);
        portal.Writer.Associate(contact, record, createdAt);
        if (deal.Won is not { } won)
            return;
        var closedAt = deal.ClosedAt ?? createdAt;
        var closed = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["closedate"] = Instant.Iso(closedAt),
            ["dealstage"] = won ? "closedwon" : "closedlost",
        };
        portal.Writer.Write(record, closed, closedAt, Math.Min(closedAt, start), ChangeSource.Import);
    }

    private void HoldVerdicts(CrmObject contact, Lead lead)
    {
        if (lead.Verdicts.Count == 0)
            return;
        var source = portal.UserOf(contact);
        var reason = "";
        foreach (var verdict in lead.Verdicts)
        {
            portal.Held.Hold(contact, "lq_verdict", verdict.Value, verdict.At, source);
            if ((verdict.Reason ?? "") != reason)
                portal.Held.Hold(contact, "lq_rejection_reason", verdict.Reason ?? "", verdict.At, source);
            reason = verdict.Reason ?? "";
        }
    }
}
