using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Sends to one connection the fields whose desired value differs from the known one, and only those. A batch goes through these checkpoints:
/// <list type="number">
/// <item>Where the lifecycle moves or sales fields are touched, the records are read in the same step; one that a person changed meanwhile leaves the batch and is heard first.</item>
/// <item>Each (record, field, before, value) is committed as <c>sent</c>, with the instant of a hand-over that the batch is the first to carry. From here on the write counts as ours.</item>
/// <item>The batch leaves, once. An answer makes it <c>confirmed</c> or <c>failed</c>; no answer leaves it <c>unknown</c>, settled by reading.</item>
/// <item>What was confirmed is known, with the stamp of the answer, so that its echo costs nothing. What failed still differs: nothing has to remember to send it again.</item>
/// </list>
/// Very many records go by jobs where the CRM has such (<see cref="JobPush"/>), once what carries a stage's move, a hand-over or sales fields has gone in batches.
/// </summary>
internal sealed class PushStage(ConnectionSession session, AgreementInForce agreement, Instant at, IReadOnlySet<string>? pilot, IProgress<RunProgress>? progress)
{
    /// <summary>How often what got no answer and proved unwritten is sent within one run; after that the next run goes on.</summary>
    private const int MostPasses = 3;

    private readonly LifecycleMoves _lifecycle = new(session);
    private readonly WriteGuards _guards = new(at);
    private readonly ProvisionAgain _provisionAgain = new(session, agreement);
    private readonly Dictionary<string, int> _withheld = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, int>> _lengths = [];
    private readonly Dictionary<string, int> _leftToJobs = [];
    private int _movedBack;

    private readonly Lock _counting = new();
    private readonly List<Task> _sending = [];
    private int _unanswered;
    private int _putOff;
    private string? _whyPutOff;
    private bool _isUnsettled;
    private bool _onlyStages;
    private bool _leavesToJobs;

