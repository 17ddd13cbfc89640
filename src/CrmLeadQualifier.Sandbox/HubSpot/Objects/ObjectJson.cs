using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>Which properties of a record an answer shows, worked out once for all its rows. Unknown names are silently left out.</summary>
internal sealed class ObjectProjection
{
    private ObjectProjection(string[] properties, string[] withHistory)
    {
        Properties = properties;
        WithHistory = withHistory;
    }

    public string[] Properties { get; }

    public string[] WithHistory { get; }

    public static ObjectProjection Asked(PropertyCatalogue catalogue, ObjectType type, IReadOnlyCollection<string> properties,
        IReadOnlyCollection<string> withHistory)
    {
        var known = withHistory.Where(name => catalogue.Find(name) is not null).Distinct().Order(StringComparer.Ordinal).ToArray();
        var asked = properties.Count == 0 && withHistory.Count == 0
            ? type.Defaults
            : properties.Concat(known).Concat(type.Always).Where(name => catalogue.Find(name) is not null);
        return new ObjectProjection([.. asked.Distinct().Order(StringComparer.Ordinal)], known);
    }
}

/// <summary>Writes records in HubSpot's shape: every value a string or null.</summary>
internal static class ObjectJson
{
    public static void Write(Utf8JsonWriter json, CrmObject record, ObjectProjection shown, Action<Utf8JsonWriter>? associations = null) =>
        Write(json, record, shown.Properties.Select(name => (name, record[name])), shown.WithHistory, associations);

    /// <summary>As search knows the record, which may be older than it is.</summary>
    public static void WriteIndexed(Utf8JsonWriter json, CrmObject record, ObjectProjection shown)
    {
        Open(json, record);
        foreach (var name in shown.Properties)
            json.WriteString(name, record.Indexed(name));
        json.WriteEndObject();
        Close(json, record, record.IndexedAt ?? record.UpdatedAt);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, CrmObject record, IEnumerable<(string Name, string? Value)> values, string[] withHistory,
        Action<Utf8JsonWriter>? associations = null)
    {
        Open(json, record);
        foreach (var (name, value) in values)
            json.WriteString(name, value);
        json.WriteEndObject();
        if (withHistory.Length > 0)
        {
            json.WriteStartObject("propertiesWithHistory");
            foreach (var name in withHistory)
            {
                json.WriteStartArray(name);
                foreach (var change in record.History(name))
                    WriteChange(json, change);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        Close(json, record, record.UpdatedAt);
        associations?.Invoke(json);
        json.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter json, CrmObject record)
    {
        json.WriteStartObject();
        json.WriteString("id", record.IdText);
        json.WriteStartObject("properties");
    }

    private static void Close(Utf8JsonWriter json, CrmObject record, long updatedAt)
    {
        json.WriteString("createdAt", Instant.Iso(record.CreatedAt));
        json.WriteString("updatedAt", Instant.Iso(updatedAt));
        json.WriteBoolean("archived", record.Archived);
        if (record.Archived)
            json.WriteString("archivedAt", Instant.Iso(record.ArchivedAt));
        if (record.Type == ObjectType.Contact)
            json.WriteString("url", $"https://app.hubspot.com/contacts/{Portal.Id}/record/0-1/{record.IdText}");
    }

    private static void WriteChange(Utf8JsonWriter json, PropertyChange change)
    {
        json.WriteStartObject();
        json.WriteString("value", change.Value);
        json.WriteString("timestamp", Instant.Iso(change.At));
        json.WriteString("sourceType", change.Source.Type);
        if (change.Source.Id is not null)
            json.WriteString("sourceId", change.Source.Id);
        if (change.Source.Label is not null)
            json.WriteString("sourceLabel", change.Source.Label);
        if (change.Source.UserId is { } user)
            json.WriteNumber("updatedByUserId", user);
        json.WriteEndObject();
    }
}
