using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Streams;

internal interface IHubSpotStream
{
    StreamDescription Description { get; }

    Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation);

    /// <summary>Rows by id; only of streams whose change pages need it.</summary>
    Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation);
}
