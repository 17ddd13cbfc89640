using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Access;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Webhooks;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>The faults that are more than a spoilt answer: what changes in HubSpot, and what people and other programs do there at the wrong moment.</summary>
internal sealed class PortalFaults(Portal portal, Tokens tokens, WebhookSender webhooks)
{
    private const long AnotherAccount = 45_100_622;

    /// <summary>Whether a call is one at which the fault can happen.</summary>
    public bool Fits(FaultKind fault, HubSpotCall call) => fault switch
    {
        FaultKind.DeletedIds or FaultKind.PeopleEdit => Inputs(call).Count > 0,
        FaultKind.MergedIds => Inputs(call).Count > 1,
        FaultKind.ListMoves => Listed(call) is { } place && place > 0 && Contacts.Count(contact => !contact.Archived) >= place + 2,
        _ => true,
    };

    /// <summary>Lets a fault begin, or happen where it happens once.</summary>
    public void Begin(NamedFault fault, HubSpotCall call)
    {
        var argument = fault.Argument ?? "";
        switch (fault.Fault.Kind)
        {
            case FaultKind.SearchLag:
                portal.IndexLag.IsDrawn = true;
                break;
            case FaultKind.Ties:
                StampAll(call.Now);
                break;
            case FaultKind.TokenRotation:
                tokens.Rotates = true;
                break;
            case FaultKind.WebhookDuplicates:
                webhooks.Repeats = true;
                break;
            case FaultKind.WebhookDisorder:
                webhooks.Shuffles = true;
                break;
            case FaultKind.MissingScope:
                tokens.Withdraw(argument);
                break;
            case FaultKind.EventsForbidden:
                portal.Settings.Events = EventAccess.Refused;
                break;
            case FaultKind.EventsEmpty:
                portal.Settings.Events = EventAccess.Empty;
                break;
            case FaultKind.PropertyRemoved:
                portal.RemoveProperty(ObjectType.Contact, argument);
                break;
            case FaultKind.OptionRemoved when argument.Split(':', 2) is [var property, var value]
                && portal.Properties(ObjectType.Contact).Find(property) is { } definition:
                definition.ReplaceOptions([.. definition.Options.Where(option => option.Value != value)]);
                break;
            case FaultKind.ValidationRule:
                portal.Settings.RequiredOfContacts.Add(argument);
                break;
            case FaultKind.DuplicateId:
                portal.Settings.BatchesResolveMergedIds = true;
                break;
            case FaultKind.PropertyLimit:
                portal.Settings.PropertyLimit = int.Parse(argument, CultureInfo.InvariantCulture);
                break;
            case FaultKind.AccountSwapped:
                portal.Settings.AccountId = AnotherAccount;
                break;
            case FaultKind.AnotherWriter:
                portal.Settings.WrittenBack.Add(argument);
                break;
            case FaultKind.CompanyLifecycleSync:
                portal.Settings.CompanyLifecycleSync = true;
                break;
            case FaultKind.LateViews:
                HoldViews(call.Now);
                break;
            case FaultKind.MergedIds when Inputs(call) is [var first, var second, ..]:
                ContactMerge.Merge(portal, first, second, call.Now);
                break;
            case FaultKind.DeletedIds when Inputs(call) is [var first, ..]:
                portal.Delete(first, call.Now, portal.UserOf(first));
                break;
            case FaultKind.PeopleEdit when Inputs(call) is [var first, ..] && argument.Split(':', 2) is [var property, var value]:
                // A moment before the write that is about to be handled.
                portal.Writer.Write(first, new Dictionary<string, string> { [property] = value }, call.Now - 1, call.Now - 1, portal.UserOf(first),
                    backward: true);
                break;
            case FaultKind.ListMoves when Listed(call) is { } place:
                Move(place, call.Now);
                break;
        }
    }

    private IReadOnlyList<CrmObject> Contacts => portal.Store(ObjectType.Contact).Ordered;

    /// <summary>The contacts of a batch update.</summary>
    private List<CrmObject> Inputs(HubSpotCall call)
    {
        JsonElement inputs;
        try
        {
            if (!call.Json.TryGetProperty("inputs", out inputs) || inputs.ValueKind != JsonValueKind.Array)
                return [];
        }
        catch (HubSpotRefusal)
        {
            return [];
        }
        return [.. inputs.EnumerateArray().Select(input => input.ValueKind == JsonValueKind.Object && input.TryGetProperty("id", out var id)
            ? portal.Find(ObjectType.Contact, JsonText.Read(id) ?? "") : null).OfType<CrmObject>()];
    }

    /// <summary>How many contacts lie before the cursor of a list's page; null where there is no cursor.</summary>
    private int? Listed(HubSpotCall call) => long.TryParse(call.Query("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var after)
        ? portal.Store(ObjectType.Contact).PositionFrom(after) : null;

    /// <summary>One contact that was listed is merged with one that was not yet, another one that was not yet is deleted, and a new one arrives.</summary>
    private void Move(int place, long now)
    {
        var listed = Contacts.Take(place).Last(contact => !contact.Archived);
        var ahead = Contacts.Skip(place).Where(contact => !contact.Archived).Take(2).ToList();
        portal.Delete(ahead[1], now, portal.UserOf(ahead[1]));
        ContactMerge.Merge(portal, listed, ahead[0], now);
        portal.Writer.Create(ObjectType.Contact, new Dictionary<string, string> { ["email"] = "arrived.while.listing@elsewhere.example" }, now,
            ChangeSource.Import);
    }

    private void StampAll(long now)
    {
        var workflow = new ChangeSource("AUTOMATION_PLATFORM", "workflow:118", "Yearly clean-up");
        foreach (var contact in Contacts.Where(contact => !contact.Archived))
        {
            contact.Set("currentlyinworkflow", "true", now, now, workflow);
            portal.Store(ObjectType.Contact).Touch(contact, now);
        }
    }

    /// <summary>Their counters do not know of the views either.</summary>
    private void HoldViews(long now)
    {
        portal.PageViews.HoldBack();
        foreach (var contact in Contacts.Where(contact => portal.PageViews.IsHeld(contact.Id) && contact["hs_analytics_num_page_views"] is not null))
            contact.Set("hs_analytics_num_page_views", "0", now, now, ChangeSource.Analytics);
    }
}
