using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Lifecycle;

/// <summary>
/// A contact's lifecycle moves forward only. A write that would move it back is answered as a success and changes nothing; clearing it first, in a call
/// of its own, allows any stage. HubSpot itself moves people on a deal to opportunity, and to customer once it is won; and, where the portal is set so, people of
/// a company to that company's stage.
/// </summary>
internal static class LifecycleRules
{
    public static bool MayMove(string? from, string to) => string.IsNullOrEmpty(from) || to.Length == 0 || Rank(to) > Rank(from);

    /// <summary>Sets the stage and the date on which it became that.</summary>
    public static void Enter(CrmObject contact, string stage, long at, ChangeSource source)
    {
        contact.Set("lifecyclestage", stage, at, at, source);
        Stamp(contact, stage, at, at);
    }

    public static void Stamp(CrmObject contact, string stage, long at, long now)
    {
        if (stage.Length > 0)
            contact.Set($"hs_lifecyclestage_{stage}_date", Instant.Iso(at), at, now, ChangeSource.Calculated);
    }

    public static void FollowDeal(Portal portal, CrmObject contact, CrmObject deal, long now)
    {
        var deals = portal.Associations.Of(contact, ObjectType.Deal).Count;
        contact.Set("num_associated_deals", deals.ToString(CultureInfo.InvariantCulture), now, now, ChangeSource.Calculated);
        if (deals == 1)
            contact.Set("first_deal_created_date", Instant.Iso(deal.CreatedAt), now, now, ChangeSource.Calculated);
        MoveForward(portal, contact, deal["dealstage"] == "closedwon" ? "customer" : "opportunity", now, now);
    }

    public static void FollowDealStage(Portal portal, CrmObject deal, string stage, long at, long now)
    {
        var closed = stage.StartsWith("closed", StringComparison.Ordinal);
        var probability = Array.Find(Pipelines.DealStages, known => known.Id == stage).Probability;
        deal.Set("hs_is_closed", closed ? "true" : "false", at, now, ChangeSource.Calculated);
        deal.Set("hs_is_closed_won", stage == "closedwon" ? "true" : "false", at, now, ChangeSource.Calculated);
        deal.Set("hs_deal_stage_probability", probability ?? "", at, now, ChangeSource.Calculated);
        if (closed && string.IsNullOrEmpty(deal["closedate"]))
            deal.Set("closedate", Instant.Iso(at), at, now, ChangeSource.Calculated);
        if (stage != "closedwon")
            return;
        foreach (var link in portal.Associations.Of(deal, ObjectType.Contact))
        {
            if (portal.Find(ObjectType.Contact, link.ToId) is { } contact)
                MoveForward(portal, contact, "customer", at, now);
        }
    }

    public static void FollowCompany(Portal portal, CrmObject contact, CrmObject company, long at, long now)
    {
        if (portal.Settings.CompanyLifecycleSync && company["lifecyclestage"] is { Length: > 0 } stage)
            MoveForward(portal, contact, stage, at, now, new ChangeSource("COMPANIES", "company-lifecycle-sync"));
    }

    private static void MoveForward(Portal portal, CrmObject contact, string stage, long at, long now, ChangeSource? source = null)
    {
        if (Rank(stage) > Rank(contact["lifecyclestage"]))
        {
            source ??= new ChangeSource("DEALS", "deal-lifecycle-sync");
            contact.Set("lifecyclestage", stage, at, now, source);
            Stamp(contact, stage, at, now);
            portal.Changes.Changed(contact, "lifecyclestage", stage, now, source);
        }
        portal.Store(ObjectType.Contact).Touch(contact, now);
    }

    private static int Rank(string? stage) => Array.IndexOf(Pipelines.LifecycleStages, stage);
}
