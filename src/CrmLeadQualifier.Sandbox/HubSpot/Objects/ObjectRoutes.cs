using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>Records one at a time, and the list that pages through all of them by id.</summary>
internal sealed class ObjectRoutes(Portal portal)
{
    private const int LongestPath = 16_000;

    public Answer List(HubSpotCall call)
    {
        var type = call.Type();
        var withHistory = call.QueryList("propertiesWithHistory");
        var limit = call.QueryLimit(10, withHistory.Length > 0 ? 50 : 100);
        if (call.PathAndQuery.Length > LongestPath)
            return Answer.Html(414, "URI Too Long", "URI Too Long");
        var archived = call.QueryFlag("archived");
        var associations = Associated(call.QueryList("associations"));
        var shown = Projection(call, type);
        long from = 0;
        if (call.Query("after") is { Length: > 0 } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out from))
            throw HubSpotRefusal.Validation($"Cannot deserialize value of type `long` from String \"{after}\": not a valid `long` value");
        var store = portal.Store(type);
        var page = new List<CrmObject>(limit);
        var position = store.PositionFrom(from);
        if (call.Fault == FaultKind.EmptyPage && position < store.Ordered.Count && store.Ordered[position].Id > from)
            return EmptyPage(call, store.Ordered[position].Id);
        for (; position < store.Ordered.Count && page.Count < limit; position++)
        {
            if (store.Ordered[position].Archived == archived)
                page.Add(store.Ordered[position]);
        }
        var more = false;
        for (; position < store.Ordered.Count && !more; position++)
            more = store.Ordered[position].Archived == archived;
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var record in page)
                ObjectJson.Write(json, record, shown, associations.Length == 0 ? null : _ => WriteAssociations(json, record, associations));
            json.WriteEndArray();
            if (more)
                Paging.Write(json, (page[^1].Id + 1).ToString(CultureInfo.InvariantCulture), call);
        }) with { RowsRead = page.Count };
    }

    /// <summary>Rows that the token may not see were filtered out, as HubSpot does: the page is empty and the cursor goes on.</summary>
    private static Answer EmptyPage(HubSpotCall call, long next) => Answer.Json(200, json =>
    {
        json.WriteStartArray("results");
        json.WriteEndArray();
        Paging.Write(json, next.ToString(CultureInfo.InvariantCulture), call);
    });

    public Answer Get(HubSpotCall call)
    {
        var type = call.Type();
        var shown = Projection(call, type);
        var associations = Associated(call.QueryList("associations"));
        var record = Asked(call, type) ?? throw HubSpotRefusal.NotFoundPage();
        return Answer.Value(200, json => ObjectJson.Write(json, record, shown, associations.Length == 0 ? null
            : _ => WriteAssociations(json, record, associations)))
            with { RowsRead = 1 };
    }

    public Answer Create(HubSpotCall call)
    {
        var type = call.Type();
        var invalid = new List<InvalidValue>();
        var values = portal.Writer.Read(type, call.Json, invalid);
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: type == ObjectType.Contact);
        if (Existing(type, values) is { } existing)
            throw HubSpotRefusal.With(409, $"Contact already exists. Existing ID: {existing.IdText}", "CONFLICT");
        CheckBlocked(type, values);
        portal.Writer.CheckRequired(type, null, values, call, listed: type == ObjectType.Contact);
        var partners = Partners(call.Json);
        var record = portal.Writer.Create(type, values, call.Now, ChangeSource.Integration(Portal.AppId));
        foreach (var partner in partners)
            portal.Writer.Associate(record, partner, call.Now);
        return Answer.Value(201, json => ObjectJson.Write(json, record, Everything(record), []))
            with { RowsWritten = 1, Headers = [("Location", $"https://api.hubapi.com/crm/v3/objects/{type.Plural}/{record.IdText}")] };
    }

    public Answer Patch(HubSpotCall call)
    {
        var type = call.Type();
        var record = Asked(call, type) ?? throw HubSpotRefusal.NotFound();
        var invalid = new List<InvalidValue>();
        var values = portal.Writer.Read(type, call.Json, invalid);
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: type == ObjectType.Contact);
        if (Existing(type, values) is { } existing && existing != record)
            throw HubSpotRefusal.With(409, $"Contact already exists. Existing ID: {existing.IdText}", "CONFLICT");
        portal.Writer.CheckRequired(type, record, values, call, listed: type == ObjectType.Contact);
        portal.Writer.Write(record, values, call.Now, call.Now, ChangeSource.Integration(Portal.AppId));
        return Answer.Value(200, json => ObjectJson.Write(json, record, Subset(record, values), [])) with { RowsWritten = 1 };
    }

    public Answer Archive(HubSpotCall call)
    {
        var type = call.Type();
        // HubSpot answers 204 whether or not the record was there.
        if (portal.Find(type, call.Route("id")) is { } record)
            portal.Delete(record, call.Now, ChangeSource.Integration(Portal.AppId));
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    /// <summary>By id, or by address with idProperty email. An address that no contact has is blocked all the same.</summary>
    public Answer DeleteForPrivacy(HubSpotCall call)
    {
        var id = call.BodyText("objectId") ?? throw HubSpotRefusal.Validation("Some required fields were not set: [objectId]");
        var byEmail = call.BodyText("idProperty") == "email";
        var contact = byEmail ? portal.Store(ObjectType.Contact).ByEmail(id) : portal.Resolve(ObjectType.Contact, id);
        if (contact is not null)
            portal.DeleteForPrivacy(contact, call.Now, ChangeSource.Integration(Portal.AppId));
        else if (byEmail)
            portal.Store(ObjectType.Contact).Blocked.Add(id);
        else
            throw HubSpotRefusal.NotFound();
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    /// <summary>Who was deleted for privacy does not come back.</summary>
    public void CheckBlocked(ObjectType type, IReadOnlyDictionary<string, string> values)
    {
        if (type == ObjectType.Contact && values.TryGetValue("email", out var email) && portal.Store(type).Blocked.Contains(email))
            throw HubSpotRefusal.Validation("This contact was permanently deleted for privacy compliance and cannot be created again.");
    }

    /// <summary>Two contacts become one. The survivor has a new id; both old ids lead to it in single reads and writes.</summary>
    public Answer Merge(HubSpotCall call)
    {
        var primary = portal.Find(ObjectType.Contact, call.BodyText("primaryObjectId") ?? "") ?? throw HubSpotRefusal.NotFound();
        var other = portal.Find(ObjectType.Contact, call.BodyText("objectIdToMerge") ?? "") ?? throw HubSpotRefusal.NotFound();
        if (primary == other)
            throw HubSpotRefusal.Validation("A record cannot be merged with itself");
        var merged = ContactMerge.Merge(portal, primary, other, call.Now);
        return Answer.Value(200, json => ObjectJson.Write(json, merged, Everything(merged), [])) with { RowsWritten = 1 };
    }

    /// <summary>All that has a value, in the order of names: what an answer to a creation shows. The lifecycle's dates come in milliseconds there, as
    /// recorded.</summary>
    public static IEnumerable<(string Name, string? Value)> Everything(CrmObject record) =>
        record.Properties.Concat(record.Type.Always).Distinct().Order(StringComparer.Ordinal)
            .Select(name => (name, name.StartsWith("hs_lifecyclestage_", StringComparison.Ordinal) ? Milliseconds(record[name]) : record[name]))
            .Where(pair => !string.IsNullOrEmpty(pair.Item2));

    private static string? Milliseconds(string? date) =>
        date is not null && Instant.TryRead(date, out var instant) ? instant.ToString(CultureInfo.InvariantCulture) : date;

    /// <summary>What an answer to an update shows: the written values as they were sent, a refused lifecycle move among them, and some others.</summary>
    public static IEnumerable<(string Name, string? Value)> Subset(CrmObject record, IReadOnlyDictionary<string, string> written)
    {
        string[] others = record.Type == ObjectType.Contact
            ? ["hs_is_unworked", "hs_object_source", "hs_object_source_id", "hs_object_source_label", "hs_pipeline", "lifecyclestage", .. record.Type.Always]
            : ["hs_object_source", "hs_object_source_id", "hs_object_source_label", .. record.Type.Always];
        return written.Keys.Concat(others).Distinct().Order(StringComparer.Ordinal)
            .Select(name => (name, name == "lifecyclestage" && written.TryGetValue(name, out var sent) ? sent : record[name]))
            .Where(pair => pair.Item2 is not null);
    }

    public CrmObject? Existing(ObjectType type, IReadOnlyDictionary<string, string> values) =>
        type == ObjectType.Contact && values.TryGetValue("email", out var email) && email.Length > 0 ? portal.Store(type).ByEmail(email) : null;

    private ObjectProjection Projection(HubSpotCall call, ObjectType type) =>
        ObjectProjection.Asked(portal.Properties(type), call, type, call.QueryList("properties"), call.QueryList("propertiesWithHistory"));

    private CrmObject? Asked(HubSpotCall call, ObjectType type) => call.Query("idProperty") switch
    {
        null or "" or "hs_object_id" => portal.Resolve(type, call.Route("id")),
        "email" when type == ObjectType.Contact => portal.Store(type).ByEmail(Uri.UnescapeDataString(call.Route("id"))),
        var other => throw HubSpotRefusal.Validation($"{other} is not a unique property of {type.TypeId}"),
    };

    private static ObjectType[] Associated(string[] names) =>
        [.. names.Select(name => ObjectType.Find(name) ?? throw HubSpotRefusal.With(400, $"Unable to infer object type from: {name}", category: null))];

    private void WriteAssociations(Utf8JsonWriter json, CrmObject record, ObjectType[] types)
    {
        if (Array.TrueForAll(types, type => portal.Associations.Of(record, type).Count == 0))
            return;
        json.WriteStartObject("associations");
        foreach (var type in types)
        {
            var links = portal.Associations.Of(record, type);
            if (links.Count == 0)
                continue;
            json.WriteStartObject(type.Plural);
            json.WriteStartArray("results");
            foreach (var link in links)
            {
                json.WriteStartObject();
                json.WriteString("id", link.ToId.ToString(CultureInfo.InvariantCulture));
                json.WriteString("type", $"{record.Type.Singular}_to_{type.Singular}");
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private List<CrmObject> Partners(JsonElement body)
    {
        var partners = new List<CrmObject>();
        if (!body.TryGetProperty("associations", out var associations) || associations.ValueKind != JsonValueKind.Array)
            return partners;
        foreach (var association in associations.EnumerateArray())
        {
            var id = association.ValueKind == JsonValueKind.Object && association.TryGetProperty("to", out var to) && to.ValueKind == JsonValueKind.Object
                && to.TryGetProperty("id", out var given) ? JsonText.Read(given) ?? "" : "";
            var partner = ObjectType.All.Select(type => portal.Find(type, id)).FirstOrDefault(found => found is not null)
                ?? throw HubSpotRefusal.Validation($"{id} is not a valid ID");
            partners.Add(partner);
        }
        return partners;
    }
}
