using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// A lead of the cohort by its first MQL transition inside the window, with what followed by D. A verdict answers one hand-over, so verdicts count up to the next MQL transition;
/// SQL, deals and wins count whenever they came.
/// </summary>
public sealed class CohortMember
{
    /// <summary>From the first verdict after the MQL transition to the last one before the next: places in the lead's.</summary>
    private readonly int _firstVerdict;
    private readonly int _verdictsEnd;

    /// <param name="facts">The lead's facts by D, known by then, each list in the order of its instants.</param>
    internal CohortMember(LeadHistory facts, StageChange mql, Instant asOf)
    {
        Lead = facts;
        Mql = mql;
        AsOf = asOf;
        Instant? next = null;
        foreach (var stage in facts.Stages)
        {
            next ??= stage.IsNewMql && stage.At > mql.At ? stage.At : null;
            SalAt ??= Follows(stage, mql, Stage.Sal) ? stage.At : null;
        }

        SqlAt = SqlAfter(facts, mql);

        foreach (var handOver in facts.HandOvers)
        {
            HandOver ??= handOver.MqlAt == mql.At ? handOver : null;
        }

        foreach (var deal in facts.Deals)
        {
            OpportunityAt ??= deal.CreatedAt >= mql.At ? deal.CreatedAt : null;
            if (deal.WonAt is { } won && won <= asOf)
            {
                IsWonBefore |= won < mql.At;
                WonAt = won >= mql.At && !(WonAt <= won) ? won : WonAt;
            }
        }

        var verdicts = facts.Verdicts;
        for (_firstVerdict = 0; _firstVerdict < verdicts.Count && verdicts[_firstVerdict].At <= mql.At;)
        {
            _firstVerdict++;
        }

        for (_verdictsEnd = _firstVerdict; _verdictsEnd < verdicts.Count && !(verdicts[_verdictsEnd].At > next);)
        {
            var verdict = verdicts[_verdictsEnd++];
            AnsweredAt ??= verdict.IsWithdrawal ? null : verdict.At;
            AcceptedAt ??= verdict is { Value: VerdictValue.Accepted, IsWithdrawal: false } ? verdict.At : null;
        }
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
    public bool IsWonBefore { get; }

    /// <summary>When the first verdict of the hand-over was given, whatever became of it.</summary>
    public Instant? AnsweredAt { get; }

    /// <summary>The verdict that stands by D.</summary>
    public VerdictFact? Verdict => VerdictAsOf(AsOf);

    /// <summary>When <c>accepted</c> was said first in this hand-over.</summary>
    public Instant? AcceptedAt { get; }

    public Instant? HandedOverAt => HandOver?.HandedOverAt is { } at && at <= AsOf ? at : null;

    public Instant? FirstContactAt => HandOver?.FirstContactAt is { } at && at <= AsOf ? at : null;

    /// <summary>The source stored at the hand-over.</summary>
    public string? Source => Mql.Source ?? Lead.Source;

    public string? Owner => Mql.Owner ?? Lead.Owner;

    internal Instant AsOf { get; }

    /// <summary>When the SQL followed an MQL transition; null: not yet.</summary>
    /// <param name="facts">In the order of their instants.</param>
    internal static Instant? SqlAfter(LeadHistory facts, StageChange mql)
    {
        foreach (var stage in facts.Stages)
        {
            if (Follows(stage, mql, Stage.Sql))
            {
                return stage.At;
            }
        }

        return null;
    }

    /// <summary>An SQL that sales found from lead or recycled is none of this MQL's.</summary>
    private static bool Follows(StageChange stage, StageChange mql, Stage to) =>
        stage.To == to && stage.At >= mql.At && stage.Cause is not (TransitionCause.SalesDirect or TransitionCause.Baseline);

    /// <summary>The verdict of this hand-over that stood at an instant.</summary>
    public VerdictFact? VerdictAsOf(Instant at)
    {
        for (var i = _verdictsEnd - 1; i >= _firstVerdict; i--)
        {
            if (Lead.Verdicts[i].At <= at)
            {
                return Lead.Verdicts[i].IsWithdrawal ? null : Lead.Verdicts[i];
            }
        }

        return null;
    }
}
