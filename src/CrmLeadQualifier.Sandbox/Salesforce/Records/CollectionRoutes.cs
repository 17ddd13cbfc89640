using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Two hundred records in one call: 200 whatever became of each, results in the order asked. A failed row has no id, and its code is called statusCode.</summary>
internal sealed class CollectionRoutes(Org org)
{
    private const int MostRows = 200;
    private const int MostChunks = 10;

    public Answer Update(SalesforceCall call) => Save(call, (save, element, seen) =>
    {
        if (IdOf(element) is not { } text)
            return Failed(new SaveError("MISSING_ARGUMENT", "Id not specified in an update call"));
        if (SalesforceId.Read(text) is not { } id)
            return Failed(new SaveError("MALFORMED_ID", $"Id: id value of incorrect type: {text}", "Id"));
        if (!seen.Add(id))
            return Failed(new SaveError("DUPLICATE_VALUE", $"duplicate id in list: {id}"));
        if (org.Find(id) is not { } record)
            return Failed(SaveError.NoSuchReference);
        if (!string.Equals(record.Type.Name, TypeOf(element), StringComparison.OrdinalIgnoreCase))
            return Failed(new SaveError("MALFORMED_ID", $"{record.Type.Label} ID: id value of incorrect type: {id}", "Id"));
        var errors = save.Update(record, element);
        return errors.Count > 0 ? new Saved(null, errors) : new Saved(id, []);
    });

    public Answer Create(SalesforceCall call) => Save(call, (save, element, _) =>
    {
        var (record, errors) = save.Create(org.FindType(TypeOf(element))!, element);
        return new Saved(record?.Id, errors);
    });

    public Answer Delete(SalesforceCall call)
    {
        var ids = (call.Query.GetValueOrDefault("ids") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Limit(ids.Length);
        var saved = ids.Select(text =>
        {
            if (org.Find(text) is not { } record)
                return Failed(SaveError.NoSuchReference);
            if (record.IsDeleted)
                return Failed(SaveError.Deleted);
            org.Commits.WaitFor(record);
            org.Writer.Delete(record, call.Now, org.Users.Integration);
            return new Saved(record.Id, []);
        }).ToList();
        return Write(saved);
    }

    private Answer Save(SalesforceCall call, Func<RecordSave, JsonElement, HashSet<string>, Saved> saveOne)
    {
        if (!call.JsonObject.TryGetProperty("records", out var records) || records.ValueKind != JsonValueKind.Array)
            throw SalesforceRefusal.BadJson("The request is missing the records array at [line:1, column:1]");
        Limit(records.GetArrayLength());
        var rows = records.EnumerateArray().ToList();
        var types = rows.ConvertAll(TypeOf);
        if (types.Where((type, at) => at == 0 || !string.Equals(type, types[at - 1], StringComparison.OrdinalIgnoreCase)).Count() > MostChunks)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED", $"Too many chunks: records of one type must follow each other, in at most {MostChunks} runs");
        if (types.Find(type => org.FindType(type) is null) is { } unknown)
            throw SalesforceRefusal.With(400, "INVALID_TYPE", $"sObject type '{unknown}' is not supported.");
        var save = new RecordSave(org, call);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (call.JsonObject.TryGetProperty("allOrNone", out var all) && all.ValueKind == JsonValueKind.True)
            throw SalesforceRefusal.With(400, "INVALID_OPERATION", "allOrNone: true is not carried out by this emulator");
        // A value of the wrong kind refuses the whole call: it is found before anything is saved.
        foreach (var row in rows)
            org.Checks.Read(org.FindType(TypeOf(row))!, row, creating: call.Method == "POST", byPerson: false, []);
        return Write(rows.ConvertAll(row => saveOne(save, row, seen)));
    }

    private static Answer Write(List<Saved> saved) => SalesforceJson.Value(200, json =>
    {
        json.WriteStartArray();
        foreach (var (id, errors) in saved)
        {
            json.WriteStartObject();
            if (id is not null)
            {
                RecordRoutes.WriteSaved(json, id);
            }
            else
            {
                json.WriteBoolean("success", false);
                json.WriteStartArray("errors");
                foreach (var error in errors)
                    error.Write(json, inCollection: true);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }) with { RowsWritten = saved.Count(row => row.Id is not null) };

    private static void Limit(int rows)
    {
        if (rows > MostRows)
            throw SalesforceRefusal.With(400, "EXCEEDED_ID_LIMIT", $"record limit reached. cannot submit more than {MostRows} records into this call");
        if (rows == 0)
            throw SalesforceRefusal.With(400, "INVALID_BATCH_OPERATION", "The request has no records");
    }

    private static string TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("attributes", out var attributes) && attributes.ValueKind == JsonValueKind.Object
        && attributes.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()!
            : throw SalesforceRefusal.With(400, "INVALID_INPUT", "Include an entity type with each record: attributes.type");

    private static string? IdOf(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (string.Equals(member.Name, "id", StringComparison.OrdinalIgnoreCase))
                return JsonText.Read(member.Value);
        }
        return null;
    }

    private static Saved Failed(SaveError error) => new(null, [error]);

    private sealed record Saved(string? Id, List<SaveError> Errors);
}
