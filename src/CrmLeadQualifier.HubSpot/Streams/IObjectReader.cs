using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>How the rows of one object type become ours.</summary>
internal interface IObjectReader
{
    /// <summary>The properties to ask for.</summary>
    ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation);

    /// <param name="contacts">Ids of the contacts that the row is associated with; empty where the stream does not ask for them.</param>
    /// <param name="place">In its page, from 0.</param>
    ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation);
}
