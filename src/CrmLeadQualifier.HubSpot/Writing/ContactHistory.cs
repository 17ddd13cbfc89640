using System.Collections.Concurrent;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Writing;

/// <summary>
/// Who changed our fields and the lifecycle. Which app we are is not said by the token: unless the connection tells it, it is learnt as the one that most often wrote the
/// stage, a field that only this program writes; that field's history is therefore read along.
/// </summary>
internal sealed class ContactHistory(HubSpotTransport transport, string? appId)
{
    public const string LifecycleField = "lifecycle";

    private const string UserPrefix = "userId:";

    private static readonly string Witness = LeadProperties.Of(LeadField.Stage);

    private readonly CallContext _call = new("the history of contacts");
    private readonly ConcurrentDictionary<string, long> _writersOfStage = new();

    /// <summary>Newest first for each record and field.</summary>
    public async Task<IReadOnlyList<FieldChange>> ReadAsync(IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation)
    {
        var properties = fields.Select(PropertyOf).ToList();
        var rows = await ObjectReading.ReadAsync(
            transport, _call, ContactReader.ObjectType, ids, [ContactReader.StampProperty], [.. properties.Append(Witness).Distinct()], cancellation).ConfigureAwait(false);
        if (appId is null)
        {
            Learn(rows);
        }

        var ours = appId ?? _writersOfStage.OrderByDescending(writer => writer.Value).ThenBy(writer => writer.Key, StringComparer.Ordinal).FirstOrDefault().Key;
        var changes = new List<FieldChange>();
        foreach (var row in rows)
        {
            foreach (var (field, property) in fields.Zip(properties))
            {
                var versions = Versions(row, property).Select(version => Change(row.Id!, field, version, ours)).OfType<FieldChange>();
                changes.AddRange(versions.OrderByDescending(change => change.At));
            }
        }

        return changes;
    }

    private void Learn(IReadOnlyList<HubSpotObject> rows)
    {
        foreach (var version in rows.SelectMany(row => Versions(row, Witness)))
        {
            if (version.SourceType == "INTEGRATION" && version.SourceId is { Length: > 0 } source)
            {
                _writersOfStage.AddOrUpdate(source, 1, (_, count) => count + 1);
            }
        }
    }

    private static IEnumerable<PropertyVersion> Versions(HubSpotObject row, string property) =>
        (row.PropertiesWithHistory?.GetValueOrDefault(property) ?? []).OfType<PropertyVersion>();

    private static FieldChange? Change(string id, string field, PropertyVersion version, string? ours)
    {
        if (version.Timestamp is null || !FieldValue.TryInstant(version.Timestamp, out var at))
        {
            return null;
        }

        var user = version.UpdatedByUserId ?? (version.SourceId is { } source && source.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase)
            ? source[UserPrefix.Length..] : null);
        var value = LeadField.Find(field) is { } known ? FieldValue.Normalize(known, version.Value) : version.Value ?? "";
        return new FieldChange(id, field, value, at, user is not null && HumanSources.Contains(version.SourceType), user, version.SourceType ?? "")
        {
            IsOurs = version.SourceType == "INTEGRATION" && ours is not null && version.SourceId == ours,
        };
    }

    private static string PropertyOf(string field) => field == LifecycleField
        ? LeadProperties.Lifecycle
        : LeadProperties.Of(LeadField.Find(field) ?? throw new ArgumentException($"{field} is none of our fields.", nameof(field)));
}
