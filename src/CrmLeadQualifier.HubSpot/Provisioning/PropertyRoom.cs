using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>How many more contact properties the account's plan takes (a free one about ten in all, over all objects).</summary>
internal sealed class PropertyRoom(HubSpotTransport transport)
{
    private readonly CallContext _read = new("the limits of custom properties", Stream: "limits");

    /// <summary>Null: HubSpot does not tell.</summary>
    public async Task<long?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var path = transport.Paths.PropertyLimits;
            var answer = await transport.FindAsync(_read, t => transport.Account.GetPropertyLimitsAsync(path, t), cancellation).ConfigureAwait(false);
            var limits = answer?.Body;
            var ofContacts = limits?.ByObjectType?.FirstOrDefault(limit => limit?.ObjectTypeId == HubSpotPaths.ContactTypeId);
            long?[] rooms = [ofContacts?.Limit - (ofContacts?.Usage ?? 0), limits?.OverallLimit - (limits?.OverallUsage ?? 0)];
            return rooms.Any(room => room is not null) ? Math.Max(0, rooms.OfType<long>().Min()) : null;
        }
        catch (StreamRefusedException)
        {
            return null;
        }
    }

    /// <exception cref="FatalCrmException">So many do not fit; nothing was created.</exception>
    public async Task EnsureAsync(int needed, CancellationToken cancellation)
    {
        if (needed > 0 && await ReadAsync(cancellation).ConfigureAwait(false) is { } room && room < needed)
        {
            throw new FatalCrmException(
                $"The portal has room for {room} more contact properties, and {needed} are to be created; nothing was created.",
                "Run provision --minimal, which needs nine; or make room: in HubSpot, Settings, Properties, archive custom properties that nothing uses; or take a larger plan.");
        }
    }
}
