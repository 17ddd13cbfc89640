using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>
/// Scores the leads that are due, as of one instant T, and decides: score, stage change and desired fields of a batch of leads are one transaction. Nothing else is touched.
/// A lead of which something was read but not all stays due: with a record of a connection whose first read is not done, or whose history is to be read. What is still to come
/// of it would look like news, and hand it over or move it after the baseline that it belongs to.
/// </summary>
/// <param name="bringsHistory">Connections of which a first read of activities ended in this run: what they bring is a baseline.</param>
/// <param name="handover">Where sales works; null: in Salesforce where one is connected.</param>
public sealed class ScoreStage(
    ILedger ledger, AgreementInForce agreement, Instant at, string run, IReadOnlySet<long> bringsHistory, CrmKind? handover, IProgress<RunProgress>? progress)
{
    /// <summary>What a batch is made of stays in memory until it is saved, some 20 kB a lead.</summary>
    private const int BatchSize = 500;

    private const int MostLanes = 4;

    /// <summary>Is shown what each batch would come to, and nothing is kept; false ends it. Null: this is no rehearsal.</summary>
    internal Func<IReadOnlyList<LeadRow>, IReadOnlyList<RecordRow>, bool>? Rehearsal { get; init; }

    /// <summary>Who is told of an answer that became overdue.</summary>
    internal OverdueNotification Overdue { get; init; } = OverdueNotification.Off;

    private readonly DesiredFields _desired = new(agreement, at);
    private readonly IReadOnlyList<string> _asked = Standing.AskedBy(agreement.Definition);

    /// <summary>Answers how many leads were scored.</summary>
    /// <remarks>
    /// Where the engine lets them go side by side several batches are under way, each in a transaction of its own: while one waits for the server another is scored, also on one core.
    /// </remarks>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var walk = new Walk(new DueWalk(at, agreement.Definition.ScoringFingerprint), progress is null ? 0 : await CountDueAsync(cancellation));
        using var failure = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lanes = ledger.TakesLeadsSideBySide && Rehearsal is null ? Math.Clamp(Environment.ProcessorCount, 2, MostLanes) : 1;
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => RunLaneAsync(walk, failure)));
        return walk.Scored;
    }

    private async Task RunLaneAsync(Walk walk, CancellationTokenSource failure)
    {
        var lane = new Lane(new LeadFactsBuilder(agreement.Definition.Attributes), new FactsOfActivities());
        try
        {
            while (await ScoreBatchAsync(walk, lane, failure.Token))
            {
            }
        }
        catch
        {
            // What the others have not committed is not worth waiting for.
            await failure.CancelAsync();
            throw;
        }
    }

    /// <summary>False: nothing is due any more, or enough was rehearsed.</summary>
    private async Task<bool> ScoreBatchAsync(Walk walk, Lane lane, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var due = await walk.TakeAsync(transaction, cancellation);
        if (due.Count == 0)
        {
            return false;
        }

        var (scored, goesOn) = await DecideAsync(transaction, lane, due);
        if (Rehearsal is null)
        {
            await transaction.CommitAsync(cancellation);
        }

        walk.Add(scored, progress);
        return goesOn;
    }

    /// <summary>In a transaction of its own: those that score begin by taking leads, so that others may do so beside them.</summary>
    private async Task<int> CountDueAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Leads.CountDueAsync(at, agreement.Definition.ScoringFingerprint);
    }

    /// <summary>Answers how many leads were scored, and whether there is more to rehearse.</summary>
    private async Task<(int Scored, bool GoesOn)> DecideAsync(ILedgerTransaction transaction, Lane lane, IReadOnlyList<LeadRow> due)
    {
        var connections = await transaction.Connections.ListAsync();
        var unread = await UnreadAsync(transaction, connections);
        var settings = connections.ToDictionary(connection => connection.Id, connection => ConnectionSettings.Read(connection.Settings));
        var minimal = settings.Where(connection => connection.Value.IsMinimal).Select(connection => connection.Key).ToHashSet();
        var blind = settings.Where(connection => connection.Value.BlindOn.Count > 0).Select(connection => connection.Key).ToHashSet();
        var leads = new List<LeadRow>(due.Count);
        var records = new List<RecordRow>();
        var transitions = new List<TransitionRow>();
        var decided = new List<VerdictRow>();
        var handOvers = new List<HandOverRow>();
        var notices = new List<OverdueNoticeRow>();
        var scores = new List<Scored>(due.Count);
        var gone = new List<long>();
        var standings = new List<StandingRow>();
        foreach (var bundle in await LeadBundle.ReadAsync(transaction, due))
        {
            if (bundle.Present.Any(record => record.IsHistoryDue || unread.Contains(record.ConnectionId)))
            {
                continue;
            }

            if (bundle.Present.Count == 0)
            {
                gone.Add(bundle.Lead.Id);
                continue;
            }

            var facts = FactsOfLead.Build(bundle, agreement.Definition.Attributes, lane.Facts, lane.FactsOfActivities);
            var (score, counted) = agreement.Plan.ScoreAndCount(facts, at);
            scores.Add(new Scored(bundle, facts, score, counted, bundle.Present.Any(record => blind.Contains(record.ConnectionId))));
        }

        var attributesChangedAt = await AttributesChangedAsync(transaction, scores);
        foreach (var scored in scores)
        {
            var bundle = scored.Bundle;
            var handOver = HandOverRecord.Choose(bundle, handover);
            var newVerdicts = NewVerdicts(bundle);
            var decision = StageMachine.Decide(InputOf(scored, handOver, newVerdicts, attributesChangedAt));
            standings.Add(Standing.Of(bundle, scored.Facts, scored.Score, _asked, at));
            decided.AddRange(newVerdicts.Where(row => decision.Seen.Contains(row.Verdict)));
            transitions.AddRange(decision.Transitions.Select(transition => ToRow(bundle, transition, scored.Score, handOver)));
            handOvers.AddRange(NewHandOver(bundle, decision.State));
            notices.AddRange(NewNotices(bundle, decision.State, handOver));
            records.AddRange(_desired.Of(bundle, decision, scored.Score, scored.Counted.ByCriterion, handOver, minimal));
            leads.Add(bundle.Lead with
            {
                State = decision.State,
                Score = scored.Score,
                ScoredAt = at,
                Version = agreement.Version,
                IsDue = false,
                IsReleased = bundle.Lead.IsReleased && (decision.State.IsHeld || decision.State.NeedsRelease),
                NextDueAt = Earliest(scored.Score.NextChangeAt, decision.NextDueAt),
                HandOverRecordId = handOver?.Id ?? 0,
                Notes = DecisionNote.Standing(bundle.Lead.Notes, bundle.Lead.State, decision),
            });
        }

        if (Rehearsal is not null)
        {
            return (leads.Count, Rehearsal(leads, records));
        }

        if (gone.Count > 0)
        {
            // All their records are gone: the leads stay as they were, and have nothing to be due for.
            leads.AddRange((await transaction.Leads.GetAsync(gone)).Select(lead => lead with { IsDue = false, IsReleased = false, NextDueAt = null }));
            await transaction.Reports.EndStandingsAsync(gone, at);
        }

        await transaction.Leads.SaveAsync(leads);
        await transaction.Leads.AddTransitionsAsync(transitions);
        await Standing.SaveAsync(transaction, standings);
        await transaction.HandOvers.AddAsync(handOvers);
        await transaction.HandOvers.AddNoticesAsync(notices);
        await transaction.Feedback.MarkDecidedAsync(decided);
        await transaction.Records.SaveDecidedAsync(records);
        return (leads.Count, true);
    }

    /// <summary>Connections whose first read is not done; a stream that the CRM refuses is not waited for.</summary>
    private static async Task<IReadOnlySet<long>> UnreadAsync(ILedgerTransaction transaction, IReadOnlyList<ConnectionRow> connections)
    {
        var unread = new HashSet<long>();
        foreach (var connection in connections)
        {
            if ((await transaction.Cursors.ListAsync(connection.Id)).Any(cursor => !cursor.IsFirstReadDone && cursor.Refusal is null))
            {
                unread.Add(connection.Id);
            }
        }

        return unread;
    }

    private DecisionInput InputOf(Scored scored, RecordRow? handOver, IReadOnlyList<VerdictRow> newVerdicts, IReadOnlyDictionary<long, Instant> attributesChangedAt)
    {
        var (bundle, facts, score, counted, isBlind) = scored;
        return new DecisionInput
        {
            Definition = agreement.Definition,
            RetiredReasons = agreement.RetiredReasons.Keys.ToList(),
            At = at,
            State = WithMqlAt(bundle),
            Score = score,
            IsBaseline = IsBaseline(bundle),
            NewVerdicts = [.. newVerdicts.Select(row => row.Verdict)],
            Deals = [.. bundle.Deals.Select(row => row.Deal)],
            IsCustomer = FactsOfLead.IsCustomer(facts),
            LastScoringActivityAt = counted.LatestScoring,
            LastCountedAt = counted.ByCriterion,
            QualifiedSince = MayRise(scored)
                ? agreement.Plan.QualifiedSince(facts, at, attributesChangedAt.TryGetValue(bundle.Lead.Id, out var changedAt) ? Instant.Earliest(changedAt, at) : CreatedAt(facts))
                : null,
            IsReleased = bundle.Lead.IsReleased,
            CanBeHandedOver = handOver is not null,
            EarlierMqls = [.. bundle.Transitions.Where(IsReturnable).Select(row => row.Transition.At)],
            // What is noted about them comes with a verdict.
            KnownAttributes = newVerdicts.Count > 0 ? KnownAttributes(facts) : null,
            SalesContacts = SalesContacts.Of(bundle.Activities),
            Owner = handOver?.OwnerId,
            IsBlind = isBlind,
        };
    }

    /// <summary>
    /// Whether since when it is qualified may decide anything: to find it the lead is scored as of each of its activities, and nothing rises with a baseline, nor from a hold that nothing
    /// ended.
    /// </summary>
    private bool MayRise(Scored scored)
    {
        var (bundle, _, score, counted, isBlind) = scored;
        var state = bundle.Lead.State;
        var staysHeld = state.IsHeld && bundle.Deals.Count == 0 && bundle.Verdicts.All(row => row.IsDecided) && (counted.LatestScoring is not { } activity || activity <= state.HeldSince);
        return score.Status == LeadStatus.Qualified && state.Stage is Stage.Lead or Stage.Recycled && !isBlind && !staysHeld && !IsBaseline(bundle);
    }

    /// <summary>An MQL by the program's own decision; one that a withdrawn verdict gave back is the same as before.</summary>
    private static bool IsReturnable(TransitionRow row) =>
        row.Transition is { To: Stage.Mql, Cause: TransitionCause.Qualified or TransitionCause.Released };

    private static HashSet<string> KnownAttributes(LeadFacts facts) =>
        [.. facts.Schema.Attributes.Where((_, index) => facts.Values[index].IsKnown).Select(attribute => attribute.Name)];

    /// <summary>
    /// The first decision on what a first read brought, also where it joined a lead of another connection, and the first one under another agreement.
    /// </summary>
    private bool IsBaseline(LeadBundle bundle) => bundle.Lead.State.ScoringFingerprint is not { } decided
        ? bundle.Records.Any(record => record.IsBaseline)
        : decided != agreement.Definition.ScoringFingerprint
            || bundle.Present.Any(record => (record.IsBaseline && record.Desired is null) || bringsHistory.Contains(record.ConnectionId));

    private static List<VerdictRow> NewVerdicts(LeadBundle bundle) => [.. bundle.Verdicts.Where(row => !row.IsDecided)];

    /// <summary>A hand-over of before this was kept in the state belongs to the last transition that made one.</summary>
    private static LeadState WithMqlAt(LeadBundle bundle) => bundle.Lead.State is { HandOver: > 0, MqlAt: null } state
        ? state with { MqlAt = bundle.Transitions.LastOrDefault(IsReturnable)?.Transition.At }
        : bundle.Lead.State;

    /// <summary>
    /// The clock as it is known now, where that is news. Where another hand-over begins, also the last that is known of the one before: a contact that came between them is read with what
    /// began the new one.
    /// </summary>
    private IEnumerable<HandOverRow> NewHandOver(LeadBundle bundle, LeadState after)
    {
        var (id, before) = (bundle.Lead.Id, bundle.Lead.State);
        if (before is { FirstContact: null, HandedOverAt: { } handedOver } && after.MqlAt is { } next && next != before.MqlAt
            && FirstContact.Of(SalesContacts.Of(bundle.Activities).Where(contact => contact.At < next), handedOver, agreement.Definition.Sales.BusinessHours, at) is { } made
            && HandOverRow.Of(id, before with { FirstContact = made }, at) is { } last)
        {
            yield return last;
        }

        if (HandOverRow.Of(id, after, at) is { } row && row != HandOverRow.Of(id, before, at))
        {
            yield return row;
        }
    }

    private IEnumerable<OverdueNoticeRow> NewNotices(LeadBundle bundle, LeadState after, RecordRow? handOver)
    {
        var record = handOver ?? bundle.Present.FirstOrDefault(record => record.Id == bundle.Lead.HandOverRecordId);
        return after is { Answer: Answer.Overdue, MqlAt: { } mqlAt } && bundle.Lead.State.Answer != Answer.Overdue && record is not null
            ? Overdue.Channels.Select(channel => new OverdueNoticeRow(record.Id, mqlAt, channel, record.ConnectionId, NoticeState.Due, at))
            : [];
    }

    private Instant CreatedAt(LeadFacts facts)
    {
        var created = facts.Values[AttributeSchema.Standard.IndexOf("created_at")];
        return created.IsKnown ? Instant.Earliest(created.Date, at) : facts.Activities is [.., var oldest] ? Instant.Earliest(oldest.At, at) : at;
    }

    /// <summary>
    /// For the leads whose stage may rise: when an attribute last changed, as far as we saw it change. What was there when the record was first read has no such instant.
    /// </summary>
    private async Task<IReadOnlyDictionary<long, Instant>> AttributesChangedAsync(ILedgerTransaction transaction, IReadOnlyList<Scored> scores)
    {
        var leadOf = scores
            .Where(scored => scored.Bundle.Lead.State.ScoringFingerprint is not null && MayRise(scored))
            .SelectMany(scored => scored.Bundle.Records)
            .ToDictionary(record => record.Id, record => record.LeadId);
        if (leadOf.Count == 0)
        {
            return new Dictionary<long, Instant>();
        }

        var changes = (await transaction.Leads.AttributeValuesAsync(leadOf.Keys))
            .GroupBy(value => value.RecordId)
            .SelectMany(ofRecord => ofRecord.Where(value => value.From > ofRecord.Min(first => first.From)));
        return changes.GroupBy(value => leadOf[value.RecordId]).ToDictionary(ofLead => ofLead.Key, ofLead => ofLead.Max(value => value.From));
    }

    private TransitionRow ToRow(LeadBundle bundle, Transition transition, LeadScore score, RecordRow? handOver) => new(bundle.Lead.Id, transition)
    {
        SeenAt = at,
        AgreementFingerprint = agreement.Definition.AgreementFingerprint,
        ScoringFingerprint = agreement.Definition.ScoringFingerprint,
        Profile = score.Profile,
        Behaviour = score.Behaviour,
        Intent = score.Intent,
        Grade = score.Grade,
        Source = FactsOfLead.SourceOf(bundle),
        OwnerId = (handOver ?? bundle.Present.First()).OwnerId,
        Run = run,
    };

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null ? a : Instant.Earliest(a.Value, b.Value);

    private sealed record Scored(LeadBundle Bundle, LeadFacts Facts, LeadScore Score, CountedActivities Counted, bool IsBlind);

    /// <summary>What a lane uses again from batch to batch.</summary>
    private sealed record Lane(LeadFactsBuilder Facts, FactsOfActivities FactsOfActivities);

    /// <summary>The one walk of all lanes along the leads that are due.</summary>
    /// <param name="total">How many are due, for the progress.</param>
    private sealed class Walk(DueWalk due, int total)
    {
        private readonly SemaphoreSlim _turn = new(1);
        private readonly Lock _counting = new();

        public int Scored { get; private set; }

        public async Task<IReadOnlyList<LeadRow>> TakeAsync(ILedgerTransaction transaction, CancellationToken cancellation)
        {
            await _turn.WaitAsync(cancellation);
            try
            {
                return await transaction.Leads.TakeDueAsync(due, BatchSize);
            }
            finally
            {
                _turn.Release();
            }
        }

        public void Add(int scored, IProgress<RunProgress>? progress)
        {
            lock (_counting)
            {
                Scored += scored;
                progress?.Report(new RunProgress(null, "score", Scored, Math.Max(Scored, total)));
            }
        }
    }
}
