using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Connector;

/// <summary>What installing the connector adds on both sides.</summary>
internal static class ConnectorFields
{
    /// <summary>The lifecycle stage of HubSpot, on Lead and Contact.</summary>
    public const string Lifecycle = "HubSpot_Lifecycle_Stage__c";

    /// <summary>As HubSpot's history names what it writes.</summary>
    public static readonly ChangeSource Source = new("SALESFORCE", "salesforce-sync");

    public static void Install(Portal portal, Org org)
    {
        foreach (var (type, name, label, kind) in new[]
        {
            (ObjectType.Contact, "salesforceleadid", "Salesforce Lead ID", "string"), (ObjectType.Contact, "salesforcecontactid", "Salesforce Contact ID", "string"),
            (ObjectType.Contact, "salesforceaccountid", "Salesforce Account ID", "string"), (ObjectType.Contact, "salesforcelastsynctime", "Last Salesforce Sync Time", "datetime"),
            (ObjectType.Deal, "hs_salesforceopportunityid", "Salesforce Opportunity ID", "string"),
        })
        {
            var catalogue = portal.Properties(type);
            if (catalogue.Find(name) is not null)
                continue;
            catalogue.Add(new PropertyDefinition
            {
                Name = name, Label = label, Type = kind, FieldType = kind == "string" ? "text" : "date", GroupName = type == ObjectType.Contact ? "contactinformation" : "dealinformation",
                HubSpotDefined = true, ReadOnlyValue = true, CreatedAt = portal.Clock.Start, UpdatedAt = portal.Clock.Start,
            });
        }
        foreach (var name in new[] { "Lead", "Contact" })
        {
            var type = org.FindType(name)!;
            if (type.TryField(Lifecycle, out _))
                continue;
            type.Add(new SObjectField(Lifecycle, "HubSpot Lifecycle Stage", FieldType.String) { Length = 255 });
            org.Access.GrantByProfile(name, Lifecycle);
        }
    }
}
