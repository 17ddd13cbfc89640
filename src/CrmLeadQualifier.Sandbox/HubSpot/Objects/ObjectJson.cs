using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>Which properties of a record an answer shows, worked out once for all its rows. Unknown names are silently left out.</summary>
internal sealed class ObjectProjection
{
    /// <summary>What of a one-to-one e-mail is not shown to whom may not read e-mails.</summary>
    private static readonly string[] OfEmails = ["hs_body_preview", "hs_body_preview_html", "hs_email_headers", "hs_email_html", "hs_email_subject", "hs_email_text"];

    private readonly string[] _redacted;

    private ObjectProjection(string[] properties, string[] withHistory, string[] redacted)
    {
        Properties = properties;
        WithHistory = withHistory;
        _redacted = redacted;
    }

    public string[] Properties { get; }

    public string[] WithHistory { get; }

    /// <summary>The value as it is shown.</summary>
    public string? Of(string property, string? value) => _redacted.Contains(property) ? null : value;

    /// <param name="catalogue">What there is.</param>
    /// <param name="call">Who asks.</param>
    /// <param name="type">The object type.</param>
    /// <param name="properties">The names asked for.</param>
    /// <param name="withHistory">Those asked for with all that they have been.</param>
    public static ObjectProjection Asked(PropertyCatalogue catalogue, HubSpotCall call, ObjectType type, IReadOnlyCollection<string> properties,
        IReadOnlyCollection<string> withHistory)
    {
        var known = withHistory.Where(name => catalogue.Find(name) is not null).Distinct().Order(StringComparer.Ordinal).ToArray();
        var asked = properties.Count == 0 && withHistory.Count == 0
            ? type.Defaults
            : properties.Concat(known).Concat(type.Always).Where(name => catalogue.Find(name) is not null);
        return new ObjectProjection([.. asked.Distinct().Order(StringComparer.Ordinal)], known,
            type == ObjectType.Email && !call.Scopes.Contains("sales-email-read") ? OfEmails : []);
    }
}

/// <summary>Writes records in HubSpot's shape: every value a string or null.</summary>
internal static class ObjectJson
{
    public static void Write(Utf8JsonWriter json, CrmObject record, ObjectProjection shown, Action<Utf8JsonWriter>? associations = null) =>
        Write(json, record, shown.Properties.Select(name => (name, shown.Of(name, record[name]))), shown.WithHistory, associations);

    /// <summary>As search knows the record, which may be older than it is.</summary>
    public static void WriteIndexed(Utf8JsonWriter json, CrmObject record, ObjectProjection shown)
    {
        Open(json, record);
        foreach (var name in shown.Properties)
            json.WriteString(name, shown.Of(name, record.Indexed(name)));
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
