using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// Two hundred records in one call: 200 whatever became of each, results in the order asked. A failed row has no id, and its code is called
/// statusCode.
/// </summary>
internal sealed class CollectionRoutes(Org org)
{
    private const int MostRows = 200;
    private const int MostChunks = 10;

    public Answer Update(SalesforceCall call) => Save(call, (save, element, seen) =>
    {
        var found = save.Find(org.FindType(TypeOf(element))!, IdOf(element), seen);
        return found.Record is { } record ? save.Update(record, element) : found;
    });

    public Answer Create(SalesforceCall call) => Save(call, (save, element, _) => save.Create(org.FindType(TypeOf(element))!, element));

    /// <summary>PATCH composite/sobjects/Lead/Key__c: rows of one object by their external id; results tell which were made.</summary>
    public Answer Upsert(SalesforceCall call)
    {
        var type = org.FindType(call.Route("type")) ?? throw SalesforceRefusal.NotFound();
        var field = RecordRoutes.ExternalId(type, call.Route("field"));
        return Save(call, (save, element, seen) =>
        {
            if (org.FindType(TypeOf(element)) != type)
                return SaveResult.Failed(new SaveError("INVALID_TYPE", $"The record is not of type {type.Name}"));
            var value = element.EnumerateObject().FirstOrDefault(member => string.Equals(member.Name, field.Name, StringComparison.OrdinalIgnoreCase)).Value;
            var text = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : JsonText.Read(value);
            return text is not null && !seen.Add(text) ? SaveResult.Failed(new SaveError("DUPLICATE_VALUE", $"Duplicate external id specified: {text}"))
                : save.Upsert(type, field, text, element);
        }, tellsCreated: true);
    }

    public Answer Delete(SalesforceCall call)
    {
        var ids = (call.Query.GetValueOrDefault("ids") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Limit(ids.Length);
        var save = new RecordSave(org, SaveOptions.Of(call));
        return Write(Together(call.Query.GetValueOrDefault("allOrNone") == "true", () => [.. ids.Select(text =>
            org.Find(text) is { } record ? save.Delete(record) : SaveResult.Failed(SaveError.NoSuchReference))]));
    }

    private Answer Save(SalesforceCall call, Func<RecordSave, JsonElement, HashSet<string>, SaveResult> saveOne, bool tellsCreated = false)
    {
        if (!call.JsonObject.TryGetProperty("records", out var records) || records.ValueKind != JsonValueKind.Array)
            throw SalesforceRefusal.BadJson("The request is missing the records array at [line:1, column:1]");
        Limit(records.GetArrayLength());
        var rows = records.EnumerateArray().ToList();
        var types = rows.ConvertAll(TypeOf);
        if (types.Where((type, at) => at == 0 || !string.Equals(type, types[at - 1], StringComparison.OrdinalIgnoreCase)).Count() > MostChunks)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED",
                $"Too many chunks: records of one type must follow each other, in at most {MostChunks} runs");
        if (types.Find(type => org.FindType(type) is null) is { } unknown)
            throw SalesforceRefusal.With(400, "INVALID_TYPE", $"sObject type '{unknown}' is not supported.");
        // A value of the wrong kind refuses the whole call: it is found before anything is saved.
        foreach (var row in rows)
            org.Checks.Read(org.FindType(TypeOf(row))!, row, creating: call.Method == "POST", byPerson: false, []);
        var save = new RecordSave(org, SaveOptions.Of(call));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var all = call.JsonObject.TryGetProperty("allOrNone", out var given) && given.ValueKind == JsonValueKind.True;
        List<SaveResult> SaveAll() => rows.ConvertAll(row => saveOne(save, row, seen));
        return Write(Together(all, () => org.Behaviours.RefuseChunk(rows.ConvertAll(IdOf)) is { } refused ? org.Journal.Refuse(SaveAll, refused) : SaveAll()), tellsCreated) with
        {
            // The same triggers and flows as in a job's chunk.
            Takes = TimeSpan.FromMilliseconds(call.Method == "PATCH" ? org.Behaviours.EveryChunkTakes ?? 0 : 0),
        };
    }

    /// <summary>With allOrNone one failed row undoes the others.</summary>
    private List<SaveResult> Together(bool all, Func<List<SaveResult>> save)
    {
        if (!all)
            return save();
        var saved = org.Journal.Together(save, rows => rows.TrueForAll(row => row.Errors.Count == 0));
        return saved.TrueForAll(row => row.Errors.Count == 0) ? saved : saved.ConvertAll(row => row.Errors.Count > 0 ? row : SaveResult.Failed(SaveError.RolledBack));
    }

    private static Answer Write(List<SaveResult> saved, bool tellsCreated = false) => SalesforceJson.Value(200, json =>
    {
        json.WriteStartArray();
        foreach (var row in saved)
        {
            json.WriteStartObject();
            if (row.Record is { } record && row.Errors.Count == 0)
            {
                RecordRoutes.WriteSaved(json, record.Id);
                if (tellsCreated)
                    json.WriteBoolean("created", row.Created);
            }
            else
            {
                json.WriteBoolean("success", false);
                json.WriteStartArray("errors");
                foreach (var error in row.Errors)
                    error.Write(json, inCollection: true);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }) with { RowsWritten = saved.Count(row => row.Errors.Count == 0) };

    private static void Limit(int rows)
    {
        if (rows > MostRows)
            throw SalesforceRefusal.With(400, "EXCEEDED_ID_LIMIT",
                $"record limit reached. cannot submit more than {MostRows} records into this call");
        if (rows == 0)
            throw SalesforceRefusal.With(400, "INVALID_BATCH_OPERATION", "The request has no records");
    }

    private static string TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("attributes", out var attributes)
            && attributes.ValueKind == JsonValueKind.Object
        && attributes.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : throw SalesforceRefusal.With(400, "INVALID_INPUT", "Include an entity type with each record: attributes.type");

    public static string? IdOf(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (string.Equals(member.Name, "id", StringComparison.OrdinalIgnoreCase))
                return JsonText.Read(member.Value);
        }
        return null;
    }
}
