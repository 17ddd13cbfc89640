using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Associations;

/// <summary>Associations by batch. A record without any is an error of its row, and its own page of partners has a cursor of its own.</summary>
internal sealed class AssociationRoutes(Portal portal)
{
    private const int MostRead = 1_000;
    private const int MostCreated = 2_000;
    private const int PageOfRecord = 500;

    public Answer Read(HubSpotCall call)
    {
        var (from, to) = (call.Type("from"), call.Type("to"));
        var rows = new List<(string Id, List<Association> Page, long? Next)>();
        var errors = new List<Action<Utf8JsonWriter>>();
        foreach (var input in call.Inputs(MostRead))
        {
            var id = IdOf(input, "id");
            var links = portal.Find(from, id) is { } record ? portal.Associations.Of(record, to) : [];
            if (links.Count == 0)
            {
                errors.Add(Batch.Error("OBJECT_NOT_FOUND", $"No {to.Singular} is associated with {from.Singular} {id}.",
                    "crm.associations.NO_ASSOCIATIONS_FOUND",
                    ("fromObjectId", [id]), ("fromObjectType", [from.Singular]), ("toObjectType", [to.Singular])));
                continue;
            }
            var given = input.TryGetProperty("after", out var cursor) ? JsonText.Read(cursor) : null;
            var after = long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;
            var size = call.Shortened(PageOfRecord);
            var rest = links.Where(link => link.ToId >= after).OrderBy(link => link.ToId).Take(size + 1).ToList();
            rows.Add((id, rest.Count > size ? rest[..size] : rest, rest.Count > size ? rest[size].ToId : null));
        }
        return Batch.Answered(call, 200, json =>
        {
            foreach (var (id, page, next) in rows)
            {
                json.WriteStartObject();
                json.WriteStartObject("from");
                json.WriteString("id", id);
                json.WriteEndObject();
                json.WriteStartArray("to");
                foreach (var link in page)
                    WriteLink(json, link, from, to);
                json.WriteEndArray();
                if (next is { } cursor)
                    Paging.Write(json, cursor.ToString(CultureInfo.InvariantCulture), call);
                json.WriteEndObject();
            }
        }, errors) with { RowsRead = rows.Sum(row => row.Page.Count) };
    }

    public Answer OfOne(HubSpotCall call)
    {
        var from = call.Type();
        var to = call.Type("to");
        var record = portal.Resolve(from, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        var limit = call.QueryLimit(PageOfRecord, PageOfRecord);
        var after = long.TryParse(call.Query("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) ? cursor : 0;
        var rest = portal.Associations.Of(record, to).Where(link => link.ToId >= after).OrderBy(link => link.ToId).Take(limit + 1).ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var link in rest.Take(limit))
                WriteLink(json, link, from, to);
            json.WriteEndArray();
            if (rest.Count > limit)
                Paging.Write(json, rest[limit].ToId.ToString(CultureInfo.InvariantCulture), call);
        }) with { RowsRead = Math.Min(limit, rest.Count) };
    }

    public Answer Create(HubSpotCall call)
    {
        var (from, to) = (call.Type("from"), call.Type("to"));
        var ids = AssociationTypes.Of(from, to) ?? throw HubSpotRefusal.Validation($"No association types exist between {from.TypeId} and {to.TypeId}");
        var linked = new List<(CrmObject From, CrmObject To)>();
        var errors = new List<Action<Utf8JsonWriter>>();
        foreach (var input in call.Inputs(MostCreated))
        {
            var (fromId, toId) = (IdOf(input, "from", "id"), IdOf(input, "to", "id"));
            if (Array.Find([fromId, toId], id => !IsNumber(id)) is { } wrong)
            {
                errors.Add(Batch.Error("VALIDATION_ERROR", $"{wrong} is not a valid ID", "crm.associations.INVALID_IDENTIFIER", ("id", [wrong])));
                continue;
            }
            if (from == to && fromId == toId)
            {
                errors.Add(Batch.Error("VALIDATION_ERROR", $"Object {fromId} cannot be associated to itself ({toId})"));
                continue;
            }
            var (left, right) = (portal.Find(from, fromId), portal.Find(to, toId));
            if (left is null || right is null)
            {
                var (type, id) = left is null ? (from, fromId) : (to, toId);
                errors.Add(Batch.Error("VALIDATION_ERROR", $"{type.Singular.ToUpperInvariant()}={id} is not valid"));
                continue;
            }
            portal.Writer.Associate(left, right, call.Now, primary: AsksPrimary(input, ids.Primary));
            linked.Add((left, right));
        }
        return Batch.Answered(call, 201, json =>
        {
            foreach (var (left, right) in linked)
            {
                json.WriteStartObject();
                WritePair(json, left, right);
                json.WriteEndObject();
            }
        }, errors) with { RowsWritten = linked.Count };
    }

