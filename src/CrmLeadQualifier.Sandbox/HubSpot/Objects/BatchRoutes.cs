using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>Up to a hundred records in a call. Rows that cannot be found fail alone (207); anything else that is wrong refuses the whole batch.</summary>
internal sealed class BatchRoutes(Portal portal, ObjectRoutes single)
{
    private const int Most = 100;
    private const int MostWithHistory = 50;

    public Answer Read(HubSpotCall call)
    {
        var type = call.Type();
        var withHistory = call.BodyList("propertiesWithHistory");
        var inputs = call.Inputs(withHistory.Length > 0 ? MostWithHistory : Most);
        var idProperty = call.BodyText("idProperty");
        if (idProperty is not (null or "" or "hs_object_id") && !(idProperty == "email" && type == ObjectType.Contact))
            throw HubSpotRefusal.Validation($"Unable to perform batch read by non-unique {type.TypeId} property: {idProperty}");
        var byEmail = idProperty == "email";
        var archived = call.QueryFlag("archived");
        var shown = ObjectProjection.Asked(portal.Properties(type), call, type, call.BodyList("properties"), withHistory);
        var found = new List<CrmObject>(inputs.Count);
        var missing = new List<string>();
        var seen = new HashSet<long>();
        foreach (var input in inputs)
        {
            var id = IdOf(input);
            var record = byEmail ? portal.Store(type).ByEmail(id) : archived ? Archived(type, id) : portal.Resolve(type, id);
            if (record is null)
                missing.Add(id);
            else if (seen.Add(record.Id))
                found.Add(record);
        }
        return Batch.Answered(call, 200, json =>
        {
            foreach (var record in found)
                ObjectJson.Write(json, record, shown);
        }, NotFound(type, missing)) with { RowsRead = found.Count };
    }

