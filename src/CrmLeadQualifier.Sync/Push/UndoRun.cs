using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Takes a run's writes back, where they have not changed since. The lifecycle cannot be put back: it only moves forward, and workflows may have acted on it.
/// </summary>
public sealed class UndoRun(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>What would be restored and what cannot be; reads only.</summary>
    /// <exception cref="ConfigurationException">The run wrote nothing, or there is no such run.</exception>
    public async Task<UndoPreview> PreviewAsync(string run, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var writes = (await transaction.Writes.OfRunAsync(run)).Where(write => write.State == WriteState.Confirmed).ToList();
        if (writes.Count == 0)
        {
            throw new ConfigurationException($"run {run} has written nothing that could be put back; `runs` lists the runs");
        }

        var records = (await transaction.Records.GetAsync([.. writes.Select(write => write.RecordId).Distinct()])).ToDictionary(record => record.Id);
        var connections = (await transaction.Connections.ListAsync()).ToDictionary(connection => connection.Id, connection => connection.Name);
        var planned = writes
            // Of an account that was disconnected since nothing is put back.
            .Where(write => records.ContainsKey(write.RecordId) && connections.ContainsKey(write.ConnectionId))
            .GroupBy(write => (write.RecordId, write.Field))
            .Select(ofField => (First: ofField.MinBy(write => write.Id)!, Last: ofField.MaxBy(write => write.Id)!))
            .Select(write => new PlannedWrite(
                connections[write.First.ConnectionId], records[write.First.RecordId].Object, records[write.First.RecordId].ExternalId,
                write.First.Field, write.Last.Value, write.First.Before))
            .ToLookup(write => write.Field == PreparedWrite.LifecycleField);
        return new UndoPreview(run, [.. planned[false]], [.. planned[true]]);
    }

    /// <summary>Pauses pushing on the run's connections and restores; the restored values are known, so that <c>resume</c> shows what it will write.</summary>
    /// <inheritdoc cref="PreviewAsync"/>
    public async Task<RunReport> RunAsync(string run, CancellationToken cancellation)
    {
        var preview = await PreviewAsync(run, cancellation);
        return await PlannedRun.RunAsync(ledger, openCrm, _ => ConnectionOptions.None, new HashSet<NodaTime.LocalDate>(), Instant.Now(clock), preview.Restored, pause: true, cancellation);
    }
}

/// <param name="CannotBeRestored">Moves of the CRM's lifecycle.</param>
public sealed record UndoPreview(string Run, IReadOnlyList<PlannedWrite> Restored, IReadOnlyList<PlannedWrite> CannotBeRestored);
