using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Streams;

internal interface ISalesforceStream
{
    StreamDescription Description { get; }

    /// <summary>Whether the org does without what this reads, as its descriptions tell, which are read anyway: it brings nothing then, and costs nothing.</summary>
    ValueTask<bool> IsOffAsync(CancellationToken cancellation);

    Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation);

    Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation);
}
