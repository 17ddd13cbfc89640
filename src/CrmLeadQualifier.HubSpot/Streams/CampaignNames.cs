using System.Collections.Concurrent;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>E-mail events name their campaign by number only; agreements speak of its name and subject. Each campaign is asked for once.</summary>
internal sealed class CampaignNames(HubSpotTransport transport, CallContext call)
{
    private readonly ConcurrentDictionary<string, EmailCampaign> _known = new();

    /// <summary>By id; without a name where HubSpot does not know the campaign any more.</summary>
    public async Task<IReadOnlyDictionary<string, EmailCampaign>> OfAsync(IEnumerable<string> ids, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(ids.Distinct().Where(id => !_known.ContainsKey(id)), ObjectReading.Side(cancellation), async (id, token) =>
        {
            var path = transport.Paths.EmailCampaign(id);
            var answer = await transport.FindAsync(call, t => transport.Signals.GetCampaignAsync(path, t), token).ConfigureAwait(false);
            _known[id] = answer?.Body ?? new EmailCampaign();
        }).ConfigureAwait(false);
        return _known;
    }
}