    /// <summary>Answers whether a person's change was met that is to be heard before the rest is sent.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        try
        {
            _leavesToJobs = await AreManyAsync(cancellation);
            var heard = await PushAllAsync(cancellation);
            if (_leavesToJobs)
            {
                _leavesToJobs = false;
                _onlyStages |= !await new JobPush(session, at, pilot, _guards, LengthsAsync, PushOneAsync, progress).RunAsync(_leftToJobs, cancellation);
                heard |= await PushAllAsync(cancellation);
            }

            return heard;
        }
        finally
        {
            // What left is answered before anybody else looks, also where another batch failed.
            await Task.WhenAll(_sending).ContinueWith(sent => sent.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>So many records are due that some of them may be worth a job.</summary>
    private async Task<bool> AreManyAsync(CancellationToken cancellation)
    {
        if (session.Crm.WriteJobs is not { } jobs || pilot?.Count < jobs.WorthFrom)
        {
            return false;
        }

        await using var transaction = await session.BeginAsync(cancellation);
        return (await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).PushDue >= jobs.WorthFrom;
    }

    /// <summary>One batch, whose answer is awaited.</summary>
    private async Task PushOneAsync(string personObject, List<RecordRow> records, CancellationToken cancellation)
    {
        await PushAsync(personObject, records, cancellation);
        await ArrivedAsync(atMost: 0, cancellation);
    }

    private async Task<IReadOnlyDictionary<string, int>> LengthsAsync(string personObject, CancellationToken cancellation) =>
        _lengths.TryGetValue(personObject, out var known) ? known : _lengths[personObject] = await session.Crm.ShorterTextsAsync(personObject, cancellation);

    /// <summary>Whether a record's write is one of many alike; it is counted if so.</summary>
    private bool IsLeftToJobs(RecordRow record)
    {
        if (!_leavesToJobs || !JobPush.Takes(record))
        {
            return false;
        }

        _leftToJobs[record.Object] = _leftToJobs.GetValueOrDefault(record.Object) + 1;
        return true;
    }

    private async Task<bool> PushAllAsync(CancellationToken cancellation)
    {
        long after = 0;
        var heard = false;
        var pass = 1;
        long looked = 0;
        long? total = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await HasOtherModeAsync(cancellation))
            {
                await ArrivedAsync(atMost: 0, cancellation);
                return false;
            }

            if (await AreTooManyParkedAsync(cancellation))
            {
                await session.PauseAsync("many records are parked because something else writes the same fields; look at `quarantine`, then resume", cancellation);
                return false;
            }

            IReadOnlyList<RecordRow> due;
            await using (var transaction = await session.BeginAsync(cancellation))
            {
                // In a pilot most of what is due stays so.
                total ??= progress is null || pilot is not null ? null : (await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).PushDue;
                due = await transaction.Records.PushDueAsync(session.Connection.Id, at, after, session.Crm.BatchSizes.Write);
            }

            if (due.Count == 0)
            {
                await ArrivedAsync(atMost: 0, cancellation);
            }

            if (due.Count == 0 && _unanswered + _putOff > 0 && pass < MostPasses)
            {
                // A run that ends well has sent everything: a value that only a later run would overwrite must not be left out.
                (after, _unanswered, _putOff, pass) = (0, 0, 0, pass + 1);
                continue;
            }

            if (due.Count == 0)
            {
                if (_unanswered > 0)
                {
                    session.Failures.Add(string.Create(CultureInfo.InvariantCulture,
                        $"{session.Connection.Name}: the CRM did not answer {_unanswered} write(s), {MostPasses} times; what was not written is sent by the next run"));
                }

                if (_putOff > 0)
                {
                    session.Failures.Add(string.Create(CultureInfo.InvariantCulture,
                        $"{session.Connection.Name}: {_putOff} record(s) could not be written for now ({_whyPutOff}); they are sent by the next run"));
                }

                foreach (var (why, records) in _withheld)
                {
                    session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: the CRM's lifecycle was left alone on {records} record(s): {why}"));
                }

                if (_movedBack > 0)
                {
                    session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: the CRM's lifecycle was moved back on {_movedBack} record(s), as AllowBackward allows"));
                }

                return heard;
            }

            after = due.Max(record => record.Id);
            looked += due.Count;
            foreach (var ofObject in due.Where(record => (pilot is null || pilot.Contains(record.ExternalId)) && (!_onlyStages || IsOfStage(record)) && !IsLeftToJobs(record)).GroupBy(record => record.Object))
            {
                heard |= await PushAsync(ofObject.Key, [.. ofObject], cancellation);
            }

            progress?.Report(new RunProgress(session.Connection.Name, "push", looked, total is { } all ? Math.Max(all, looked) : null));
        }
    }

    private async Task<bool> AreTooManyParkedAsync(CancellationToken cancellation)
    {
        if (!session.HasParked)
        {
            return false;
        }

        session.HasParked = false;
        await using var transaction = await session.BeginAsync(cancellation);
        return await transaction.Writes.CountParkedAsync(session.Connection.Id, at - WriteGuards.ParkedWithin) >= WriteGuards.ParkedPauses;
    }

