using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>How the rows of one object type become ours.</summary>
internal interface IObjectReader
{
    /// <summary>The properties to ask for.</summary>
    ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation);

    /// <summary>What a search shows beside ids and stamps, where that makes a preview; empty: nothing. Names that the portal does not have are silently left out by it.</summary>
    IReadOnlyList<string> PreviewProperties => [];

    /// <summary>The row as the search shows it; null: the stream makes no previews.</summary>
    CrmRecord? Preview(HubSpotObject row) => null;

    /// <param name="contacts">Ids of the contacts that the row is associated with; empty where the stream does not ask for them.</param>
    /// <param name="place">In its page, from 0.</param>
    ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation);
}
