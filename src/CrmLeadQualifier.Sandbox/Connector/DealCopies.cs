using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Connector;

/// <summary>Opportunities mirrored as HubSpot deals that name them; stage, amount and close date follow. Deals of HubSpot's own stay there.</summary>
internal sealed class DealCopies(Portal portal, Org org, LinkedPeople people)
{
    private readonly Dictionary<string, CrmObject> _mirrors = new(StringComparer.Ordinal);

    /// <summary>The opportunities of the past whose people have a HubSpot deal of the same name were mirrored by it long ago; the others were not.</summary>
    public void CopyFromThePast()
    {
        var deals = portal.Store(ObjectType.Deal).Ordered.ToLookup(deal => deal["dealname"] ?? "", StringComparer.Ordinal);
        foreach (var opportunity in org.Store("Opportunity").Ordered)
        {
            if (deals[opportunity.Text("Name")!].FirstOrDefault() is not { } deal)
                continue;
            _mirrors[opportunity.Id] = deal;
            deal.Set("hs_salesforceopportunityid", opportunity.Id, deal.CreatedAt, deal.CreatedAt, ConnectorFields.Source);
        }
    }

    public void Copy(long now)
    {
        foreach (var opportunity in org.Store("Opportunity").Ordered)
        {
            if (opportunity.IsDeleted)
                continue;
            if (!_mirrors.TryGetValue(opportunity.Id, out var deal))
            {
                var contacts = org.Store("OpportunityContactRole").Referring("OpportunityId", opportunity.Id).Select(role => people.ContactOf(role.Text("ContactId"))).OfType<CrmObject>().ToList();
                if (contacts.Count == 0)
                    continue;
                _mirrors[opportunity.Id] = deal = portal.Writer.Create(ObjectType.Deal, Values(opportunity, isNew: true), now, ConnectorFields.Source);
                foreach (var contact in contacts)
                    portal.Writer.Associate(contact, deal, now);
                continue;
            }
            if (!deal.Archived)
                portal.Writer.Write(deal, Values(opportunity, isNew: false), now, now, ConnectorFields.Source);
        }
    }

    private static Dictionary<string, string> Values(SObject opportunity, bool isNew)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["dealstage"] = Stage(opportunity) };
        if (isNew)
        {
            values["dealname"] = opportunity.Text("Name")!;
            values["hs_salesforceopportunityid"] = opportunity.Id;
        }
        if (opportunity["Amount"] is double amount)
            values["amount"] = amount.ToString("0.##", CultureInfo.InvariantCulture);
        if (opportunity.Flag("IsClosed") && opportunity["CloseDate"] is DateOnly day)
            values["closedate"] = Instant.Iso(SalesforceTime.Start(day));
        return values;
    }

    private static string Stage(SObject opportunity) => opportunity.Flag("IsWon") ? "closedwon" : opportunity.Flag("IsClosed") ? "closedlost" : (opportunity["Probability"] as double?) switch
    {
        >= 90 => "contractsent",
        >= 75 => "decisionmakerboughtin",
        >= 50 => "presentationscheduled",
        >= 20 => "qualifiedtobuy",
        _ => "appointmentscheduled",
    };
}