    private async Task<bool> PushAsync(string personObject, List<RecordRow> records, CancellationToken cancellation)
    {
        records = await _guards.ParkAsync(session, records, cancellation);
        var moves = new Dictionary<long, LifecycleMove>();
        var heard = false;
        if (records.Any(record => record.LifecycleDue is not null || record.SalesDue.Count > 0))
        {
            (records, heard) = await ReadAgainAsync(personObject, records, moves, cancellation);
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

    /// <summary>Waits until so few batches are on their way. Where none is any more, what was left without an answer is settled.</summary>
    private async Task ArrivedAsync(int atMost, CancellationToken cancellation)
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

    /// <summary>More than scores changed.</summary>
    private static bool IsOfStage(RecordRow record) =>
        record.HandOverDue > 0 || record.LifecycleDue is not null
        || record.Desired?.GetValueOrDefault(LeadField.Stage.Name, "") != record.Known.GetValueOrDefault(LeadField.Stage.Name, "");

    /// <summary>Checkpoint 1.</summary>
    private async Task<(List<RecordRow> Records, bool Heard)> ReadAgainAsync(
        string personObject, List<RecordRow> records, Dictionary<long, LifecycleMove> moves, CancellationToken cancellation)
    {
        var asked = records.Where(record => record.LifecycleDue is not null || record.SalesDue.Count > 0).ToList();
        var present = (await session.Crm.ReadRecordsAsync(personObject, [.. asked.Select(record => record.ExternalId)], cancellation)).ToDictionary(record => record.Id);
        var kept = records.Except(asked).ToList();
        var left = new List<RecordRow>();
        foreach (var record in asked)
        {
            if (!present.TryGetValue(record.ExternalId, out var now))
            {
                left.Add(record with { IsGone = true });
                continue;
            }

            var row = record with { Lifecycle = now.Lifecycle };
            if (record.SalesDue.Count > 0 && SalesMoved(record, now.Fields))
            {
                left.Add(row with { Known = WithSales(record.Known, now.Fields), IsHistoryDue = true });
                continue;
            }

            if (record.LifecycleDue is { } due)
            {
                var move = await _lifecycle.DecideAsync(due, now.Lifecycle, cancellation);
                if (move.Target is null)
                {
                    if (move.WhyNot is { } why)
                    {
                        _withheld[why] = _withheld.GetValueOrDefault(why) + 1;
                    }

                    row = row with { LifecycleDue = null };
                }
                else
                {
                    moves[record.Id] = move;
                }
            }

            kept.Add(row);
        }

        if (left.Count > 0)
        {
            await using var transaction = await session.BeginAsync(cancellation);
            await transaction.Records.SaveAsync(left);
            await transaction.Leads.MarkDueAsync([.. left.Where(record => record.IsGone && record.LeadId > 0).Select(record => record.LeadId).Distinct()]);
            await transaction.CommitAsync(cancellation);
        }

        return ([.. kept.OrderBy(record => record.Id)], left.Any(record => record.IsHistoryDue));
    }

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

    /// <summary>A CRM whose lifecycle only moves forward takes an earlier stage only after it was cleared, in a request of its own.</summary>
    private async Task ClearLifecycleAsync(string personObject, IReadOnlyList<PreparedWrite> batch, CancellationToken cancellation)
    {
        var clear = batch.Where(write => write.ClearsLifecycle).Select(write => new RecordWrite(write.Record.ExternalId, new Dictionary<string, string>()) { Lifecycle = "" }).ToList();
        if (clear.Count > 0)
        {
            await session.Crm.WriteAsync(personObject, clear, cancellation);
        }
    }

    /// <summary>A refused move back is answered like one that was made: only reading tells, and whoever moved the record meanwhile wins.</summary>
    private async Task ReadLifecycleBackAsync(string personObject, IReadOnlyList<PreparedWrite> batch, CancellationToken cancellation)
    {
        var moved = batch.Where(write => write.ClearsLifecycle).ToDictionary(write => write.Record.ExternalId);
        if (moved.Count == 0)
        {
            return;
        }

        var now = await session.Crm.ReadRecordsAsync(personObject, [.. moved.Keys], cancellation);
        var stayed = now.Where(record => moved.ContainsKey(record.Id) && record.Lifecycle != moved[record.Id].Lifecycle).ToDictionary(record => record.Id);
        _movedBack += moved.Count - stayed.Count;
        if (stayed.Count == 0)
        {
            return;
        }

        await using var transaction = await session.BeginAsync(cancellation);
        var rows = await transaction.Records.GetAsync(session.Connection.Id, personObject, stayed.Keys);
        await transaction.Records.SaveAsync([.. rows.Select(row => row with { Lifecycle = stayed[row.ExternalId].Lifecycle })]);
        await transaction.CommitAsync(cancellation);
        session.Failures.AddRange(stayed.Values.Select(record =>
            $"{session.Connection.Name}: {record.Object} {record.Id}: its lifecycle was to go back to {moved[record.Id].Lifecycle} and is {record.Lifecycle ?? "empty"}: look at it in the CRM"));
    }

    /// <summary>Checkpoint 3, and 4 with what came back. A batch refused as a whole is bisected until the guilty records are found.</summary>
    private async Task SendAsync(string personObject, IReadOnlyList<PreparedWrite> batch, ILookup<long, long> ids, CancellationToken cancellation)
    {
        try
        {
            await ClearLifecycleAsync(personObject, batch, cancellation);
            var results = await session.Crm.WriteAsync(personObject, [.. batch.Select(write => write.ToRecordWrite())], cancellation);
            await TakeAnswersAsync(batch, results, ids, cancellation);
            await ReadLifecycleBackAsync(personObject, batch, cancellation);
        }
        catch (UnknownOutcomeException)
        {
            await SetStateAsync(batch, ids, WriteState.Unknown, "no answer came", CancellationToken.None);
            lock (_counting)
            {
                (_isUnsettled, _unanswered) = (true, _unanswered + 1);
            }
        }
        catch (BatchRefusedException refused) when (refused.UnknownFields.Count > 0)
        {
            if (await ProvisionAgainAsync(refused, batch, ids, cancellation))
            {
                await SendAsync(personObject, [.. batch.Select(write => write.WithoutKnown(refused.UnknownFields))], ids, cancellation);
                return;
            }

            await SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
            throw new FatalCrmException(
                $"the CRM does not have {string.Join(", ", refused.UnknownFields)}",
                $"Run `provision {session.Connection.Name}`; the next sync sends what is due.",
                refused);
        }
        catch (BatchRefusedException refused) when (batch.Count == 1)
        {
            await QuarantineAsync(batch[0], ids, refused.Message, cancellation);
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
            await SetStateAsync(batch, ids, WriteState.Failed, spent.Message, CancellationToken.None);
            lock (_counting)
            {
                if (!_onlyStages)
                {
                    session.Notices.Add($"{session.Connection.Name}: scores wait: {spent.Message}");
                }

                _onlyStages = true;
            }
        }
        catch (CrmException refused)
        {
            await SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
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
            await SetStateAsync(batch, ids, WriteState.Failed, refused.Message, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Checkpoint 4.</summary>
    private async Task TakeAnswersAsync(IReadOnlyList<PreparedWrite> batch, IReadOnlyList<WriteResult> results, ILookup<long, long> ids, CancellationToken cancellation)
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
                            (_putOff, _whyPutOff) = (_putOff + 1, result.Reason);
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

    private async Task QuarantineAsync(PreparedWrite write, ILookup<long, long> ids, string reason, CancellationToken cancellation)
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

    private async Task SetStateAsync(IReadOnlyList<PreparedWrite> batch, ILookup<long, long> ids, WriteState state, string reason, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        await transaction.Writes.SetStateAsync([.. batch.SelectMany(write => ids[write.Record.Id])], state, reason);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Another mode takes effect within one batch, whoever sets it: what may be written has to be looked at anew.</summary>
    private async Task<bool> HasOtherModeAsync(CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        return (await transaction.Connections.FindAsync(session.Connection.Name))?.Mode != session.Connection.Mode;
    }

    /// <summary>The stream that brings an object's records; it is called after it: <c>leads</c>.</summary>
    private string PersonStream(string personObject) =>
        session.Crm.Streams.First(stream => stream.Content == Crm.Streams.StreamContentKind.Records && stream.Name.StartsWith(personObject, StringComparison.Ordinal)).Name;

    private static bool SalesMoved(RecordRow record, IReadOnlyDictionary<string, string> now) =>
        LeadField.OfSales.Any(field => FieldValue.Normalize(field, now.GetValueOrDefault(field.Name)) != record.Known.GetValueOrDefault(field.Name, ""));

    private static Dictionary<string, string> WithSales(IReadOnlyDictionary<string, string> known, IReadOnlyDictionary<string, string> now)
    {
        var moved = new Dictionary<string, string>(known);
        foreach (var field in LeadField.OfSales)
        {
            PreparedWrite.Set(moved, field.Name, FieldValue.Normalize(field, now.GetValueOrDefault(field.Name)));
        }

        return moved;
    }
}