    public Answer Archive(HubSpotCall call)
    {
        var (from, to) = (call.Type("from"), call.Type("to"));
        var removed = 0;
        foreach (var input in call.Inputs(100))
        {
            if (portal.Find(from, IdOf(input, "from", "id")) is not { } record || !input.TryGetProperty("to", out var partners)
                || partners.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var partner in partners.EnumerateArray())
            {
                if (!long.TryParse(IdOf(partner, "id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                    continue;
                Unlink(record, to, id, call.Now);
                removed++;
            }
        }
        return Answer.NoContent() with { RowsWritten = removed };
    }

    /// <summary>One pair, named by the path; the labels of the body only say which company is the primary one.</summary>
    public Answer CreateOne(HubSpotCall call)
    {
        var (from, to) = (call.Type(), call.Type("to"));
        var ids = AssociationTypes.Of(from, to) ?? throw HubSpotRefusal.Validation($"No association types exist between {from.TypeId} and {to.TypeId}");
        var left = portal.Resolve(from, call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        var right = portal.Resolve(to, call.Route("toId")) ?? throw HubSpotRefusal.NotFound();
        portal.Writer.Associate(left, right, call.Now, call.BodyLength > 0 && AsksPrimary(call.Labels(), ids.Primary));
        return Answer.Json(201, json => WritePair(json, left, right)) with { RowsWritten = 1 };
    }

    public Answer ArchiveOne(HubSpotCall call)
    {
        if (portal.Resolve(call.Type(), call.Route("id")) is { } from && portal.Resolve(call.Type("to"), call.Route("toId")) is { } to)
            Unlink(from, to.Type, to.Id, call.Now);
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    private void Unlink(CrmObject record, ObjectType to, long id, long now)
    {
        if (portal.Associations.Of(record, to).All(link => link.ToId != id))
            return;
        portal.Associations.Unlink(record, to, id);
        portal.Changes.Associated(record.Type, record.Id, to, id, removed: true, now, ChangeSource.Integration(Portal.AppId));
        if ((record.Type == ObjectType.Contact ? record : to == ObjectType.Contact ? portal.Find(to, id) : null) is { } contact)
            portal.Writer.KeepPrimaryCompany(contact, now);
    }

    private static void WritePair(Utf8JsonWriter json, CrmObject left, CrmObject right)
    {
        json.WriteString("fromObjectTypeId", left.Type.TypeId);
        json.WriteNumber("fromObjectId", left.Id);
        json.WriteString("toObjectTypeId", right.Type.TypeId);
        json.WriteNumber("toObjectId", right.Id);
        json.WriteStartArray("labels");
        json.WriteEndArray();
    }

    private static void WriteLink(Utf8JsonWriter json, Association link, ObjectType from, ObjectType to)
    {
        json.WriteStartObject();
        json.WriteNumber("toObjectId", link.ToId);
        json.WriteStartArray("associationTypes");
        if (AssociationTypes.Of(from, to) is { } ids)
        {
            if (link.Primary && ids.Primary is { } primary)
                WriteType(json, primary, "Primary");
            WriteType(json, ids.Plain, null);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, int typeId, string? label)
    {
        json.WriteStartObject();
        json.WriteString("category", "HUBSPOT_DEFINED");
        json.WriteNumber("typeId", typeId);
        json.WriteString("label", label);
        json.WriteEndObject();
    }

    private static bool AsksPrimary(JsonElement input, int? primary) => primary is not null && input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty("types", out var types) && AsksPrimary(types.ValueKind == JsonValueKind.Array ? types.EnumerateArray() : [], primary);

    private static bool AsksPrimary(IEnumerable<JsonElement> types, int? primary) =>
        primary is { } id && types.Any(type => type.ValueKind == JsonValueKind.Object && type.TryGetProperty("associationTypeId", out var given)
            && JsonText.Read(given) == id.ToString(CultureInfo.InvariantCulture));

    private static bool IsNumber(string id) => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string IdOf(JsonElement input, params string[] path)
    {
        foreach (var name in path)
        {
            if (input.ValueKind != JsonValueKind.Object || !input.TryGetProperty(name, out input))
                throw HubSpotRefusal.Validation($"Invalid input JSON on line 1, column 1. Some required fields were not set: [{name}]");
        }
        return JsonText.Read(input) ?? "";
    }
}
