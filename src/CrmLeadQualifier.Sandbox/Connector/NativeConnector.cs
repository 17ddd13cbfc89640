using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.Salesforce;

namespace CrmLeadQualifier.Sandbox.Connector;

/// <summary>
/// A third program between the two stores, as HubSpot's native connector is: every quarter of an hour it joins people by e-mail, copies contacts, activities, deals and
/// lifecycle, under users of its own on both sides. It knows its own copies and copies none of them back; it copies no field of ours.
/// </summary>
internal sealed class NativeConnector
{
    private const long Every = 15 * 60_000;

    private readonly LinkedPeople _people;
    private readonly ActivityCopies _activities;
    private readonly DealCopies _deals;
    private long _next;

    /// <summary>It has run for long: everybody who is in both is joined already, with the stamps of then; nothing from before the start is copied.</summary>
    public NativeConnector(Portal portal, Org org)
    {
        ConnectorFields.Install(portal, org);
        _people = new LinkedPeople(portal, org);
        _activities = new ActivityCopies(portal, org, _people);
        _deals = new DealCopies(portal, org, _people);
        _people.JoinFromThePast();
        _deals.CopyFromThePast();
        _next = portal.Clock.Start + Every;
    }

    public void Work(long now)
    {
        if (now < _next)
            return;
        _next = now + Every;
        _people.Synchronise(now);
        _activities.Copy(now);
        _deals.Copy(now);
    }
}
