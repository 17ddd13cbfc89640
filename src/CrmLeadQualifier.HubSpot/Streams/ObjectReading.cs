using System.Collections.Concurrent;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Objects by id, any number of them.</summary>
internal static class ObjectReading
{
    public const int PerCall = 100;

    public const int PerCallWithHistory = 50;

    // The gate lets out what the portal takes; this only bounds what waits there.
    private const int SideBySide = 16;

    public static ParallelOptions Side(CancellationToken cancellation) => new() { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellation };

    /// <summary>Those that are there, in the order asked for; an id that HubSpot does not find is left out.</summary>
    public static async Task<IReadOnlyList<HubSpotObject>> ReadAsync(
        HubSpotTransport transport, CallContext call, string objectType, IReadOnlyList<string> ids, IReadOnlyList<string> properties,
        IReadOnlyList<string>? history, CancellationToken cancellation)
    {
        var path = transport.Paths.Objects(objectType);
        var chunks = ids.Distinct().Chunk(history is null ? PerCall : PerCallWithHistory).ToList();
        var results = new ConcurrentDictionary<int, List<HubSpotObject>>();
        await Parallel.ForEachAsync(chunks.Index(), Side(cancellation), async (chunk, token) =>
        {
            var request = new BatchReadRequest([.. chunk.Item.Select(id => new ObjectId(id))], properties, history);
            var answer = await transport.CallAsync(call, t => transport.Objects.BatchReadAsync(path, request, t), token).ConfigureAwait(false);
            results[chunk.Index] = [.. (answer.Body.Results ?? []).OfType<HubSpotObject>()];
        }).ConfigureAwait(false);
        return [.. results.OrderBy(result => result.Key).SelectMany(result => result.Value)];
    }
}
