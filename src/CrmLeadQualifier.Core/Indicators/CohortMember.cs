using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// A lead of the cohort by its first MQL transition inside the window, with what followed by D. A verdict answers one hand-over, so verdicts count up to the next MQL transition;
/// SQL, deals and wins count whenever they came.
/// </summary>
public sealed class CohortMember
{
    private readonly List<VerdictFact> _verdicts;
    private readonly List<Instant> _wins;

    /// <param name="facts">The lead's facts by D, known by then, each list in the order of its instants.</param>
    internal CohortMember(LeadHistory facts, StageChange mql, Instant asOf)
    {
        Lead = facts;
        Mql = mql;
        AsOf = asOf;
        HandOver = facts.HandOvers.FirstOrDefault(handOver => handOver.MqlAt == mql.At);
        var next = facts.Stages.FirstOrDefault(stage => stage.IsNewMql && stage.At > mql.At)?.At;
        _verdicts = [.. facts.Verdicts.Where(verdict => verdict.At > mql.At && (next is null || verdict.At <= next))];
        SalAt = First(Stage.Sal);
        SqlAt = First(Stage.Sql);
        OpportunityAt = facts.Deals.Where(deal => deal.CreatedAt >= mql.At).Select(deal => (Instant?)deal.CreatedAt).Min();
        _wins = [.. facts.Deals.Select(deal => deal.WonAt).OfType<Instant>().Where(won => won <= asOf).Order()];
        WonAt = _wins.Where(won => won >= mql.At).Select(won => (Instant?)won).FirstOrDefault();
    }

    public LeadHistory Lead { get; }

    public StageChange Mql { get; }

    /// <summary>Null: no clock is known of it.</summary>
    public HandOverFact? HandOver { get; }

    public Instant? SalAt { get; }

    public Instant? SqlAt { get; }

    public Instant? OpportunityAt { get; }

    public Instant? WonAt { get; }

    /// <summary>A win before the MQL transition: a problem of the data, in neither numerator nor lags.</summary>
    public bool IsWonBefore => _wins.Count > 0 && _wins[0] < Mql.At;

    /// <summary>When the first verdict of the hand-over was given, whatever became of it.</summary>
    public Instant? AnsweredAt => _verdicts.Where(verdict => !verdict.IsWithdrawal).Select(verdict => (Instant?)verdict.At).FirstOrDefault();

    /// <summary>The verdict that stands by D.</summary>
    public VerdictFact? Verdict => VerdictAsOf(AsOf);

    /// <summary>When <c>accepted</c> was said first in this hand-over.</summary>
    public Instant? AcceptedAt => _verdicts.Where(verdict => verdict is { Value: VerdictValue.Accepted, IsWithdrawal: false }).Select(verdict => (Instant?)verdict.At).FirstOrDefault();

    public Instant? HandedOverAt => HandOver?.HandedOverAt is { } at && at <= AsOf ? at : null;

    public Instant? FirstContactAt => HandOver?.FirstContactAt is { } at && at <= AsOf ? at : null;

    /// <summary>The source stored at the hand-over.</summary>
    public string? Source => Mql.Source ?? Lead.Source;

    public string? Owner => Mql.Owner ?? Lead.Owner;

    private Instant AsOf { get; }

    /// <summary>The verdict of this hand-over that stood at an instant.</summary>
    public VerdictFact? VerdictAsOf(Instant at) => _verdicts.LastOrDefault(verdict => verdict.At <= at) is { IsWithdrawal: false } standing ? standing : null;

    /// <summary>An SQL that sales found from <c>lead</c> or <c>recycled</c> is none of this MQL's.</summary>
    private Instant? First(Stage to) => Lead.Stages
        .Where(stage => stage.To == to && stage.At >= Mql.At && stage.Cause is not (TransitionCause.SalesDirect or TransitionCause.Baseline))
        .Select(stage => (Instant?)stage.At)
        .FirstOrDefault();
}
