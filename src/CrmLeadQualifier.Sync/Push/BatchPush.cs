using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Takes batches through these checkpoints, several side by side where the CRM takes that:
/// <list type="number">
/// <item>Where the lifecycle moves or sales fields are touched, the records are read in the same step; one that a person changed meanwhile leaves the batch and is heard first.</item>
/// <item>Each (record, field, before, value) is committed as <c>sent</c>, with the instant of a hand-over that the batch is the first to carry. From here on the write counts as ours.</item>
/// <item>The batch leaves, once. An answer makes it <c>confirmed</c> or <c>failed</c>; no answer leaves it <c>unknown</c>, settled by reading.</item>
/// <item>What was confirmed is known, with the stamp of the answer, so that its echo costs nothing. What failed still differs: nothing has to remember to send it again.</item>
/// </list>
/// </summary>
internal sealed class BatchPush(ConnectionSession session, AgreementInForce agreement, Instant at, WriteGuards guards, LifecycleMoves lifecycle)
{
    private readonly ReadBeforeWrite _readBefore = new(session, lifecycle);
    private readonly BatchAnswers _answers = new(session, at);
    private readonly ProvisionAgain _provisionAgain = new(session, agreement);
    private readonly Dictionary<string, IReadOnlyDictionary<string, int>> _lengths = [];
    private readonly Lock _counting = new();
    private readonly List<Task> _sending = [];
    private bool _isUnsettled;

    /// <summary>Batches that no answer came to, since this was last set to 0.</summary>
    public int Unanswered { get; set; }

    /// <inheritdoc cref="BatchAnswers.PutOff"/>
    public (int Records, string? Why) PutOff
    {
        get => _answers.PutOff;
        set => _answers.PutOff = value;
    }

    /// <summary>False: the calls that are left today are for stages and hand-overs.</summary>
    public bool HasCallsForScores { get; set; } = true;

    /// <summary>Takes one batch through its checkpoints. It may still be on its way when this returns.</summary>
    /// <returns>Whether a person's change was met that is to be heard before the rest is sent.</returns>
    public async Task<bool> PushAsync(string personObject, List<RecordRow> records, CancellationToken cancellation)
    {
        records = await guards.ParkAsync(session, records, cancellation);
        var moves = new Dictionary<long, LifecycleMove>();
        var heard = false;
        if (records.Any(record => record.LifecycleDue is not null || record.SalesDue.Count > 0))
        {
            (records, heard) = await _readBefore.RunAsync(personObject, records, moves, cancellation);
        }

        var lengths = await LengthsAsync(personObject, cancellation);
        var (writes, ids) = await CommitAsSentAsync([.. records.Select(record => PreparedWrite.Cut(record, lengths))], moves, cancellation);
        if (writes.Count > 0)
        {
            await ArrivedAsync(session.Crm.SideBySide - 1, cancellation);
            _sending.Add(SendAsync(personObject, writes, ids, cancellation));
            if (session.Crm.SideBySide == 1)
            {
                await ArrivedAsync(atMost: 0, cancellation);
            }
        }

        return heard;
    }

    /// <summary>Of the object's fields that hold less than usual, how much.</summary>
    public async Task<IReadOnlyDictionary<string, int>> LengthsAsync(string personObject, CancellationToken cancellation) =>
        _lengths.TryGetValue(personObject, out var known) ? known : _lengths[personObject] = await session.Crm.ShorterTextsAsync(personObject, cancellation);

    /// <summary>Waits until so few batches are on their way. Where none is any more, what was left without an answer is settled.</summary>
    public async Task ArrivedAsync(int atMost, CancellationToken cancellation)
    {
        while (_sending.Count > atMost)
        {
            var sent = await Task.WhenAny(_sending);
            _sending.Remove(sent);
            await sent;
        }

        if (_sending.Count == 0 && _isUnsettled)
        {
            _isUnsettled = false;
            await Settlement.RunAsync(session, cancellation);
        }
    }

