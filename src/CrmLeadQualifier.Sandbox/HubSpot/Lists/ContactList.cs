using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Lists;

/// <summary>A list of records of one type: filled by hand (MANUAL), once by its filter (SNAPSHOT), or always by its filter (DYNAMIC).</summary>
internal sealed class ContactList(string id, string name, ObjectType type, string processing, ListFilter? filter, long createdAt)
{
    private readonly SortedDictionary<long, long> _kept = [];
    private long? _addedAt;
    private long? _removedAt;

    public string Id => id;

    public long CreatedAt { get; } = createdAt;

    public string Name { get; private set; } = name;

    public ObjectType Type => type;

    public bool IsActive => processing == "DYNAMIC";

    public string Processing => processing;

    /// <summary>Null: members are put in by hand.</summary>
    public ListFilter? Filter { get; private set; } = filter;

    public int Version { get; private set; } = 1;

    public long UpdatedAt { get; private set; } = createdAt;

    private long FilteredAt { get; set; } = createdAt;

    /// <summary>Member and since when, in the order of ids.</summary>
    public IReadOnlyList<(long Id, long Since)> Members(ObjectStore store) => IsActive
        ? [.. store.Ordered.Where(record => !record.Archived && Filter!.Holds(record)).Select(record => (record.Id, record.UpdatedAt))]
        : [.. _kept.Where(member => store.Find(member.Key) is not null).Select(member => (member.Key, member.Value))];

    public bool Add(long member, long now)
    {
        if (!_kept.TryAdd(member, now))
            return false;
        _addedAt = now;
        return true;
    }

    public bool Remove(long member, long now)
    {
        if (!_kept.Remove(member))
            return false;
        _removedAt = now;
        return true;
    }

    public void Rename(string to, long now)
    {
        Name = to;
        Changed(now);
    }

    public void Refilter(ListFilter to, long now)
    {
        Filter = to;
        FilteredAt = now;
        Changed(now);
    }

    /// <param name="json">Where to write.</param>
    /// <param name="processingStatus">PROCESSING while an active list is being filled for the first time.</param>
    /// <param name="withFilter">Whether its filter is told, and who may edit it.</param>
    /// <param name="size">The number of members where it is told; null: not.</param>
    public void Write(Utf8JsonWriter json, string processingStatus, bool withFilter, int? size = null)
    {
        json.WriteString("listId", Id);
        json.WriteNumber("listVersion", Version);
        json.WriteString("createdAt", Instant.Iso(CreatedAt));
        json.WriteString("updatedAt", Instant.Iso(UpdatedAt));
        json.WriteString("filtersUpdatedAt", Instant.Iso(FilteredAt));
        json.WriteString("processingStatus", processingStatus);
        json.WriteString("createdById", "5555888");
        json.WriteString("updatedById", "5555888");
        json.WriteString("processingType", processing);
        json.WriteString("objectTypeId", type.TypeId);
        json.WriteString("name", Name);
        if (withFilter && Filter is not null)
        {
            json.WritePropertyName("filterBranch");
            Filter.Write(json);
        }
        if (size is { } members)
            WriteSize(json, members);
        else
            WritePermissions(json);
    }

    private void WriteSize(Utf8JsonWriter json, int members)
    {
        json.WriteStartObject("additionalProperties");
        json.WriteString("hs_list_reference_count", "0");
        if (_addedAt is { } added)
            json.WriteString("hs_last_record_added_at", added.ToString(CultureInfo.InvariantCulture));
        if (_removedAt is { } removed)
            json.WriteString("hs_last_record_removed_at", removed.ToString(CultureInfo.InvariantCulture));
        json.WriteString("hs_list_size", members.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WritePermissions(Utf8JsonWriter json)
    {
        json.WriteStartObject("listPermissions");
        json.WriteStartArray("teamsWithEditAccess");
        json.WriteEndArray();
        json.WriteStartArray("usersWithEditAccess");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("membershipSettings");
        json.WriteNull("membershipTeamId");
        json.WriteNull("includeUnassigned");
        json.WriteEndObject();
    }

    private void Changed(long now)
    {
        Version++;
        UpdatedAt = now;
    }
}
