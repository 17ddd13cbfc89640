using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Loading;

/// <summary>
/// Fills an org with leads, as if they had been there all along: each a Lead, its attributes in the fields that the product's mapping reads them from, its activities the
/// Tasks, Events and campaign members that they come from. Whoever bought, or may, was converted: a Contact of an Account with its Opportunities. A record was last modified
/// when the latest of it happened, never after the start.
/// </summary>
internal sealed class OrgLoader
{
    /// <summary>What an org demands and the file does not know.</summary>
    public const string NotProvided = "[not provided]";

    private static readonly Dictionary<string, string> LeadField = new(StringComparer.Ordinal)
    {
        ["email"] = "Email", ["first_name"] = "FirstName", ["last_name"] = "LastName", ["phone"] = "Phone", ["job_title"] = "Title", ["company"] = "Company", ["website"] = "Website",
        ["industry"] = "Industry", ["employees"] = "NumberOfEmployees", ["annual_revenue"] = "AnnualRevenue", ["country"] = "Country", ["region"] = "State", ["city"] = "City",
        ["postal_code"] = "PostalCode", ["source"] = "LeadSource", ["lead_status"] = "Status", ["opted_out"] = "HasOptedOutOfEmail",
    };

    private static readonly Dictionary<string, string> ContactField = new(StringComparer.Ordinal)
    {
        ["email"] = "Email", ["first_name"] = "FirstName", ["last_name"] = "LastName", ["phone"] = "Phone", ["job_title"] = "Title", ["department"] = "Department",
        ["country"] = "MailingCountry", ["region"] = "MailingState", ["city"] = "MailingCity", ["postal_code"] = "MailingPostalCode", ["source"] = "LeadSource",
        ["opted_out"] = "HasOptedOutOfEmail",
    };

    private static readonly Dictionary<string, string> AccountField = new(StringComparer.Ordinal)
    {
        ["company"] = "Name", ["website"] = "Website", ["industry"] = "Industry", ["employees"] = "NumberOfEmployees", ["annual_revenue"] = "AnnualRevenue", ["phone"] = "Phone",
    };

    /// <summary>Kept nowhere in Salesforce, or read by <see cref="Load"/> itself.</summary>
    private static readonly HashSet<string> NoField = new(StringComparer.Ordinal)
    {
        "created_at", "owner_email", "is_customer", "has_open_deal", "company_domain", "email_domain", "seniority", "language", "source_detail",
    };

    private readonly Org _org;
    private readonly CustomFields _custom;
    private readonly ActivityRecords _activities;
    private readonly Dictionary<string, SObject> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private int _cut;

    public OrgLoader(Org org)
    {
        _org = org;
        _custom = new CustomFields(org);
        _activities = new ActivityRecords(org);
    }

    /// <param name="leads">The leads, in the order in which they get their ids.</param>
    /// <param name="problem">Told of what an org cannot hold, without any of its data.</param>
    public void Load(IReadOnlyList<Lead> leads, Action<string> problem)
    {
        _custom.Add(leads, name => LeadField.ContainsKey(name) || ContactField.ContainsKey(name) || NoField.Contains(name));
        foreach (var lead in leads)
            LoadLead(lead);
        if (_cut > 0)
            problem($"{_cut} values do not fit a Salesforce field (too long, out of range, or no e-mail address) and were left out.");
        if (_activities.LeftOut > 0)
            problem($"{_activities.LeftOut} activities left out: of a kind that Salesforce does not record, or a second one of a campaign.");
    }

    private void LoadLead(Lead lead)
    {
        var start = _org.Clock.Start;
        var createdAt = Math.Min(start, lead["created_at"] is { } created && Instant.TryRead(created.Trim(), out var known) ? known : start);
        var owner = lead["owner_email"] is { Length: > 0 } email ? User(email) : _org.Users.Queue;
        var values = Values(lead, _org.FindType("Lead")!, LeadField);
        values.Add((_org.FindType("Lead")!.Field("OwnerId"), owner.Id));
        var record = _org.Writer.Insert(_org.FindType("Lead")!, _org.Store("Lead").NextId(), values, createdAt, _org.Users.Admin);
        var person = Bought(lead) ? Convert(lead, record, owner, createdAt) : record;
        foreach (var activity in lead.Activities)
            _activities.Add(person, activity, owner.Type.Name == "User" ? owner : _org.Users.Admin);
        HoldVerdicts(person, lead, owner);
    }

    private static bool Bought(Lead lead) => lead.Deals.Count > 0 || Says(lead, "is_customer") || Says(lead, "has_open_deal");

    private static bool Says(Lead lead, string attribute) => lead[attribute]?.Trim().ToLowerInvariant() is "true" or "yes" or "1";

