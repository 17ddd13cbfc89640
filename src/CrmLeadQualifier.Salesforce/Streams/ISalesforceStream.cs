using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Streams;

internal interface ISalesforceStream
{
    StreamDescription Description { get; }

    Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation);

    Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation);
}
