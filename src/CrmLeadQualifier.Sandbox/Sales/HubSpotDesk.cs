using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>Sales in HubSpot: contacts that have an owner.</summary>
internal sealed class HubSpotDesk(Portal portal) : ISalesDesk
{
    public string Name => "hubspot";

    public IReadOnlyList<string> Reasons => portal.Properties(ObjectType.Contact).Find("lq_rejection_reason") is { } property
        ? [.. property.Options.Where(option => !option.Hidden && !option.Label.EndsWith(')')).Select(option => option.Value)]
        : [];

    public bool TwoSteps => portal.Properties(ObjectType.Contact).Find("lq_verdict")?.HasOption("accepted") == true;

    public IEnumerable<HandedOver> Waiting()
    {
        if (portal.Properties(ObjectType.Contact).Find("lq_handed_over_at") is null || portal.Properties(ObjectType.Contact)
            .Find("lq_verdict") is null)
            yield break;
        foreach (var contact in portal.Store(ObjectType.Contact).Ordered)
        {
            if (contact["lq_handed_over_at"] is { Length: > 0 } text && Instant.TryRead(text, out var at) && Open(contact)
                && Owner(contact) is not null)
                yield return new HandedOver(contact.IdText, at);
        }
    }

    public int? Employees(string id) => portal.Resolve(ObjectType.Contact, id) is not { } contact
        ? null
        : Number(contact["numemployees"]) ?? Number(portal.Find(ObjectType.Company, contact["associatedcompanyid"] ?? "")?["numberofemployees"]);

    public void Call(string id, string outcome, int seconds, long at, long now)
    {
        if (portal.Resolve(ObjectType.Contact, id) is not { } contact || Owner(contact) is null)
            return;
        var attributes = new Dictionary<string, string>
        {
            ["outcome"] = outcome, ["direction"] = "OUTBOUND", ["duration_seconds"] = seconds.ToString(CultureInfo.InvariantCulture),
        };
        new ActivityLoader(portal).Add(contact, new LeadActivity("call", at, attributes));
        // It is told now, whenever it was: whoever reads what changed must find it.
        portal.Store(ObjectType.Call).Touch(portal.Store(ObjectType.Call).Ordered[^1], now);
        portal.Store(ObjectType.Contact).Touch(contact, now);
    }

    public void Answer(string id, string verdict, string? reason, long at, long now)
    {
        if (portal.Resolve(ObjectType.Contact, id) is not { } contact || !Open(contact, orAccepted: true) || Owner(contact) is not { } owner)
            return;
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["lq_verdict"] = verdict };
        if (reason is not null)
            values["lq_rejection_reason"] = reason;
        portal.Writer.Write(contact, values, at, now, ChangeSource.User(owner.UserId));
    }

    private static bool Open(CrmObject contact, bool orAccepted = false) =>
        !contact.Archived && contact["lq_answer"] is not (null or "" or "waiting" or "withdrawn")
        && (string.IsNullOrEmpty(contact["lq_verdict"]) || (orAccepted && contact["lq_verdict"] == "accepted"));

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private Owner? Owner(CrmObject contact) => contact["hubspot_owner_id"] is { Length: > 0 } id
        && portal.Owners.ById(id) is { Archived: false } owner ? owner : null;
}
