using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
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
    private const int BatchSize = 500;

    /// <summary>Is shown what each batch would come to, and nothing is kept; false ends it. Null: this is no rehearsal.</summary>
    internal Func<IReadOnlyList<LeadRow>, IReadOnlyList<RecordRow>, bool>? Rehearsal { get; init; }

    private readonly LeadFactsBuilder _facts = new(agreement.Definition.Attributes);
    private readonly DesiredFields _desired = new(agreement, at);

    /// <summary>Answers how many leads were scored.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var scored = 0;
        long after = 0;
        var total = progress is null ? 0 : await CountDueAsync(cancellation);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var transaction = await ledger.BeginAsync(null, cancellation);
            var due = await transaction.Leads.TakeDueAsync(at, agreement.Definition.ScoringFingerprint, after, BatchSize);
            if (due.Count == 0)
            {
                return scored;
            }

            var (leads, goesOn) = await DecideAsync(transaction, due);
            scored += leads;
            if (Rehearsal is null)
            {
                await transaction.CommitAsync(cancellation);
            }
            else if (!goesOn)
            {
                return scored;
            }

            after = due.Max(lead => lead.Id);
            progress?.Report(new RunProgress(null, "score", scored, Math.Max(scored, total)));
        }
    }

    /// <summary>In a transaction of its own: those that score begin by taking leads, so that others may do so beside them.</summary>
    private async Task<int> CountDueAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Leads.CountDueAsync(at, agreement.Definition.ScoringFingerprint);
    }

    /// <summary>Answers how many leads were scored, and whether there is more to rehearse.</summary>
    private async Task<(int Scored, bool GoesOn)> DecideAsync(ILedgerTransaction transaction, IReadOnlyList<LeadRow> due)
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
        var attributesChangedAt = await AttributesChangedAsync(transaction, due);
        foreach (var bundle in await LeadBundle.ReadAsync(transaction, due))
        {
            if (bundle.Present.Any(record => record.IsHistoryDue || unread.Contains(record.ConnectionId)))
            {
                continue;
            }

            if (!bundle.Present.Any())
            {
                // All its records are gone: the lead stays as it was, and has nothing to be due for.
                leads.Add(bundle.Lead with { IsDue = false, IsReleased = false, NextDueAt = null });
                continue;
            }

            var facts = FactsOfLead.Build(bundle, agreement.Definition.Attributes, _facts);
            var score = agreement.Plan.Score(facts, at);
            var counted = agreement.Plan.CountedActivities(facts, at);
            var handOver = HandOverRecord.Choose(bundle, handover);
            var newVerdicts = NewVerdicts(bundle);
            var decision = StageMachine.Decide(InputOf(bundle, facts, score, counted, handOver, newVerdicts, attributesChangedAt) with
            {
                IsBlind = bundle.Present.Any(record => blind.Contains(record.ConnectionId)),
            });
            decided.AddRange(newVerdicts.Where(row => decision.Seen.Contains(row.Verdict)));
            transitions.AddRange(decision.Transitions.Select(transition => ToRow(bundle, transition, score, handOver)));
            records.AddRange(_desired.Of(bundle, decision, score, counted.ByCriterion, handOver, minimal));
            leads.Add(bundle.Lead with
            {
                State = decision.State,
                Score = score,
                ScoredAt = at,
                Version = agreement.Version,
                IsDue = false,
                IsReleased = bundle.Lead.IsReleased && (decision.State.IsHeld || decision.State.NeedsRelease),
                NextDueAt = Earliest(score.NextChangeAt, decision.NextDueAt),
                HandOverRecordId = handOver?.Id ?? 0,
                Notes = decision.Notes,
            });
        }

        if (Rehearsal is not null)
        {
            return (leads.Count, Rehearsal(leads, records));
        }

        await transaction.Leads.SaveAsync(leads);
        await transaction.Leads.AddTransitionsAsync(transitions);
        await transaction.Feedback.MarkDecidedAsync(decided);
        await transaction.Records.SaveAsync(records);
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

    private DecisionInput InputOf(
        LeadBundle bundle,
        LeadFacts facts,
        LeadScore score,
        CountedActivities counted,
        RecordRow? handOver,
        IReadOnlyList<VerdictRow> newVerdicts,
        IReadOnlyDictionary<long, Instant> attributesChangedAt)
    {
        var state = bundle.Lead.State;
        var notBefore = attributesChangedAt.TryGetValue(bundle.Lead.Id, out var changedAt) ? Instant.Earliest(changedAt, at) : CreatedAt(facts);
        return new DecisionInput
        {
            Definition = agreement.Definition,
            At = at,
            State = state,
            Score = score,
            IsBaseline = IsBaseline(bundle),
            NewVerdicts = [.. newVerdicts.Select(row => row.Verdict)],
            Deals = [.. bundle.Deals.Select(row => row.Deal)],
            IsCustomer = FactsOfLead.IsCustomer(facts),
            LastScoringActivityAt = counted.LatestScoring,
            LastCountedAt = counted.ByCriterion,
            QualifiedSince = score.Status == LeadStatus.Qualified && state.Stage is Stage.Lead or Stage.Recycled
                ? agreement.Plan.QualifiedSince(facts, at, notBefore)
                : null,
            IsReleased = bundle.Lead.IsReleased,
            CanBeHandedOver = handOver is not null,
            EarlierMqls = [.. bundle.Transitions.Where(IsReturnable).Select(row => row.Transition.At)],
            KnownAttributes = KnownAttributes(facts),
            LastSalesContactAt = LastSalesContact(bundle),
        };
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

    /// <summary>The last act of a user towards the person: an outgoing call, a one-to-one e-mail, a meeting.</summary>
    private static Instant? LastSalesContact(LeadBundle bundle) => bundle.Activities
        .Where(activity => activity is { UserId: not null, CopyOf: null } && activity.Kind is "call" or "email_sent" or "meeting")
        .Select(activity => (Instant?)activity.At)
        .Max();

    private Instant CreatedAt(LeadFacts facts)
    {
        var created = facts.Values[AttributeSchema.Standard.IndexOf("created_at")];
        return created.IsKnown ? Instant.Earliest(created.Date, at) : facts.Activities is [.., var oldest] ? Instant.Earliest(oldest.At, at) : at;
    }

    /// <summary>
    /// For the leads whose stage may rise: when an attribute last changed, as far as we saw it change. What was there when the record was first read has no such instant.
    /// </summary>
    private static async Task<IReadOnlyDictionary<long, Instant>> AttributesChangedAsync(ILedgerTransaction transaction, IReadOnlyList<LeadRow> due)
    {
        var rising = due.Where(lead => lead.State.Stage is Stage.Lead or Stage.Recycled && lead.State.ScoringFingerprint is not null).Select(lead => lead.Id).ToList();
        if (rising.Count == 0)
        {
            return new Dictionary<long, Instant>();
        }

        var leadOf = (await transaction.Records.OfLeadsAsync(rising)).ToDictionary(record => record.Id, record => record.LeadId);
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
}