    /// <summary>Waits for all that left, also where another batch failed: it is answered before anybody else looks.</summary>
    public Task DrainAsync() =>
        Task.WhenAll(_sending).ContinueWith(sent => sent.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Checkpoint 2.</summary>
    private async Task<(IReadOnlyList<PreparedWrite> Writes, ILookup<long, long> Ids)> CommitAsSentAsync(
        List<RecordRow> records, Dictionary<long, LifecycleMove> moves, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var handed = records.Where(record => record.HandOverDue > 0).Select(record => record.LeadId).Distinct().ToList();
        var leads = handed.Count > 0 ? (await transaction.Leads.GetAsync(handed)).ToDictionary(lead => lead.Id) : [];
        var handOvers = new List<HandOverRow>();
        var prepared = new List<PreparedWrite>(records.Count);
        foreach (var record in records)
        {
            var row = record;
            if (record.HandOverDue > 0)
            {
                var before = leads[record.LeadId];
                (row, leads[record.LeadId]) = PreparedWrite.HandOver(record, before, agreement, at);
                handOvers.AddRange(PreparedWrite.NewHandOver(before, leads[record.LeadId], at));
            }

            var move = moves.GetValueOrDefault(record.Id);
            prepared.Add(PreparedWrite.Of(row, move.Target) with { ClearsLifecycle = move.IsBackward });
        }

        var writes = prepared.Where(write => !write.IsEmpty).ToList();
        var rows = writes.SelectMany(write => write.ToRows(session.Run, at)).ToList();
        var ids = await transaction.Writes.AddAsync(rows);
        await transaction.Leads.SaveAsync([.. leads.Values]);
        await transaction.HandOvers.AddAsync(handOvers);
        await transaction.Records.SaveAsync([.. prepared.Select(write => write.IsEmpty ? write.Confirmed(null) : write.Record)]);
        await transaction.CommitAsync(cancellation);
        return (writes, rows.Zip(ids).ToLookup(pair => pair.First.RecordId, pair => pair.Second));
    }

    /// <summary>Checkpoint 3, and 4 with what came back. A batch refused as a whole is bisected until the guilty records are found.</summary>
    private async Task SendAsync(string personObject, IReadOnlyList<PreparedWrite> batch, ILookup<long, long> ids, CancellationToken cancellation)
    {
        try
        {
            await lifecycle.ClearAsync(personObject, batch, cancellation);
            var results = await session.Crm.WriteAsync(personObject, [.. batch.Select(write => write.ToRecordWrite())], cancellation);
            await _answers.TakeAsync(batch, results, ids, cancellation);
            await lifecycle.ReadBackAsync(personObject, batch, cancellation);
        }
        catch (UnknownOutcomeException)
        {
            await _answers.SetStateAsync(batch, ids, WriteState.Unknown, "no answer came", CancellationToken.None);
            lock (_counting)
            {
                (_isUnsettled, Unanswered) = (true, Unanswered + 1);
            }
        }
        catch (BatchRefusedException refused) when (refused.UnknownFields.Count > 0)
        {
            if (await ProvisionAgainAsync(refused, batch, ids, cancellation))
            {
                await SendAsync(personObject, [.. batch.Select(write => write.WithoutKnown(refused.UnknownFields))], ids, cancellation);
                return;
            }

            await _answers.SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
            throw new FatalCrmException(
                $"the CRM does not have {string.Join(", ", refused.UnknownFields)}",
                $"Run `provision {session.Connection.Name}`; the next sync sends what is due.",
                refused);
        }
        catch (BatchRefusedException refused) when (batch.Count == 1)
        {
            await _answers.QuarantineAsync(batch[0], ids, refused.Message, cancellation);
        }
        catch (BatchRefusedException)
        {
            var half = batch.Count / 2;
            await SendAsync(personObject, [.. batch.Take(half)], ids, cancellation);
            await SendAsync(personObject, [.. batch.Skip(half)], ids, cancellation);
        }
        catch (BudgetSpentException spent)
        {
            // It still differs, and is sent when there are calls for it; stages and hand-overs go on.
            await _answers.SetStateAsync(batch, ids, WriteState.Failed, spent.Message, CancellationToken.None);
            lock (_counting)
            {
                if (HasCallsForScores)
                {
                    session.Notices.Add($"{session.Connection.Name}: scores wait: {spent.Message}");
                }

                HasCallsForScores = false;
            }
        }
        catch (CrmException refused)
        {
            await _answers.SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> ProvisionAgainAsync(BatchRefusedException refused, IReadOnlyList<PreparedWrite> batch, ILookup<long, long> ids, CancellationToken cancellation)
    {
        try
        {
            return await _provisionAgain.RunAsync(refused, cancellation);
        }
        catch (CrmException)
        {
            // What was not sent is not to be settled as if it had been.
            await _answers.SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
            throw;
        }
    }
}
