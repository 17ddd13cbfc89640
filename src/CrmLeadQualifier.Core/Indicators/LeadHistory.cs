using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// What indicators read of one lead: its rows with the instant of each, and when each was known. All there are may be given, in any order: what lies after the instant asked about,
/// or was not known by then, is left out by the computation.
/// </summary>
/// <param name="Id">Unique among the leads of a computation.</param>
public sealed record LeadHistory(string Id)
{
    /// <summary>As reports name the lead: its address, else its id.</summary>
    public string Name { get; init; } = Id;

    /// <summary>Null: unknown, then the lead is among no new leads.</summary>
    public Instant? CreatedAt { get; init; }

    /// <summary>The attributes as the CRM writes them; null or blank: none. What a breakdown of the cohort shows where the transition's row has none of its own.</summary>
    public string? Source { get; init; }

    public string? SourceDetail { get; init; }

    public string? Country { get; init; }

    public string? Owner { get; init; }

    /// <summary>The score as of D, for <i>out of target</i>; null: not known for that instant.</summary>
    public LeadScore? Score { get; init; }

    public IReadOnlyList<StageChange> Stages { get; init; } = [];

    public IReadOnlyList<VerdictFact> Verdicts { get; init; } = [];

    public IReadOnlyList<HandOverFact> HandOvers { get; init; } = [];

    public IReadOnlyList<DealFact> Deals { get; init; } = [];
}

/// <summary>A transition with what was true then.</summary>
/// <param name="SeenAt">When it was known.</param>
public sealed record StageChange(Stage From, Stage To, Instant At, string Cause, Instant SeenAt)
{
    public string? Grade { get; init; }

    public string? Source { get; init; }

    public string? Owner { get; init; }

    /// <summary>Which agreement made it, as reports name it.</summary>
    public string? Agreement { get; init; }

    /// <summary>The lead was handed to sales anew: not by a baseline, nor given back by a withdrawn verdict.</summary>
    public bool IsNewMql => To == Stage.Mql && Cause is TransitionCause.Qualified or TransitionCause.Released;
}

/// <param name="IsWithdrawal">Sales emptied the field: what was said before no longer stands.</param>
public sealed record VerdictFact(VerdictValue Value, string? Reason, Instant At, Instant SeenAt, bool IsWithdrawal = false);

/// <summary>The clock of one hand-over (lifecycle and sync, section 7); instants that have not come are null.</summary>
/// <param name="MqlAt">The instant of the MQL transition that it belongs to.</param>
/// <param name="HandedOverAt">Null: it waits for a record or an owner.</param>
/// <param name="DueAt">When the agreed time for a first contact ends.</param>
/// <param name="FirstContactAt">One before the hand-over, where sales was already in contact, counts as no time at all.</param>
public sealed record HandOverFact(Instant MqlAt, Instant? HandedOverAt, Instant? DueAt, Instant? FirstContactAt);

/// <summary>A deal that the lead is on.</summary>
/// <param name="ClosedAt">Of a won deal without it, the creation.</param>
public sealed record DealFact(string Id, Instant CreatedAt, DealOutcome Outcome, Instant? ClosedAt)
{
    /// <summary>When it was won; null: it was not.</summary>
    public Instant? WonAt => Outcome == DealOutcome.Won ? Instant.Latest(CreatedAt, ClosedAt ?? CreatedAt) : null;
}

/// <summary>
/// New leads that have no row of their own (no transition, no verdict, no deal), counted together: most leads of a large ledger are such, and only their number is asked for.
/// </summary>
/// <param name="Status">As of D; null: not known for that instant.</param>
/// <param name="Because">With status excluded the exclusions' ids, with unscorable the missing attributes.</param>
public sealed record NewLeadGroup(string? Source, string? SourceDetail, LeadStatus? Status, IReadOnlyList<string> Because, int Count);

/// <summary>How many leads an attribute is known of.</summary>
/// <param name="Connection">Null: wherever the leads are from.</param>
/// <param name="Criterion">A criterion that asks for the attribute.</param>
public sealed record AttributeCoverage(string Criterion, string Attribute, string? Connection, Rate Known);

/// <summary>All facts that a set of indicators is computed from.</summary>
public sealed record IndicatorFacts(IReadOnlyCollection<LeadHistory> Leads)
{
    public IReadOnlyCollection<NewLeadGroup> OtherNewLeads { get; init; } = [];

    public IReadOnlyList<AttributeCoverage> Coverage { get; init; } = [];

    /// <summary>Ids of rejection reasons that earlier agreements had and the present one has not.</summary>
    public IReadOnlyCollection<string> RetiredReasons { get; init; } = [];

    /// <summary>Data-quality problems found while the facts were read.</summary>
    public IReadOnlyList<IndicatorProblem> Problems { get; init; } = [];

    /// <summary>A replay hands nobody over: what needs a hand-over's clock cannot be computed, and the hand-over is taken to be the MQL transition.</summary>
    public bool IsReplay { get; init; }
}

/// <param name="Kind">A word of <see cref="IndicatorProblem"/>'s constants.</param>
/// <param name="Sentence">What it is, for people.</param>
/// <param name="Leads">Whom it is about, ten at most.</param>
public sealed record IndicatorProblem(string Kind, string Sentence, int Count, IReadOnlyList<string> Leads)
{
    public const string WonBeforeMql = "won_before_mql";
    public const string RetiredRejectionReason = "retired_rejection_reason";
    public const string UnknownRejectionReason = "unknown_rejection_reason";
    public const string UnreadableValues = "unreadable_values";
    public const string NoInstant = "no_instant";

    /// <summary>So many are named.</summary>
    public const int Named = 10;
}

/// <summary>Which cohort, as of when.</summary>
/// <param name="From">The first instant of the cohort's window.</param>
/// <param name="To">The first instant after it.</param>
/// <param name="AsOf">D: facts with a later instant do not count.</param>
/// <param name="KnownAt">Facts seen later do not count.</param>
public sealed record IndicatorWindow(Instant From, Instant To, Instant AsOf, Instant KnownAt);
