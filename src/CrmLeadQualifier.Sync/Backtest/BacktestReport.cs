using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>A candidate definition replayed over history, against the active one: text, JSON and HTML are written from this object.</summary>
/// <param name="Candidate">The indicators of the candidate's replayed cohort.</param>
/// <param name="Against">The active definition's; null: there is none to compare with.</param>
public sealed record BacktestReport(IndicatorSet Candidate, IndicatorSet? Against)
{
    /// <summary>Where the history is from: <c>the ledger</c>, or the file's name.</summary>
    public required string History { get; init; }

    /// <summary>All leads replayed; of how many today's attributes stand in for those of the past.</summary>
    public required Rate AttributesOfToday { get; init; }

    /// <summary>In the candidate's cohort, and never MQL by the active definition; in the order of their instants.</summary>
    public IReadOnlyList<ChangedLead> Gained { get; init; } = [];

    /// <summary>In the active definition's cohort, and never MQL by the candidate.</summary>
    public IReadOnlyList<ChangedLead> Lost { get; init; } = [];

    /// <summary>What became of each side's MQLs and of the difference; the parts without an active definition are empty.</summary>
    public required IReadOnlyList<SideOutcome> Outcomes { get; init; }

    public required BacktestAuc Auc { get; init; }
}

/// <summary>A lead that would be MQL by one definition only.</summary>
/// <param name="AtMql">Its score by the definition that makes it MQL, as of that instant.</param>
/// <param name="Other">Its score by the other one, as of the same instant.</param>
/// <param name="Verdict">The verdict that stands after the MQL transition; null: none.</param>
public sealed record ChangedLead(string Name, Instant MqlAt, LeadScore AtMql, LeadScore Other, VerdictFact? Verdict, bool IsWon);

/// <param name="Side"><c>candidate</c>, <c>active</c>, <c>both</c>, <c>gained</c> or <c>lost</c>.</param>
/// <param name="Accepted">Accepted or qualified, of those with a verdict.</param>
/// <param name="Close">On a deal won at or after the MQL transition, of all.</param>
public sealed record SideOutcome(string Side, Rate Accepted, Rate Close)
{
    public int Mqls => Close.Of;
}

/// <summary>
/// How well the total, as of the instant of the verdict, tells the leads that sales took from those that it turned down: all leads with a verdict that stands, MQL or not.
/// </summary>
/// <param name="Candidate">Null: there are not both kinds of verdicts.</param>
/// <param name="Difference">The candidate's area minus the active one's, on the same leads.</param>
public sealed record BacktestAuc(AreaUnderCurve? Candidate, AreaUnderCurve? Active, PairedDifference? Difference, int Outcomes, int Good);
