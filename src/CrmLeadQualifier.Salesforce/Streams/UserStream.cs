using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

internal sealed class UserStream(StreamDescription description, UserDirectory users) : ISalesforceStream
{
    public StreamDescription Description => description;

    public ValueTask<bool> IsOffAsync(CancellationToken cancellation) => ValueTask.FromResult(false);

    public Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation) => users.ReadPageAsync(cancellation);

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw new NotSupportedException("Users are read whole.");
}