    public Answer Update(HubSpotCall call)
    {
        var type = call.Type();
        var inputs = call.Inputs(Most);
        var ids = inputs.ConvertAll(IdOf);
        CheckTwice(ids.GroupBy(id => id, StringComparer.Ordinal));
        if (inputs.Exists(input => input.TryGetProperty("idProperty", out var by) && JsonText.Read(by) is not (null or "" or "hs_object_id")))
            throw HubSpotRefusal.Validation($"Unable to perform update/upsert by non-unique {type.TypeId} property");
        var invalid = new List<InvalidValue>();
        var values = inputs.ConvertAll(input => portal.Writer.Read(type, input, invalid));
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: true);
        var written = new List<(CrmObject Record, Dictionary<string, string> Values)>(inputs.Count);
        var missing = new List<string>();
        for (var row = 0; row < inputs.Count; row++)
        {
            // By the present id only, unless the portal is set otherwise: one that a merge has retired is unknown here.
            if ((portal.Settings.BatchesResolveMergedIds ? portal.Resolve(type, ids[row]) : portal.Find(type, ids[row])) is { } record)
                written.Add((record, values[row]));
            else
                missing.Add(ids[row]);
        }
        CheckTwice(written.GroupBy(row => row.Record.IdText, StringComparer.Ordinal));
        foreach (var (record, sent) in written)
        {
            portal.Writer.CheckRequired(type, record, sent, call, listed: true);
            if (single.Existing(type, sent) is { } existing && existing != record)
                throw HubSpotRefusal.With(409, "Contact already exists", "CONFLICT");
        }
        var source = ChangeSource.Integration(Portal.AppId);
        foreach (var (record, sent) in written)
            portal.Writer.Write(record, sent, call.Now, call.Now, source);
        return Batch.Answered(call, 200, json =>
        {
            foreach (var (record, sent) in written)
                ObjectJson.Write(json, record, ObjectRoutes.Subset(record, sent), []);
        }, NotFound(type, missing)) with { RowsWritten = written.Count };
    }

    public Answer Create(HubSpotCall call)
    {
        var type = call.Type();
        var inputs = call.Inputs(Most);
        var invalid = new List<InvalidValue>();
        var values = inputs.ConvertAll(input => portal.Writer.Read(type, input, invalid));
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: true);
        var errors = new List<Action<Utf8JsonWriter>>();
        var toCreate = new List<Dictionary<string, string>>();
        var addresses = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var row = 0; row < inputs.Count; row++)
        {
            single.CheckBlocked(type, values[row]);
            portal.Writer.CheckRequired(type, null, values[row], call, listed: true);
            var existing = single.Existing(type, values[row]);
            var repeated = type == ObjectType.Contact && values[row].TryGetValue("email", out var email) && email.Length > 0 && !addresses.Add(email);
            if (existing is null && !repeated)
            {
                toCreate.Add(values[row]);
                continue;
            }
            // Without a trace id HubSpot cannot say which row it was, and refuses them all.
            var trace = inputs[row].TryGetProperty("objectWriteTraceId", out var given) ? JsonText.Read(given) : null;
            if (trace is null || existing is null)
                throw HubSpotRefusal.With(409, "Contact already exists", "CONFLICT");
            errors.Add(Batch.Error("CONFLICT", $"Contact already exists. Existing ID: {existing.IdText}", null,
                ("objectWriteTraceId", [trace]), ("existingId", [existing.IdText])));
        }
        var source = ChangeSource.Integration(Portal.AppId);
        var created = toCreate.ConvertAll(sent => portal.Writer.Create(type, sent, call.Now, source));
        return Batch.Answered(call, 201, json =>
        {
            foreach (var record in created)
                ObjectJson.Write(json, record, ObjectRoutes.Everything(record), []);
        }, errors) with { RowsWritten = created.Count };
    }

    public Answer Archive(HubSpotCall call)
    {
        var type = call.Type();
        var archived = 0;
        foreach (var input in call.Inputs(Most))
        {
            if (portal.Find(type, IdOf(input)) is not { } record)
                continue;
            portal.Delete(record, call.Now, ChangeSource.Integration(Portal.AppId));
            archived++;
        }
        return Answer.NoContent() with { RowsWritten = archived };
    }

    /// <summary>By address for contacts, or by id: those that are there are updated, the others created. A row must be whole: none is upserted in part.</summary>
    public Answer Upsert(HubSpotCall call)
    {
        var type = call.Type();
        var inputs = call.Inputs(Most);
        var ids = inputs.ConvertAll(IdOf);
        CheckTwice(ids.GroupBy(id => id, StringComparer.OrdinalIgnoreCase));
        if (inputs.Exists(input => !input.TryGetProperty("idProperty", out var by) || JsonText.Read(by) != "email") || type != ObjectType.Contact)
            throw HubSpotRefusal.Validation($"Unable to perform update/upsert by non-unique {type.TypeId} property");
        var invalid = new List<InvalidValue>();
        var values = inputs.ConvertAll(input => portal.Writer.Read(type, input, invalid));
        if (invalid.Count > 0)
            throw PropertyValue.Refuse(invalid, listed: true);
        var found = ids.ConvertAll(portal.Store(type).ByEmail);
        for (var row = 0; row < inputs.Count; row++)
        {
            values[row].TryAdd("email", ids[row].Trim().ToLowerInvariant());
            single.CheckBlocked(type, values[row]);
            portal.Writer.CheckRequired(type, found[row], values[row], call, listed: true);
        }
        var source = ChangeSource.Integration(Portal.AppId);
        var written = new List<(CrmObject Record, bool IsNew, Dictionary<string, string> Values)>();
        for (var row = 0; row < inputs.Count; row++)
        {
            if (found[row] is { } record)
                portal.Writer.Write(record, values[row], call.Now, call.Now, source);
            written.Add((found[row] ?? portal.Writer.Create(type, values[row], call.Now, source), found[row] is null, values[row]));
        }
        return Batch.Answered(call, 200, json =>
        {
            foreach (var (record, isNew, sent) in written)
                ObjectJson.Write(json, record, ObjectRoutes.Subset(record, sent), [], _ => json.WriteBoolean("new", isNew));
        }, []) with { RowsWritten = written.Count };
    }

    private static void CheckTwice<T>(IEnumerable<IGrouping<string, T>> byId)
    {
        var twice = byId.Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        if (twice.Count == 0)
            return;
        throw HubSpotRefusal.Validation($"Duplicate IDs found in batch input: [{string.Join(", ", twice)}]. IDs must be unique", json =>
        {
            json.WriteStartArray("ids");
            foreach (var id in twice)
                json.WriteStringValue(id);
            json.WriteEndArray();
        });
    }

    private static string IdOf(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.Object && input.TryGetProperty("id", out var id) && JsonText.Read(id) is { } text)
            return text;
        throw HubSpotRefusal.Validation("Invalid input JSON on line 1, column 1. Some required fields were not set: [id]");
    }

    private CrmObject? Archived(ObjectType type, string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? portal.Store(type).FindArchived(number) : null;

    private static List<Action<Utf8JsonWriter>> NotFound(ObjectType type, List<string> ids) => ids.Count == 0
        ? []
        : [Batch.Error("OBJECT_NOT_FOUND",
            $"Could not get some {type.Singular.ToUpperInvariant()} objects, they may be deleted or not exist. Check that ids are valid.", null, ("ids", ids))];
}
