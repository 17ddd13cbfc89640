using System.Collections.Concurrent;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>The contacts that objects are associated with: 1,000 objects a call, and further calls for objects with more contacts than one answer shows.</summary>
internal sealed class AssociationReading(HubSpotTransport transport)
{
    public const int PerCall = 1000;

    public async Task<IReadOnlyDictionary<string, List<string>>> ContactsOfAsync(
        string objectType, CallContext call, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        call = call with { Lane = CallLane.Associations };
        var found = new ConcurrentDictionary<string, List<string>>();
        var path = transport.Paths.Associations(objectType, "contacts");
        var inputs = ids.Distinct().Select(id => new AssociationInput(id)).ToList();
        while (inputs.Count > 0)
        {
            var more = new ConcurrentBag<AssociationInput>();
            await Parallel.ForEachAsync(inputs.Chunk(PerCall), ObjectReading.Side(cancellation), async (chunk, token) =>
            {
                var request = new AssociationReadRequest(chunk);
                var answer = await transport.FindAsync(call, t => transport.Associations.BatchReadAsync(path, request, t), token).ConfigureAwait(false);

                // Objects without any contact come as errors (NO_ASSOCIATIONS_FOUND), or all together as a 404: nothing to add either way.
                foreach (var row in answer?.Body.Results ?? [])
                {
                    if (row?.From?.Id is not { } from)
                    {
                        continue;
                    }

                    found.GetOrAdd(from, _ => []).AddRange((row.To ?? []).Select(target => target?.ToObjectId).OfType<string>());
                    if (Cursor.Next(row.Paging) is { } after && chunk.All(input => input.Id != from || input.After != after))
                    {
                        more.Add(new AssociationInput(from, after));
                    }
                }
            }).ConfigureAwait(false);
            inputs = [.. more];
        }

        return found;
    }
}
