using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Writing;

/// <summary>Tasks for contact owners.</summary>
internal sealed class OwnerTasks(HubSpotTransport transport)
{
    private const string Tasks = "tasks";
    private const string Subject = "hs_task_subject";

    /// <summary>HubSpot's id of the association from a task to its contact.</summary>
    private const int TaskToContact = 204;

    private readonly CallContext _create = new("the creation of a task", IsWrite: true) { Importance = CallImportance.Stages };
    private readonly CallContext _look = new("the tasks of a contact") { Importance = CallImportance.Stages };

    /// <exception cref="SkippableRecordException">HubSpot does not take it.</exception>
    public async Task CreateAsync(OwnerTask task, CancellationToken cancellation)
    {
        if (task.MayBeThere && await IsThereAsync(task, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var request = new NewObject(
            new Dictionary<string, string>
            {
                [Subject] = task.Subject,
                ["hs_task_body"] = task.Body,
                ["hs_timestamp"] = task.DueAt.ToString(),
                ["hs_task_status"] = "NOT_STARTED",
                ["hs_task_type"] = "TODO",
                ["hs_task_priority"] = "HIGH",
                ["hubspot_owner_id"] = task.OwnerId,
            },
            [new NewAssociation(new ObjectId(task.RecordId), [new AssociationKind("HUBSPOT_DEFINED", TaskToContact)])]);
        try
        {
            await transport.CallAsync(_create, t => transport.Objects.CreateAsync(transport.Paths.Objects(Tasks), request, t), cancellation).ConfigureAwait(false);
        }
        catch (BatchRefusedException refused)
        {
            throw new SkippableRecordException(task.RecordId, refused.Message);
        }
    }

    /// <summary>By associations, which show a task at once: search shows it minutes later.</summary>
    private async Task<bool> IsThereAsync(OwnerTask task, CancellationToken cancellation)
    {
        var path = transport.Paths.Associations(ContactReader.ObjectType, Tasks);
        var ids = new List<string>();
        string? after = null;
        var guard = new LoopGuard("the tasks of a contact");
        do
        {
            var position = after;
            var answer = await transport.CallAsync(
                _look, t => transport.Associations.BatchReadAsync(path, new AssociationReadRequest([new AssociationInput(task.RecordId, position)]), t), cancellation).ConfigureAwait(false);
            var row = answer.Body.Results?.FirstOrDefault();
            ids.AddRange((row?.To ?? []).Select(target => target?.ToObjectId).OfType<string>());
            after = Cursor.Next(row?.Paging);
            guard.Follow(position, after);
        }
        while (after is not null);
        var tasks = ids.Count == 0 ? [] : await ObjectReading.ReadAsync(transport, _look, Tasks, ids, [Subject], history: null, cancellation).ConfigureAwait(false);
        return tasks.Any(row => row.Get(Subject) == task.Subject);
    }
}
