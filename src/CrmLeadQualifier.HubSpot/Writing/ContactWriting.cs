using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Writing;

/// <summary>Writes our fields and the lifecycle on contacts.</summary>
internal sealed class ContactWriting(HubSpotTransport transport)
{
    public const int PerCall = 100;

    private readonly CallContext _batch = new("the batch update of contacts", IsWrite: true);
    private readonly CallContext _single = new("the update of a merged contact", IsWrite: true);
    private readonly CallContext _find = new("a contact by id");
    private readonly string _path = transport.Paths.Objects(ContactReader.ObjectType);

    private static bool CarriesStage(RecordWrite write) =>
        write.Lifecycle is not null || write.Fields.ContainsKey(LeadField.Stage.Name) || write.Fields.ContainsKey(LeadField.HandedOverAt.Name);

    /// <summary>
    /// One batch update. Of a 207, each failed row is settled by itself: an id that HubSpot does not find is looked up alone, since a merged contact's old id is refused
    /// in batches only, and the write goes to the contact it was merged into.
    /// </summary>
    public async Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<RecordWrite> batch, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, PerCall);
        Answer<ObjectPage> answer;
        try
        {
            var request = new BatchUpdateRequest([.. batch.Select(write => new ObjectUpdate(write.RecordId, Properties(write)))]);
            var call = _batch with { Importance = batch.Any(CarriesStage) ? CallImportance.Stages : CallImportance.Scores };
            answer = await transport.CallAsync(call, t => transport.Objects.BatchUpdateAsync(_path, request, t), cancellation).ConfigureAwait(false);
        }
        catch (BatchRefusedException refused) when (batch.Count == 1 && refused.UnknownFields.Count == 0)
        {
            return [new WriteResult(batch[0].RecordId, WriteOutcome.Refused) { Reason = refused.Message }];
        }

        var results = new List<WriteResult>(batch.Count);
        var open = batch.ToDictionary(write => write.RecordId);
        foreach (var row in answer.Body.Results ?? [])
        {
            if (row?.Id is { } id && open.Remove(id))
            {
                results.Add(Written(id, row));
            }
        }

        foreach (var error in answer.Body.Errors ?? [])
        {
            if (error?.Category == "OBJECT_NOT_FOUND")
            {
                continue;
            }

            foreach (var id in error?.Context?.Ids ?? [])
            {
                if (id is not null && open.Remove(id))
                {
                    results.Add(new WriteResult(id, WriteOutcome.Refused) { Reason = HubSpotErrors.ReasonOf(error) });
                }
            }
        }

        // What is in neither list counts as not found too: it is answered under another id, or not at all.
        foreach (var write in open.Values)
        {
            results.Add(await FollowAsync(write, cancellation).ConfigureAwait(false));
        }

        return results;
    }

    private async Task<WriteResult> FollowAsync(RecordWrite write, CancellationToken cancellation)
    {
        var survivor = await MergedContacts.FindAsync(transport, _find, write.RecordId, [ContactReader.StampProperty], cancellation).ConfigureAwait(false);
        if (survivor?.Id is not { } id)
        {
            return new WriteResult(write.RecordId, WriteOutcome.Gone);
        }

        var newId = id == write.RecordId ? null : id;
        try
        {
            var update = new ObjectUpdate(null, Properties(write));
            var answer = await transport.CallAsync(_single, t => transport.Objects.UpdateAsync($"{_path}/{id}", update, t), cancellation).ConfigureAwait(false);
            return Written(write.RecordId, answer.Body) with { NewId = newId };
        }
        catch (BatchRefusedException refused)
        {
            return new WriteResult(write.RecordId, WriteOutcome.Refused) { NewId = newId, Reason = refused.Message };
        }
    }

    private static WriteResult Written(string id, HubSpotObject row) =>
        new(id, WriteOutcome.Written) { Stamp = ObjectStamp.Of(row, ContactReader.StampProperty) };

    private static Dictionary<string, string> Properties(RecordWrite write)
    {
        var properties = new Dictionary<string, string>();
        foreach (var (name, value) in write.Fields)
        {
            var field = LeadField.Find(name) ?? throw new ArgumentException($"{name} is none of our fields.", nameof(write));
            properties[LeadProperties.Of(field)] = value;
        }

        if (write.Lifecycle is { } lifecycle)
        {
            properties[LeadProperties.Lifecycle] = lifecycle;
        }

        return properties;
    }
}
