using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>Tasks for the owners of Leads and Contacts.</summary>
internal sealed class OwnerTasks(SalesforceTransport transport, QueryReading queries, Organization organization)
{
    private const string QueuePrefix = "00G";

    private readonly CallContext _create = new("the creation of a task", IsWrite: true);
    private readonly CallContext _look = new("the tasks of a record");

    /// <exception cref="SkippableRecordException">Salesforce does not take it, or a queue owns the record: most orgs give queues no tasks.</exception>
    public async Task CreateAsync(OwnerTask task, CancellationToken cancellation)
    {
        if (task.OwnerId.StartsWith(QueuePrefix, StringComparison.Ordinal))
        {
            throw new SkippableRecordException(task.RecordId, "a queue owns the record, and a task needs a user");
        }

        if (task.MayBeThere && await IsThereAsync(task, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var days = await organization.GetDaysAsync(cancellation).ConfigureAwait(false);
        KeyValuePair<string, object?>[] values =
        [
            new("WhoId", task.RecordId), new("OwnerId", task.OwnerId), new("Subject", task.Subject), new("Description", task.Body), new("ActivityDate", days.TextOf(task.DueAt)),
        ];
        var request = new CollectionRequest(AllOrNone: false, [new RecordUpdate("Task", null, values)]);
        try
        {
            var answer = await transport.CallAsync<List<SaveResult>>(_create, (api, token, t) => api.CreateAsync(transport.Paths.Collections, request, token, t), cancellation)
                .ConfigureAwait(false);
            if (answer.Body is not [{ Success: true }])
            {
                throw new SkippableRecordException(task.RecordId, SalesforceErrors.OfRow(answer.Body.FirstOrDefault()?.Errors).Reason);
            }
        }
        catch (BatchRefusedException refused)
        {
            throw new SkippableRecordException(task.RecordId, refused.Message);
        }
    }

    private async Task<bool> IsThereAsync(OwnerTask task, CancellationToken cancellation)
    {
        var soql = $"{Soql.ByIds("Task", ["Id"], "WhoId", [task.RecordId], $"Subject = {Soql.Quote(task.Subject)}")} LIMIT 1";
        return (await queries.ReadAllAsync(_look, soql, withDeleted: false, cancellation).ConfigureAwait(false)).Count > 0;
    }
}
