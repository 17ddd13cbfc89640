using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Single records: read, made, changed, deleted.</summary>
internal sealed class RecordRoutes(Org org)
{
    public Answer Get(SalesforceCall call)
    {
        var record = Find(call);
        if (record.IsDeleted)
            throw SalesforceRefusal.With(404, "ENTITY_IS_DELETED", "entity is deleted");
        var type = record.Type;
        var fields = type.Fields.Where(field => org.Access.Readable(type, field)).ToList();
        if (call.Query.TryGetValue("fields", out var asked))
        {
            var binder = new NameBinder(org, "");
            var tree = new SelectionTree(type);
            foreach (var name in asked.Split(',', StringSplitOptions.TrimEntries))
                tree.Add(binder.Field(type, new FieldPath(name.Split('.'), 0), null));
            if (!asked.Split(',', StringSplitOptions.TrimEntries).Contains("Id", StringComparer.OrdinalIgnoreCase))
                tree.Add(binder.Field(type, new FieldPath(["Id"], 0), null));
            return SalesforceJson.Value(200, json => tree.Write(json, record, call.Version)) with { RowsRead = 1 };
        }
        return SalesforceJson.Object(200, json =>
        {
            SelectionTree.WriteAttributes(json, type.Name, record, call.Version);
            foreach (var field in fields)
            {
                json.WritePropertyName(field.Name);
                FieldValue.Write(json, field, record[field]);
            }
        }) with { RowsRead = 1 };
    }

    public Answer Create(SalesforceCall call)
    {
        var type = Type(call);
        var saved = new RecordSave(org, SaveOptions.Of(call)).Create(type, call.JsonObject);
        if (saved.Record is not { } record)
            throw Refuse(saved.Errors);
        return SalesforceJson.Object(201, json => WriteSaved(json, record.Id)) with { RowsWritten = 1 };
    }

    public Answer Update(SalesforceCall call)
    {
        var type = Type(call);
        if (!type.Updateable)
            throw SalesforceRefusal.With(405, "METHOD_NOT_ALLOWED", "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET");
        var record = Find(call);
        var saved = new RecordSave(org, SaveOptions.Of(call)).Update(record, call.JsonObject);
        if (saved.Errors.Count > 0)
            throw Refuse(saved.Errors);
        return SalesforceJson.NoContent with { RowsWritten = 1 };
    }

    /// <summary>PATCH sobjects/Lead/Key__c/value: 201 made, 200 changed, 300 with their addresses where several have the value.</summary>
    public Answer Upsert(SalesforceCall call)
    {
        var type = Type(call);
        var field = ExternalId(type, call.Route("field"));
        var save = new RecordSave(org, SaveOptions.Of(call));
        var found = save.Having(type, field, call.Route("value"));
        if (found.Count > 1)
            return SalesforceJson.Value(300, json =>
            {
                json.WriteStartArray();
                foreach (var record in found)
                    json.WriteStringValue($"/services/data/v{call.Version}/sobjects/{type.Name}/{record.Id}");
                json.WriteEndArray();
            });
        if (found.Count == 0 && call.Query.GetValueOrDefault("updateOnly") == "true")
            throw SalesforceRefusal.NotFound("The requested resource does not exist");
        var saved = save.Upsert(type, field, call.Route("value"), call.JsonObject);
        if (saved.Record is not { } written)
            throw Refuse(saved.Errors);
        return SalesforceJson.Object(saved.Created ? 201 : 200, json =>
        {
            WriteSaved(json, written.Id);
            json.WriteBoolean("created", saved.Created);
        }) with { RowsWritten = 1 };
    }

    public static SObjectField ExternalId(SObjectType type, string name) =>
        type.TryField(name, out var field) && (field.ExternalId || field.Type == FieldType.Id) ? field
            : throw SalesforceRefusal.NotFound("Provided external ID field does not exist or is not accessible: " + name);

    public Answer Delete(SalesforceCall call)
    {
        var record = Find(call);
        if (!record.Type.Deletable)
            throw SalesforceRefusal.With(405, "METHOD_NOT_ALLOWED", "HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET");
        if (record.IsDeleted)
            throw SalesforceRefusal.With(404, "ENTITY_IS_DELETED", "entity is deleted");
        org.Commits.WaitFor(record);
        org.Writer.Delete(record, call.Now, org.Users.Integration);
        return SalesforceJson.NoContent with { RowsWritten = 1 };
    }

    public static void WriteSaved(Utf8JsonWriter json, string id)
    {
        json.WriteString("id", id);
        json.WriteBoolean("success", true);
        json.WriteStartArray("errors");
        json.WriteEndArray();
    }

    private SObjectType Type(SalesforceCall call) => org.FindType(call.Route("type")) ?? throw SalesforceRefusal.NotFound();

    private SObject Find(SalesforceCall call)
    {
        var type = Type(call);
        if (SalesforceId.Read(call.Route("id")) is not { } id)
            throw SalesforceRefusal.NotFound("Provided external ID field does not exist or is not accessible: " + call.Route("id"));
        return org.Store(type).Find(id) ?? throw SalesforceRefusal.NotFound(call.Method == "GET" ? "The requested resource does not exist"
            : "Provided external ID field does not exist or is not accessible: " + id);
    }

    private static SalesforceRefusal Refuse(IReadOnlyList<SaveError> errors) =>
        new(SalesforceJson.Value(errors[0].Code is "ENTITY_IS_DELETED" or "NOT_FOUND" ? 404 : 400, json =>
    {
        json.WriteStartArray();
        foreach (var error in errors)
            error.Write(json, inCollection: false);
        json.WriteEndArray();
    }));
}
