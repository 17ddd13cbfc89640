using System.Runtime.CompilerServices;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>What a Lead's or Contact's jobs need to know of it.</summary>
internal sealed record IngestedObject(PersonReader Reader, RecordValues Values, RecordWriting Batches);

/// <summary>
/// Updates that Salesforce carries out by itself (Bulk API 2.0). A job that has its rows does nothing before it is closed; closed, it is worked off in any case, and says of each row what became of it.
/// </summary>
internal sealed class IngestJobs(
    SalesforceTransport transport, ObjectDescriptions descriptions, IReadOnlyDictionary<string, IngestedObject> objects, TimeSpan patience, TimeProvider clock) : IWriteJobs
{
    /// <summary>Salesforce's own rule: collections up to 2,000 records, jobs above.</summary>
    private const int MostInBatches = 2_000;

    /// <summary>So that a job's results are settled within minutes; Salesforce would take a hundred million.</summary>
    private const int MostInJob = 100_000;

    /// <summary>
    /// Salesforce works a job off by parts of 10,000 rows and tries a part again, from its first row, that took too long: an org whose automation makes it that slow is given little at a time.
    /// </summary>
    private const double LongestPart = 150;

    private const int RowsInPart = 10_000;

    private const int RowsPerAnswer = 500;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);

    // Refused jobs are no reason to stop: collections do the same.
    private readonly CallContext _create = new("the jobs that update many records", "write jobs");
    private readonly CallContext _write = new("a job that updates many records", IsWrite: true) { Importance = CallImportance.Scores };

    // What became of a job that was begun is asked even of an org that is nearly used up: nothing else goes on before.
    private readonly CallContext _read = new("the jobs that update many records", "write jobs") { Importance = CallImportance.Verdicts };

    public int WorthFrom => MostInBatches + 1;

    public int MostRecords(string personObject, WriteJobPace? last) => (last ?? objects[personObject].Batches.Pace) is not { } pace ? 0
        : pace.SecondsPerThousand * RowsInPart / 1000 < LongestPart ? MostInJob
        : MostInBatches;

    public async Task<string> CreateAsync(string personObject, CancellationToken cancellation)
    {
        var request = new IngestJobRequest(objects[personObject].Reader.SObject, "update", "CSV", "LF");
        var answer = await transport.CallAsync<IngestJob>(
            _create, (api, token, t) => api.CreateIngestJobAsync(transport.Paths.IngestJobs, request, token, t), cancellation).ConfigureAwait(false);
        return SalesforceId.IsId(answer.Body.Id) ? answer.Body.Id! : throw new RetriableCrmException("Salesforce's answer names no job.", TimeSpan.Zero);
    }

    public async Task<bool> SendAsync(string personObject, string job, IAsyncEnumerable<IReadOnlyList<RecordWrite>> parts, CancellationToken cancellation)
    {
        var existing = await descriptions.GetAsync(objects[personObject].Reader.SObject, null, cancellation).ConfigureAwait(false);
        using var rows = new IngestRows(objects[personObject].Values, [.. existing.Keys]);
        await foreach (var part in parts.WithCancellation(cancellation).ConfigureAwait(false))
        {
            await rows.AddAsync(part, cancellation).ConfigureAwait(false);
            if (rows.IsFull)
            {
                break;
            }
        }

        try
        {
            await transport.CallAsync<string>(
                _write, (api, token, t) => api.UploadIngestAsync(transport.Paths.IngestRows(job), rows.ToContent(), token, t), cancellation).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is UnknownOutcomeException or BatchRefusedException)
        {
            // Whatever came of its rows, without being closed it does nothing.
            await AbortAsync(job, cancellation).ConfigureAwait(false);
            return false;
        }

        await CloseAsync(job, cancellation).ConfigureAwait(false);
        return true;
    }

    public async Task<WriteJobStatus> WaitAsync(string job, TimeSpan atMost, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        for (var pause = FirstPoll; ; pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
        {
            var state = await StateAsync(job, cancellation).ConfigureAwait(false);
            var pace = new WriteJobPace(state?.NumberRecordsProcessed ?? 0, TimeSpan.FromMilliseconds(state?.TotalProcessingTime ?? 0));
            switch (state?.State)
            {
                case null:
                    return new WriteJobStatus(WriteJobPhase.Forgotten);
                case "Open":
                    await AbortAsync(job, cancellation).ConfigureAwait(false);
                    return new WriteJobStatus(WriteJobPhase.NeverBegun);
                case "JobComplete":
                    return new WriteJobStatus(WriteJobPhase.Over, pace);
                case "Failed" or "Aborted":
                    return new WriteJobStatus(WriteJobPhase.Over, pace, SalesforceErrors.OfJob(state.ErrorMessage ?? state.State));
            }

            if (clock.GetElapsedTime(since) + pause > atMost)
            {
                return new WriteJobStatus(WriteJobPhase.AtWork, pace);
            }

            await transport.PauseAsync(pause, cancellation).ConfigureAwait(false);
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<WriteResult>> ReadResultsAsync(string personObject, string job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (path, isWritten) in new[] { (transport.Paths.IngestSuccesses(job), true), (transport.Paths.IngestFailures(job), false) })
        {
            using var response = await transport.OpenAsync(_read, (api, token, t) => api.GetIngestResultsAsync(path, token, t), cancellation).ConfigureAwait(false);
            using var rows = new CsvRows(response.Content!, patience);
            while (true)
            {
                var part = await ReadAsync(rows, isWritten, cancellation).ConfigureAwait(false);
                if (part.Count == 0)
                {
                    break;
                }

                yield return part;
            }
        }
    }

    private static async Task<IReadOnlyList<WriteResult>> ReadAsync(CsvRows rows, bool isWritten, CancellationToken cancellation)
    {
        var part = new List<WriteResult>(RowsPerAnswer);
        try
        {
            while (part.Count < RowsPerAnswer && await rows.ReadAsync(cancellation).ConfigureAwait(false) is { } row)
            {
                if ((row.Id ?? row.Get("sf__Id")) is { } id)
                {
                    id = SalesforceId.To18(id);
                    part.Add(isWritten ? new WriteResult(id, WriteOutcome.Written) : Failed(id, SalesforceErrors.OfJobRow(row.Get("sf__Error"))));
                }
            }
        }
        catch (IOException broken)
        {
            throw new RetriableCrmException($"A job's results did not come whole ({broken.Message}).", TimeSpan.Zero, broken);
        }

        return part;
    }

    /// <summary>What may fare better goes into collections, which know how: locks, merges, fewer at a time, fields to provision, duplicates that were there before.</summary>
    private static WriteResult Failed(string id, RowFailure failure) => new(id, failure.Recovery switch
    {
        RowRecovery.Refused when failure.Reason.StartsWith("DUPLICATES_DETECTED", StringComparison.Ordinal) => WriteOutcome.Again,
        RowRecovery.Refused => WriteOutcome.Refused,
        RowRecovery.Converted => WriteOutcome.Converted,
        _ => WriteOutcome.Again,
    })
    {
        Reason = failure.Reason,
    };

    /// <summary>From here on Salesforce works it off. No answer is settled by asking how it stands.</summary>
    private async Task CloseAsync(string job, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ChangeAsync(job, "UploadComplete", cancellation).ConfigureAwait(false);
                return;
            }
            catch (Exception lost) when (lost is UnknownOutcomeException or BatchRefusedException && attempt < 3)
            {
                if (await StateAsync(job, cancellation).ConfigureAwait(false) is not { State: "Open" })
                {
                    return;
                }
            }
        }
    }

    private async Task AbortAsync(string job, CancellationToken cancellation)
    {
        try
        {
            await ChangeAsync(job, "Aborted", cancellation).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is UnknownOutcomeException or BatchRefusedException)
        {
            // It is not closed and never will be; Salesforce forgets it within a week.
        }
    }

    private Task ChangeAsync(string job, string state, CancellationToken cancellation) => transport.CallAsync<IngestJob>(
        _write, (api, token, t) => api.ChangeIngestJobAsync(transport.Paths.IngestJob(job), new IngestJobChange(state), token, t), cancellation);

    private async Task<IngestJob?> StateAsync(string job, CancellationToken cancellation) => (await transport.FindAsync<IngestJob>(
        _read, (api, token, t) => api.GetIngestJobAsync(transport.Paths.IngestJob(job), token, t), cancellation).ConfigureAwait(false))?.Body;
}
