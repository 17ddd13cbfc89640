using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>The portal's own description of its properties, and how to add to it.</summary>
internal sealed class PropertyRoutes(Portal portal)
{
    private const int MostInBatch = 100;

    public Answer List(HubSpotCall call)
    {
        var all = portal.Properties(call.Type()).All.ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var definition in all)
                definition.Write(json);
            json.WriteEndArray();
        }) with { RowsRead = all.Count };
    }

    public Answer Get(HubSpotCall call) => One(200, Found(call)) with { RowsRead = 1 };

    public Answer Create(HubSpotCall call)
    {
        var type = call.Type();
        var catalogue = portal.Properties(type);
        var definition = PropertyInput.Read(call.Json, catalogue, call.Now);
        if (catalogue.Find(definition.Name) is not null)
        {
            throw HubSpotRefusal.With(409, $"A property named '{definition.Name}' already exists.", "OBJECT_ALREADY_EXISTS",
                "Properties.PROPERTY_WITH_NAME_EXISTS", json =>
            {
                json.WriteStartArray("name");
                json.WriteStringValue(definition.Name);
                json.WriteEndArray();
            });
        }
        CheckRoom(type, 1);
        catalogue.Add(definition);
        var location = $"https://api.hubapi.com/crm/v3/properties/{type.Plural}/{definition.Name}";
        return One(201, definition) with { RowsWritten = 1, Headers = [("Location", location)] };
    }

    public Answer CreateBatch(HubSpotCall call)
    {
        var type = call.Type();
        var catalogue = portal.Properties(type);
        // All rows are read before any is made: one that is wrong refuses the batch.
        var definitions = call.Inputs(MostInBatch).ConvertAll(input => PropertyInput.Read(input, catalogue, call.Now));
        CheckRoom(type, definitions.Count(definition => catalogue.Find(definition.Name) is null));
        var created = new List<PropertyDefinition>();
        var errors = new List<Action<Utf8JsonWriter>>();
        foreach (var definition in definitions)
        {
            if (catalogue.Find(definition.Name) is not null)
            {
                errors.Add(Batch.Error("OBJECT_ALREADY_EXISTS", $"A property named '{definition.Name}' already exists.",
                    "Properties.PROPERTY_WITH_NAME_EXISTS", ("name", [definition.Name])));
                continue;
            }
            catalogue.Add(definition);
            created.Add(definition);
        }
        return Batch.Answered(call, 201, json =>
        {
            foreach (var definition in created)
                definition.Write(json, brief: true);
        }, errors) with { RowsWritten = created.Count };
    }

    public Answer ReadBatch(HubSpotCall call)
    {
        var catalogue = portal.Properties(call.Type());
        var names = call.Inputs(MostInBatch).ConvertAll(NameOf);
        var missing = names.Where(name => catalogue.Find(name) is null).ToList();
        return Batch.Answered(call, 200, json =>
        {
            foreach (var name in names)
                catalogue.Find(name)?.Write(json);
        }, missing.ConvertAll(name => Batch.Error("OBJECT_NOT_FOUND", $"Property {name} does not exist", null,
            ("name", [name])))) with { RowsRead = names.Count - missing.Count };
    }

    public Answer Patch(HubSpotCall call)
    {
        var definition = Found(call);
        PropertyInput.Change(definition, call.Json, portal.Properties(call.Type()), call.Now);
        return One(200, definition) with { RowsWritten = 1 };
    }

    public Answer Delete(HubSpotCall call)
    {
        if (portal.Properties(call.Type()).Find(call.Route("name")) is { } definition)
            Remove(call.Type(), definition);
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    public Answer ArchiveBatch(HubSpotCall call)
    {
        var type = call.Type();
        var found = call.Inputs(MostInBatch).ConvertAll(NameOf).Select(portal.Properties(type).Find).OfType<PropertyDefinition>().ToList();
        foreach (var definition in found)
            Remove(type, definition);
        return Answer.NoContent() with { RowsWritten = found.Count };
    }

    public Answer ListGroups(HubSpotCall call)
    {
        var groups = portal.Properties(call.Type()).Groups.ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var group in groups)
            {
                json.WriteStartObject();
                group.Write(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }) with { RowsRead = groups.Count };
    }

    public Answer GetGroup(HubSpotCall call)
    {
        var group = portal.Properties(call.Type()).FindGroup(call.Route("name")) ?? throw GroupNotFound(call.Route("name"));
        return Answer.Json(200, group.Write) with { RowsRead = 1 };
    }

    public Answer CreateGroup(HubSpotCall call)
    {
        var catalogue = portal.Properties(call.Type());
        var name = PropertyInput.Name(call.Json);
        var label = PropertyInput.Required(call.Json, "label");
        if (catalogue.FindGroup(name) is not null)
            throw HubSpotRefusal.With(409, $"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS", "Properties.GROUP_WITH_NAME_EXISTS");
        var group = catalogue.AddGroup(name, label, PropertyInput.DisplayOrder(call.Json));
        return Answer.Json(201, group.Write) with { RowsWritten = 1 };
    }

    public Answer PatchGroup(HubSpotCall call)
    {
        var catalogue = portal.Properties(call.Type());
        var group = catalogue.FindGroup(call.Route("name")) ?? throw GroupNotFound(call.Route("name"));
        group = catalogue.AddGroup(group.Name, call.BodyText("label") ?? group.Label, PropertyInput.DisplayOrder(call.Json) ?? group.DisplayOrder);
        return Answer.Json(200, group.Write) with { RowsWritten = 1 };
    }

    public Answer DeleteGroup(HubSpotCall call)
    {
        var catalogue = portal.Properties(call.Type());
        if (catalogue.All.Any(definition => definition.GroupName == call.Route("name")))
            throw HubSpotRefusal.Validation($"Property group {call.Route("name")} still has properties.");
        catalogue.RemoveGroup(call.Route("name"));
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    private void Remove(ObjectType type, PropertyDefinition definition)
    {
        if (definition.HubSpotDefined)
            throw HubSpotRefusal.Validation($"{definition.Name} is a HubSpot-defined property and cannot be archived.");
        portal.RemoveProperty(type, definition.Name);
    }

    /// <summary>A batch for which there is not enough room is refused whole.</summary>
    private void CheckRoom(ObjectType type, int more)
    {
        var limit = portal.Settings.PropertyLimit;
        if (more > 0 && portal.Properties(type).All.Count(property => !property.HubSpotDefined) + more > limit)
            throw HubSpotRefusal.With(400, $"You have reached the limit of {limit} custom properties for {type.Plural}.", "VALIDATION_ERROR",
                "Properties.PROPERTY_LIMIT_EXCEEDED");
    }

    private PropertyDefinition Found(HubSpotCall call) => portal.Properties(call.Type()).Find(call.Route("name"))
        ?? throw HubSpotRefusal.With(404, $"Property {call.Route("name")} does not exist", "OBJECT_NOT_FOUND", "Properties.PROPERTY_DOES_NOT_EXIST");

    private static HubSpotRefusal GroupNotFound(string name) => HubSpotRefusal.With(404, $"Property group {name} does not exist", "OBJECT_NOT_FOUND");

    private static string NameOf(JsonElement input) => PropertyInput.Required(input, "name");

    private static Answer One(int status, PropertyDefinition definition) => Answer.Value(status, json => definition.Write(json));
}
