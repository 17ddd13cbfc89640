using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The alignment report: what both teams go through together. The text, the HTML page and the JSON form are written from this object.</summary>
/// <param name="Week">The ISO week that <see cref="Latest"/> is of.</param>
/// <param name="Set">The indicators of the whole window.</param>
/// <param name="Latest">Those of its last seven days.</param>
public sealed record WeeklyReport(string Week, IndicatorSet Set, IndicatorSet Latest, AgreementInForce Agreement, Instant MadeAt)
{
    public required Language Language { get; init; }

    /// <summary>MQLs of the window that nobody has answered in time, or that were handed to nobody; the longest waiting first.</summary>
    public IReadOnlyList<OpenLead> Open { get; init; } = [];

    /// <summary>How many there are of each, also of those that are not named.</summary>
    public int Overdue { get; init; }

    public int Waiting { get; init; }

    /// <summary>Rejected leads that say most: the best grades of each reason, in turn.</summary>
    public IReadOnlyList<RejectedLead> Rejected { get; init; } = [];

    /// <summary>Of the deals won from the window's beginning to D, those that name no person; what is won by nobody's lead is in no rate.</summary>
    public Rate WonWithoutPerson { get; init; }

    public Reconciliation? Reconciliation { get; init; }

    /// <summary>What is not read at all, because the CRM refuses it: activities that are missing there are no activity of nobody.</summary>
    public IReadOnlyList<RefusedStream> RefusedStreams { get; init; } = [];

    /// <summary>Against the last stored report; null: there is none.</summary>
    public ReportChanges? Changes { get; init; }

    /// <summary>What feedback suggests; null: it was not asked for.</summary>
    public SuggestionReport? Suggestions { get; init; }

    /// <summary>That the agreement's review is overdue, or is due within two weeks; null: it is not.</summary>
    public Instant? ReviewDueAt => Agreement.ReviewDueAt - TimeSpan.FromDays(14) <= Set.Window.AsOf ? Agreement.ReviewDueAt : null;
}

/// <summary>An MQL that waits.</summary>
/// <param name="HandedOverAt">Null: handed to nobody yet.</param>
public sealed record OpenLead(string Name, string? Owner, string? Grade, Instant MqlAt, Instant? HandedOverAt, Instant? DueAt);

/// <param name="Total">The score with which the lead became MQL; null: not known.</param>
/// <param name="Criteria">Labels of what gave the lead its points, most points first.</param>
public sealed record RejectedLead(string Name, string Source, string? Owner, string? Grade, int? Total, string Reason, string? Comment, Instant MqlAt, Instant RejectedAt)
{
    public IReadOnlyList<string> Criteria { get; init; } = [];
}

/// <param name="Why">The CRM's words.</param>
/// <param name="Since">When it was switched off.</param>
public sealed record RefusedStream(string Connection, string Stream, string Why, Instant? Since);

/// <summary>The portal's own stages against ours, for one of them.</summary>
/// <param name="Stage"><c>mql</c> or <c>sql</c>.</param>
/// <param name="Both">Who entered both in the window.</param>
/// <param name="OnlyThere">Who entered the portal's stage only.</param>
/// <param name="OnlyHere">Who made our transition only, by why the portal's stage was not entered.</param>
public sealed record StageReconciliation(string Stage, int There, int Here, int Both, IReadOnlyList<ReconciledPart> OnlyThere, IReadOnlyList<ReconciledPart> OnlyHere);

/// <param name="Why">Such as <c>person</c>, <c>workflow</c>, <c>further_on</c>, <c>not_written</c>.</param>
/// <param name="Leads">Ten names at most.</param>
public sealed record ReconciledPart(string Why, int Count, IReadOnlyList<string> Leads);

public sealed record Reconciliation(IReadOnlyList<StageReconciliation> Stages);

/// <summary>What a stored report said, and what is known of the same window and instant now.</summary>
/// <param name="Week">The stored report's.</param>
/// <param name="Figures">Those that differ.</param>
/// <param name="LateStages">Transitions from before its instant that were seen after it.</param>
public sealed record ReportChanges(string Week, IReadOnlyList<ChangedFigure> Figures, int LateStages, int LateVerdicts);

/// <param name="Figure">A key of the JSON form.</param>
/// <param name="Was">As stored: counts, of how many.</param>
public sealed record ChangedFigure(string Figure, Rate Was, Rate Is);
