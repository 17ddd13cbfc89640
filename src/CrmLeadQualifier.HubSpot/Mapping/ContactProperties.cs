using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Mapping;

/// <summary>The portal's own description of its contact properties, read when content is first asked for and again once an hour.</summary>
internal sealed class ContactProperties(HubSpotTransport transport, TimeProvider clock, PortalDescription description)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _reading = new(1);
    private IReadOnlyDictionary<string, PropertyDescription>? _known;
    private long _readAt;

    /// <summary>By name, as this client read them: never what one before it knew.</summary>
    public async Task<IReadOnlyDictionary<string, PropertyDescription>> GetAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_known is null || clock.GetElapsedTime(_readAt) > GoodFor)
            {
                var path = transport.Paths.Properties("contacts");
                var answer = await transport.CallAsync(
                    new CallContext("the contact properties"), t => transport.Properties.ListAsync(path, t), cancellation).ConfigureAwait(false);
                _known = (answer.Body.Results ?? []).OfType<PropertyDescription>().Where(property => property.Name is not null)
                    .DistinctBy(property => property.Name).ToDictionary(property => property.Name!);
                _readAt = clock.GetTimestamp();
                description.Properties = _known;
            }

            return _known;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Those of the names that the portal has, as far as is known since an hour at most.</summary>
    public async Task<IReadOnlyList<string>> ExistingAsync(IEnumerable<string> names, CancellationToken cancellation)
    {
        var known = description.Properties ?? await GetAsync(cancellation).ConfigureAwait(false);
        return [.. names.Where(known.ContainsKey)];
    }

    /// <summary>They were changed: read anew when next asked for.</summary>
    public void Forget() => _known = description.Properties = null;
}
