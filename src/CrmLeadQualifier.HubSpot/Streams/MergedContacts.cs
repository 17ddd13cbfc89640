using System.Collections.Concurrent;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>A merged contact's old id is unknown to batches, but a read of it alone still leads to the contact it was merged into.</summary>
internal static class MergedContacts
{
    private const string FormerIds = "hs_merged_object_ids";

    /// <summary>The found ones and those that the missing ids lead to, each once; what is gone for good stays out.</summary>
    public static async Task<IReadOnlyList<HubSpotObject>> AddAsync(
        HubSpotTransport transport, CallContext call, IReadOnlyList<string> asked, IReadOnlyList<string> properties, IReadOnlyList<HubSpotObject> found,
        CancellationToken cancellation)
    {
        var there = found.SelectMany(row => Former(row).Append(row.Id)).ToHashSet();
        var missing = asked.Where(id => !there.Contains(id)).Distinct().ToList();
        if (missing.Count == 0)
        {
            return found;
        }

        var survivors = new ConcurrentBag<HubSpotObject>();
        await Parallel.ForEachAsync(missing, ObjectReading.Side(cancellation), async (id, token) =>
        {
            if (await FindAsync(transport, call, id, properties, token).ConfigureAwait(false) is { } survivor)
            {
                survivors.Add(survivor);
            }
        }).ConfigureAwait(false);
        return [.. found.Concat(survivors.OrderBy(row => row.Id, StringComparer.Ordinal)).DistinctBy(row => row.Id)];
    }

    /// <summary>The contact that an id leads to, or null; an id that it had before a merge is among its former ones.</summary>
    public static async Task<HubSpotObject?> FindAsync(
        HubSpotTransport transport, CallContext call, string id, IReadOnlyList<string> properties, CancellationToken cancellation)
    {
        var path = $"{transport.Paths.Objects(ContactReader.ObjectType)}/{id}";
        var answer = await transport.FindAsync(call, t => transport.Objects.GetAsync(path, string.Join(',', properties), t), cancellation).ConfigureAwait(false);
        if (answer?.Body is not { Id: { Length: > 0 } present } row)
        {
            return null;
        }

        if (present == id || Former(row).Contains(id))
        {
            return row;
        }

        return row with
        {
            Properties = new Dictionary<string, string?>(row.Properties ?? []) { [FormerIds] = string.Join(';', Former(row).Append(id)) },
        };
    }

    private static string[] Former(HubSpotObject row) => row.Get(FormerIds)?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
