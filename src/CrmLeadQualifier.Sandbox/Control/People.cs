using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>What people do in the CRM's own pages and on the company's website, done by a test or a simulated team.</summary>
internal sealed class People(Portal portal)
{
    /// <summary>
    /// Edits a record: {"properties": {…}, "user": owner's e-mail or user id, "at"?: instant, "source"?: "WORKFLOWS"}. By a user unless another source is
    /// named; a user may move the lifecycle back, anything else cannot.
    /// </summary>
    public Answer Edit(HubSpotCall call)
    {
        var type = call.Type();
        var record = portal.Resolve(type, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        var at = At(call);
        var source = Source(call);
        var invalid = new List<InvalidValue>();
        var values = portal.Writer.Read(type, call.Json, invalid);
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: true);
        portal.Writer.Write(record, values, at, call.Now, source, backward: source.Type == "CRM_UI");
        return Seen(record);
    }

    /// <summary>Something that the person did: {"kind", "at"?: instant, "attributes"?: {…}}, of the kinds of a leads file.</summary>
    public Answer Act(HubSpotCall call)
    {
        var contact = portal.Resolve(ObjectType.Contact, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        if (!LeadsFile.TryReadActivity(call.Json, call.Now, out var activity, out _, out var why))
            throw HubSpotRefusal.Validation(why);
        var loader = new ActivityLoader(portal);
        loader.Add(contact, activity);
        if (loader.LeftOut > 0)
            throw HubSpotRefusal.Validation("HubSpot does not record this kind of activity, or the contact has no e-mail address to know it by.");
        portal.Store(ObjectType.Contact).Touch(contact, call.Now);
        return Answer.NoContent();
    }

    /// <summary>Merges two contacts: {"other": id, "user"}. The answer names the survivor, which has a new id.</summary>
    public Answer Merge(HubSpotCall call)
    {
        var primary = portal.Find(ObjectType.Contact, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        var other = portal.Find(ObjectType.Contact, call.BodyText("other") ?? "") ?? throw HubSpotRefusal.NotFound();
        if (call.Type() != ObjectType.Contact || primary == other)
            throw HubSpotRefusal.Validation("other must be the id of another contact");
        return Seen(ContactMerge.Merge(portal, primary, other, call.Now));
    }

    /// <summary>To the recycle bin: {"user"}.</summary>
    public Answer Delete(HubSpotCall call)
    {
        var record = portal.Find(call.Type(), call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        portal.Delete(record, call.Now, Source(call));
        return Answer.NoContent();
    }

    /// <summary>Out of the recycle bin: {"user"}.</summary>
    public Answer Restore(HubSpotCall call)
    {
        var archived = long.TryParse(call.Route("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? portal.Store(call.Type()).FindArchived(id) : null;
        portal.Restore(archived ?? throw HubSpotRefusal.NotFound(), call.Now, Source(call));
        return Answer.NoContent();
    }

    /// <summary>Deletes a contact for privacy: {"user"}.</summary>
    public Answer Erase(HubSpotCall call)
    {
        var contact = portal.Find(ObjectType.Contact, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        portal.DeleteForPrivacy(contact, call.Now, Source(call));
        return Answer.NoContent();
    }

    private static Answer Seen(CrmObject record) => Answer.Json(200, json =>
    {
        json.WriteString("id", record.IdText);
        json.WriteString("updatedAt", Instant.Iso(record.UpdatedAt));
    });

    private static long At(HubSpotCall call)
    {
        if (call.BodyText("at") is not { } text)
            return call.Now;
        return Instant.TryRead(text, out var instant) && instant <= call.Now ? instant
            : throw HubSpotRefusal.Validation("at must be an instant that is not to come");
    }

    private ChangeSource Source(HubSpotCall call)
    {
        var source = call.BodyText("source") ?? "CRM_UI";
        if (source != "CRM_UI")
            return new ChangeSource(source, call.BodyText("sourceId"), call.BodyText("sourceLabel"));
        var user = call.BodyText("user") ?? throw HubSpotRefusal.Validation("user must be an owner's e-mail or a user id");
        if (long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId))
            return ChangeSource.User(userId);
        return ChangeSource.User((portal.Owners.ByEmail(user) ?? throw HubSpotRefusal.Validation("no owner has this e-mail")).UserId);
    }
}