    private List<(SObjectField Field, object? Value)> Values(Lead lead, SObjectType type, Dictionary<string, string> fields)
    {
        var values = new List<(SObjectField, object?)>();
        foreach (var attribute in lead.Attributes)
        {
            var name = fields.GetValueOrDefault(attribute.Name) ?? (type.Name == "Account" ? null : _custom.Name(attribute.Name));
            if (name is null || !type.TryField(name, out var field) || Read(field, attribute.Text.Trim()) is not { } value)
                continue;
            if (FieldValue.Check(field, value, out var kept) is not null)
                _cut++;
            else
                values.Add((field, kept));
        }
        foreach (var field in type.Fields.Where(field => field.Required && !values.Exists(value => value.Item1 == field)))
            values.Add((field, NotProvided));
        return values;
    }

    private static object? Read(SObjectField field, string text)
    {
        if (text.Length == 0)
            return null;
        if (field.Type == FieldType.Picklist)
            field.AddValue(text);
        if (field.Type == FieldType.Boolean)
            return text.ToLowerInvariant() is "true" or "yes" or "1";
        if (field.Type.IsNumber())
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        return text;
    }

    private SObject User(string email)
    {
        if (_org.Users.ByEmail(email) is { } known)
            return known;
        var name = email.Split('@')[0].Split('.');
        return _org.Users.Add(email, name.Length > 1 ? Capital(name[0]) : "", Capital(name[^1]), _org.Clock.Start - 86_400_000);
    }

    private static string Capital(string word) => word.Length == 0 ? "-" : char.ToUpperInvariant(word[0]) + word[1..];

    private SObject Convert(Lead lead, SObject record, SObject owner, long createdAt)
    {
        var start = _org.Clock.Start;
        var user = owner.Type.Name == "User" ? owner : _org.Users.Admin;
        var deals = lead.Deals.OrderBy(deal => deal.CreatedAt).ToList();
        if (Says(lead, "has_open_deal") && deals.TrueForAll(deal => deal.Won is not null))
            deals.Add(new LeadDeal(lead.Id + "-open", createdAt, null, null, null));
        var at = Math.Min(start, deals.Count > 0 ? Math.Max(createdAt, deals[0].CreatedAt) : createdAt);
        var account = Account(lead, user, at);
        if (Says(lead, "is_customer"))
            _org.Writer.Update(account, at, user, ("Type", "Customer - Direct"));
        var contactType = _org.FindType("Contact")!;
        var values = Values(lead, contactType, ContactField);
        values.Add((contactType.Field("AccountId"), account.Id));
        values.Add((contactType.Field("OwnerId"), user.Id));
        var contact = _org.Writer.Insert(contactType, _org.Store("Contact").NextId(), values, createdAt, user);
        SObject? first = null;
        foreach (var deal in deals)
        {
            var opportunity = Opportunity(deal, contact, account, user);
            first ??= opportunity;
        }
        LeadConversion.Mark(_org, record, account, contact, first, at, user);
        return contact;
    }

    private SObject Account(Lead lead, SObject user, long at)
    {
        var key = string.Join('\n', lead["company_domain"] ?? lead["company"] ?? lead.Id, lead["industry"], lead["employees"], lead["annual_revenue"]);
        if (_accounts.TryGetValue(key, out var known))
            return known;
        var type = _org.FindType("Account")!;
        var values = Values(lead, type, AccountField);
        values.Add((type.Field("OwnerId"), user.Id));
        return _accounts[key] = _org.Writer.Insert(type, _org.Store("Account").NextId(), values, at, user);
    }

    private SObject Opportunity(LeadDeal deal, SObject contact, SObject account, SObject user)
    {
        var start = _org.Clock.Start;
        var createdAt = Math.Min(deal.CreatedAt, start);
        var closedAt = Math.Min(start, deal.ClosedAt ?? createdAt);
        object? amount = double.TryParse(deal.Amount, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        var opportunity = _org.Writer.Insert("Opportunity", createdAt, user, ("Name", "Deal " + deal.Id), ("AccountId", account.Id), ("ContactId", contact.Id), ("Amount", amount),
            ("StageName", "Needs Analysis"), ("CloseDate", SalesforceTime.Day(deal.Won is null ? createdAt + (60L * 86_400_000) : closedAt)), ("OwnerId", user.Id));
        _org.Writer.Insert("OpportunityContactRole", createdAt, user, ("OpportunityId", opportunity.Id), ("ContactId", contact.Id), ("Role", "Decision Maker"), ("IsPrimary", true));
        if (deal.Won is { } won)
            _org.Writer.Update(opportunity, closedAt, user, ("StageName", won ? "Closed Won" : "Closed Lost"), ("CloseDate", SalesforceTime.Day(closedAt)));
        return opportunity;
    }

    private void HoldVerdicts(SObject person, Lead lead, SObject owner)
    {
        var by = owner.Type.Name == "User" ? owner : _org.Users.ByEmail("claire.dubois@vendor.example") ?? _org.Users.Admin;
        var reason = "";
        foreach (var verdict in lead.Verdicts)
        {
            _org.Held.Hold(person, "LQ_Verdict__c", verdict.Value, verdict.At, by);
            if ((verdict.Reason ?? "") != reason)
                _org.Held.Hold(person, "LQ_Rejection_Reason__c", verdict.Reason, verdict.At, by);
            reason = verdict.Reason ?? "";
        }
    }
}
