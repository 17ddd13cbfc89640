using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>One record: its values, each with all it has been.</summary>
internal sealed class CrmObject(ObjectType type, long id, long createdAt)
{
    private readonly Dictionary<string, PropertyChange> _latest = new(StringComparer.Ordinal);

    public ObjectType Type => type;

    public long Id => id;

    public string IdText { get; } = id.ToString(CultureInfo.InvariantCulture);

    public long CreatedAt { get; } = createdAt;

    public long UpdatedAt { get; set; } = createdAt;

    public bool Archived { get; set; }

    public long ArchivedAt { get; set; }

    /// <summary>The modification stamp of the version that search knows; null: search does not know the record yet.</summary>
    public long? IndexedAt { get; set; }

    public string? this[string property] => Value(property, long.MaxValue, UpdatedAt);

    /// <summary>The value in the version that search knows.</summary>
    public string? Indexed(string property) => Value(property, IndexedAt ?? UpdatedAt, IndexedAt ?? UpdatedAt);

    public PropertyChange? Latest(string property) => _latest.GetValueOrDefault(property);

    public IEnumerable<string> Properties => _latest.Keys;

    /// <summary>Newest first; empty where the property was never set.</summary>
    public IEnumerable<PropertyChange> History(string property)
    {
        if (Computed(property, UpdatedAt) is { } computed)
        {
            yield return new PropertyChange(computed, property == type.Modified ? UpdatedAt : CreatedAt, UpdatedAt, ChangeSource.Calculated, null);
            yield break;
        }
        for (var change = Latest(property); change is not null; change = change.Earlier)
            yield return change;
    }

    /// <summary>Adds a change. One dated before the latest goes to its place in the history and does not become the value.</summary>
    public void Set(string property, string value, long at, long recordedAt, ChangeSource source) =>
        _latest[property] = Insert(Latest(property), value, at, recordedAt, source);

    public void Drop(string property) => _latest.Remove(property);

    private static PropertyChange Insert(PropertyChange? newest, string value, long at, long recordedAt, ChangeSource source) =>
        newest is null || newest.At <= at
            ? new PropertyChange(value, at, recordedAt, source, newest)
            : newest with { Earlier = Insert(newest.Earlier, value, at, recordedAt, source) };

    private string? Value(string property, long recordedBy, long modifiedAt)
    {
        if (Computed(property, modifiedAt) is { } computed)
            return computed;
        var change = Latest(property);
        while (change is not null && change.RecordedAt > recordedBy)
            change = change.Earlier;
        return change?.Value;
    }

    private string? Computed(string property, long modifiedAt)
    {
        if (property == "hs_object_id")
            return IdText;
        if (property == type.Modified)
            return Instant.Iso(modifiedAt);
        return property == type.Created ? Instant.Iso(CreatedAt) : null;
    }
}

/// <summary>A value that a property took. <paramref name="RecordedAt"/> is when the portal learnt it, which may be later than <paramref name="At"/>.</summary>
internal sealed record PropertyChange(string Value, long At, long RecordedAt, ChangeSource Source, PropertyChange? Earlier);

/// <summary>Who changed a value, in the words of HubSpot's property history.</summary>
internal sealed record ChangeSource(string Type, string? Id, string? Label = null, long? UserId = null)
{
    public static readonly ChangeSource Calculated = new("CALCULATED", null);
    public static readonly ChangeSource Import = new("IMPORT", "import:1");
    public static readonly ChangeSource Analytics = new("ANALYTICS", "ContactAnalyticsDetailsUpdateWorker");

    public static ChangeSource Integration(string appId) => new("INTEGRATION", appId);

    public static ChangeSource User(long userId) => new("CRM_UI", $"userId:{userId}", null, userId);
}
