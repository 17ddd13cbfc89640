using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>
/// Replays one definition over leads' histories. At each instant only what had happened by then counts: activities by their time, attributes by their periods. A lead becomes MQL at
/// the first instant at which its status is qualified; what followed are the verdicts and deals that there were, as the stage machine takes them.
/// </summary>
/// <param name="name">As reports name the definition.</param>
/// <param name="schema">Which of the histories' facts are under the definition's schema.</param>
/// <param name="asOf">D: nothing later is looked at.</param>
internal sealed class Replay(Definition definition, string name, int schema, Instant asOf)
{
    /// <summary>Below every score: a lead that cannot be scored is ranked last.</summary>
    private const double Unscorable = -1;

    private readonly ScoringPlan _plan = ScoringPlan.Compile(definition);

    public ReplayedLead Play(HistoricLead lead)
    {
        var mqlAt = FirstQualified(lead);
        return new ReplayedLead(lead, mqlAt, mqlAt is { } at ? ScoreAt(lead, at) : null, ScoreAt(lead, asOf));
    }

    /// <summary>The lead with its replayed MQL transition and what followed, as indicators read it.</summary>
    public LeadHistory HistoryOf(ReplayedLead replayed)
    {
        var lead = replayed.Lead;
        var now = lead.PeriodAt(asOf);
        return new LeadHistory(lead.Id)
        {
            Name = lead.Name,
            CreatedAt = lead.CreatedAt,
            Source = now.Source,
            SourceDetail = now.SourceDetail,
            Country = now.Country,
            Owner = now.Owner,
            Score = replayed.Score,
            Stages = replayed.MqlAt is { } mqlAt ? [.. FoundBySales(lead, mqlAt), .. StagesFrom(lead, mqlAt, replayed.AtMql!)] : FoundBySales(lead, asOf),
            Verdicts = lead.Verdicts,
            Deals = lead.Deals,
        };
    }

    /// <summary>The total as of an instant, by which leads are ranked.</summary>
    public double RankAt(HistoricLead lead, Instant at) => ScoreAt(lead, at) is { Status: not LeadStatus.Unscorable } score ? score.Total : Unscorable;

    public LeadScore ScoreAt(HistoricLead lead, Instant at) => _plan.Score(lead.PeriodAt(at).Facts[schema], at, findNextChange: false);

    /// <summary>The first instant at which the status is qualified; null: none by D.</summary>
    public Instant? FirstQualified(HistoricLead lead)
    {
        if (lead.Since is not { } since)
        {
            return null;
        }

        var end = new Instant(asOf.UnixMilliseconds + 1);
        for (var i = 0; i < lead.Periods.Count; i++)
        {
            var from = i == 0 ? since : Instant.Latest(since, lead.Periods[i].From);
            var until = i + 1 < lead.Periods.Count ? Instant.Earliest(end, lead.Periods[i + 1].From) : end;
            if (_plan.FirstQualified(lead.Periods[i].Facts[schema], from, until) is { } at)
            {
                return at;
            }
        }

        return null;
    }

    private IReadOnlyList<StageChange> StagesFrom(HistoricLead lead, Instant mqlAt, LeadScore atMql)
    {
        var then = lead.PeriodAt(mqlAt);
        var mql = new StageChange(Stage.Lead, Stage.Mql, mqlAt, TransitionCause.Qualified, mqlAt) { Grade = atMql.Grade, Source = then.Source, Owner = then.Owner, Agreement = name };
        var verdicts = VerdictsOf(lead, verdict => verdict.At > mqlAt);
        var deals = lead.Deals.Select(deal => DealSince(deal, mqlAt)).OfType<Deal>().ToList();
        if (verdicts.Count == 0 && deals.Count == 0)
        {
            return [mql];
        }

        return [mql, .. Decide(new LeadState { Stage = Stage.Mql, StageSince = mqlAt, HandOver = 1, Answer = Answer.ToAnswer }, verdicts, deals)];
    }

    /// <summary>What sales took up before the lead was an MQL: rows that are in no cohort.</summary>
    private IReadOnlyList<StageChange> FoundBySales(HistoricLead lead, Instant until)
    {
        var verdicts = VerdictsOf(lead, verdict => verdict.At <= until);
        return verdicts.Count == 0 ? [] : [.. Decide(new LeadState { StageSince = lead.Since }, verdicts, []).Where(stage => stage.Cause == TransitionCause.SalesDirect)];
    }

    private List<Verdict> VerdictsOf(HistoricLead lead, Func<VerdictFact, bool> isWanted) =>
    [
        .. lead.Verdicts
            .Where(verdict => verdict.At <= asOf && isWanted(verdict))
            .Select(verdict => new Verdict("", verdict.Value, verdict.At) { Reason = verdict.Reason, IsWithdrawal = verdict.IsWithdrawal }),
    ];

    /// <summary>The stage machine's rows. A second MQL is not replayed: what comes after the first is decided by people.</summary>
    private IEnumerable<StageChange> Decide(LeadState state, List<Verdict> verdicts, List<Deal> deals) => StageMachine.Decide(new DecisionInput
    {
        Definition = definition,
        At = asOf,
        State = state with { ScoringFingerprint = definition.ScoringFingerprint },
        Score = new LeadScore { Status = LeadStatus.NotYet },
        IsBaseline = false,
        NewVerdicts = verdicts,
        Deals = deals,
    }).Transitions.Select(transition => new StageChange(transition.From, transition.To, transition.At, transition.Cause, transition.At));

    /// <summary>
    /// The deal as it stood as of D, as far as it is news after the MQL transition: one that was there before and was won afterwards is news as a win. Null: it is none.
    /// </summary>
    private Deal? DealSince(DealFact deal, Instant mqlAt)
    {
        var wonAt = deal.WonAt is { } won && won <= asOf ? deal.WonAt : null;
        var createdAt = deal.CreatedAt >= mqlAt ? deal.CreatedAt : wonAt;
        if (createdAt is not { } news || news < mqlAt || news > asOf)
        {
            return null;
        }

        var isLost = deal.Outcome == DealOutcome.Lost && (deal.ClosedAt is null || deal.ClosedAt <= asOf);
        return new Deal(deal.Id, news, wonAt is not null ? DealOutcome.Won : isLost ? DealOutcome.Lost : DealOutcome.Open, deal.ClosedAt);
    }
}

/// <param name="MqlAt">Null: never qualified by D.</param>
/// <param name="AtMql">The score as of that instant.</param>
/// <param name="Score">The score as of D.</param>
internal sealed record ReplayedLead(HistoricLead Lead, Instant? MqlAt, LeadScore? AtMql, LeadScore Score);
