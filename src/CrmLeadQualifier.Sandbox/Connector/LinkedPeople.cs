using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Connector;

/// <summary>
/// Who is whom: a HubSpot contact and a Salesforce Lead or Contact of one e-mail address. Whoever is new in one store is made in the other: from Salesforce everybody, from
/// HubSpot only who reached marketing qualified lead (the inclusion list). Names, phone and title are filled where one side lacks them; Salesforce prevails.
/// </summary>
internal sealed class LinkedPeople(Portal portal, Org org)
{
    private static readonly (string Property, string Field)[] Copied = [("firstname", "FirstName"), ("lastname", "LastName"), ("phone", "Phone"), ("jobtitle", "Title")];
    private static readonly string[] Included = ["marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"];

    private readonly Dictionary<string, CrmObject> _contacts = new(StringComparer.Ordinal);

    /// <summary>The HubSpot contact of a Lead or Contact.</summary>
    public CrmObject? ContactOf(string? personId) => personId is not null && _contacts.TryGetValue(personId, out var contact) && !contact.Archived ? contact : null;

    /// <summary>The Contact, else the Lead, of a HubSpot contact.</summary>
    public SObject? PersonOf(CrmObject contact) => Live(contact["salesforcecontactid"]) ?? Live(contact["salesforceleadid"]);

    public void JoinFromThePast()
    {
        foreach (var person in People())
        {
            if (person.Text("Email") is { } email && portal.Store(ObjectType.Contact).ByEmail(email) is { } contact && PersonOf(contact) is null)
                Join(contact, person, contact.UpdatedAt, contact.UpdatedAt);
        }
        foreach (var contact in portal.Store(ObjectType.Contact).Ordered)
        {
            if (PersonOf(contact) is { } person)
                org.Store(person.Type).Set(person, ConnectorFields.Lifecycle, contact["lifecyclestage"]);
        }
    }

    public void Synchronise(long now)
    {
        foreach (var person in People().ToList())
        {
            if (ContactOf(person.Id) is null && person.Text("Email") is { } email)
                Join(portal.Store(ObjectType.Contact).ByEmail(email) ?? Make(person, email, now), person, now, now);
        }
        foreach (var contact in portal.Store(ObjectType.Contact).Ordered.ToList())
        {
            if (contact.Archived)
                continue;
            if (PersonOf(contact) is { } person)
                Copy(contact, person, now);
            else if (contact["email"] is { Length: > 0 } && Included.Contains(contact["lifecyclestage"]))
                Join(contact, Make(contact, now), now, now);
        }
    }

    /// <summary>Contacts before open Leads, so that a person who is both is joined as a Contact.</summary>
    private IEnumerable<SObject> People() =>
        org.Store("Contact").Ordered.Concat(org.Store("Lead").Ordered.Where(lead => !lead.Flag("IsConverted"))).Where(person => !person.IsDeleted);

    private SObject? Live(string? id) => org.Find(id) is { IsDeleted: false } person && !person.Flag("IsConverted", whenMissing: false) ? person : null;

    private void Join(CrmObject contact, SObject person, long at, long stamp)
    {
        _contacts[person.Id] = contact;
        var isContact = person.Type.Name == "Contact";
        var known = contact[isContact ? "salesforcecontactid" : "salesforceleadid"];
        if (known == person.Id)
            return;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [isContact ? "salesforcecontactid" : "salesforceleadid"] = person.Id, ["salesforcelastsynctime"] = Instant.Iso(at) };
        if (isContact && person.Text("AccountId") is { } account)
            values["salesforceaccountid"] = account;
        portal.Writer.Write(contact, values, at, stamp, ConnectorFields.Source);
    }

    private CrmObject Make(SObject person, string email, long now)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = email.ToLowerInvariant() };
        foreach (var (property, field) in Copied)
        {
            if (person.Text(field) is { } text)
                values[property] = text;
        }
        if ((person.Type.Name == "Lead" ? person.Text("Company") : org.Find(person.Text("AccountId"))?.Text("Name")) is { } company)
            values["company"] = company;
        return portal.Writer.Create(ObjectType.Contact, values, now, ConnectorFields.Source);
    }

    private SObject Make(CrmObject contact, long now) => org.Writer.Insert("Lead", now, org.Users.Connector,
        ("FirstName", Known(contact["firstname"])), ("LastName", Known(contact["lastname"]) ?? "[not provided]"), ("Company", Known(contact["company"]) ?? "[not provided]"),
        ("Email", contact["email"]), ("Phone", Known(contact["phone"])), ("Title", Known(contact["jobtitle"])), ("LeadSource", "Web"),
        ("OwnerId", (org.Users.ByEmail(portal.Owners.ById(contact["hubspot_owner_id"] ?? "")?.Email ?? "") ?? org.Users.Queue).Id));

    private void Copy(CrmObject contact, SObject person, long now)
    {
        _contacts[person.Id] = contact;
        var toHubSpot = new Dictionary<string, string>(StringComparer.Ordinal);
        var toSalesforce = new List<(string, object?)>();
        foreach (var (property, field) in Copied)
        {
            var (there, here) = (person.Text(field), Known(contact[property]));
            if (there is null && here is not null && here.Length <= person.Type.Field(field).Length)
                toSalesforce.Add((field, here));
            else if (there is not null and not "[not provided]" && there != here)
                toHubSpot[property] = there;
        }
        if (person.Text(ConnectorFields.Lifecycle) != Known(contact["lifecyclestage"]))
            toSalesforce.Add((ConnectorFields.Lifecycle, Known(contact["lifecyclestage"])));
        if (toHubSpot.Count > 0)
        {
            toHubSpot["salesforcelastsynctime"] = Instant.Iso(now);
            portal.Writer.Write(contact, toHubSpot, now, now, ConnectorFields.Source);
        }
        if (toSalesforce.Count > 0)
            org.Writer.Update(person, now, org.Users.Connector, [.. toSalesforce]);
    }

    private static string? Known(string? text) => text?.Trim() is { Length: > 0 } known ? known : null;
}
