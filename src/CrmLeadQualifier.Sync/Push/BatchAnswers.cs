using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>What became of a batch's writes, in the ledger. Several batches are answered at once.</summary>
internal sealed class BatchAnswers(ConnectionSession session, Instant at)
{
    private readonly Lock _counting = new();

    /// <summary>Records that were not written by no fault of theirs, since this was last cleared, and why the last one was not.</summary>
    public (int Records, string? Why) PutOff { get; set; }

    /// <summary>What was written is known from now on; what was refused is told apart, record by record.</summary>
    public async Task TakeAsync(IReadOnlyList<PreparedWrite> batch, IReadOnlyList<WriteResult> results, ILookup<long, long> ids, CancellationToken cancellation)
    {
        var byId = results.GroupBy(result => result.RecordId).ToDictionary(group => group.Key, group => group.Last());
        var rows = new List<RecordRow>(batch.Count);
        var confirmed = new List<long>();
        var stamps = new Dictionary<string, Instant>();
        var stream = PersonStream(batch[0].Record.Object);
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            foreach (var write in batch)
            {
                var result = byId.GetValueOrDefault(write.Record.ExternalId);
                if (result is null || result.Outcome == WriteOutcome.Refused)
                {
                    continue;
                }

                if (result.Outcome != WriteOutcome.Written)
                {
                    if (result.Outcome == WriteOutcome.Again)
                    {
                        lock (_counting)
                        {
                            PutOff = (PutOff.Records + 1, result.Reason);
                        }
                    }
                    else
                    {
                        rows.Add(result.Outcome == WriteOutcome.Gone ? write.Record with { IsGone = true } : write.Record with { Parked = RecordIntake.Converted });
                    }

                    await transaction.Writes.SetStateAsync([.. ids[write.Record.Id]], WriteState.Failed, result.Outcome == WriteOutcome.Gone ? "the record is gone" : result.Reason);
                    continue;
                }

                rows.Add(write.Confirmed(result.Stamp));
                confirmed.AddRange(ids[write.Record.Id]);
                lock (_counting)
                {
                    session.Report.RecordsWritten++;
                    session.Report.FieldsWritten += write.Fields.Count + (write.Lifecycle is null ? 0 : 1);
                }
                if (result.Stamp is { } stamp)
                {
                    stamps[result.NewId ?? write.Record.ExternalId] = stamp;
                }
            }

            await transaction.Writes.SetStateAsync(confirmed, WriteState.Confirmed, null);
            await transaction.Records.SaveAsync(rows);
            // Another record of the lead may be the one to hand over now.
            await transaction.Leads.MarkDueAsync([.. rows.Where(record => (record.IsGone || record.Parked is not null) && record.LeadId > 0).Select(record => record.LeadId).Distinct()]);
            var written = rows.Select(record => record.ExternalId).ToHashSet();
            await transaction.Writes.LiftQuarantineAsync([.. (await transaction.Writes.QuarantinedAsync(session.Connection.Id))
                .Where(row => row.Stream == stream && written.Contains(row.ExternalId))
                .Select(row => row.Id)]);
            await transaction.Cursors.RememberStampsAsync(session.Connection.Id, stream, [.. stamps]);
            await transaction.CommitAsync(cancellation);
        }

        foreach (var write in batch)
        {
            if (!byId.TryGetValue(write.Record.ExternalId, out var result))
            {
                await SetStateAsync([write], ids, WriteState.Unknown, "the answer does not name this record", cancellation);
            }
            else if (result.Outcome == WriteOutcome.Refused)
            {
                await QuarantineAsync(write, ids, result.Reason ?? "the CRM refused it without a reason", cancellation);
            }
        }
    }

    public async Task QuarantineAsync(PreparedWrite write, ILookup<long, long> ids, string reason, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        await transaction.Writes.SetStateAsync([.. ids[write.Record.Id]], WriteState.Failed, reason);
        await transaction.Records.SaveAsync([write.Record with { Parked = RecordIntake.Quarantine }]);
        await transaction.Writes.QuarantineAsync([new QuarantineRow(0, session.Connection.Id, PersonStream(write.Record.Object), write.Record.ExternalId, reason, at)]);
        await transaction.CommitAsync(cancellation);
        lock (_counting)
        {
            session.Report.Quarantined++;
            session.Failures.Add($"{session.Connection.Name}: {write.Record.Object} {write.Record.ExternalId} is in quarantine: {reason}");
        }
    }

    /// <summary>Nothing is known of the records themselves: they differ as before.</summary>
    public async Task SetStateAsync(IReadOnlyList<PreparedWrite> batch, ILookup<long, long> ids, WriteState state, string reason, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        await transaction.Writes.SetStateAsync([.. batch.SelectMany(write => ids[write.Record.Id])], state, reason);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The stream that brings an object's records; it is called after it: <c>leads</c>.</summary>
    private string PersonStream(string personObject) =>
        session.Crm.Streams.First(stream => stream.Content == Crm.Streams.StreamContentKind.Records && stream.Name.StartsWith(personObject, StringComparison.Ordinal)).Name;
}
