using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>All that the stage machine looks at for one lead.</summary>
public sealed record DecisionInput
{
    public required Definition Definition { get; init; }

    /// <summary>Ids of rejection reasons that earlier agreements had and this one has not.</summary>
    public IReadOnlyCollection<string> RetiredReasons { get; init; } = [];

    /// <summary>The scoring instant T.</summary>
    public required Instant At { get; init; }

    public required LeadState State { get; init; }

    /// <summary>Under the definition, as of T.</summary>
    public required LeadScore Score { get; init; }

    /// <summary>
    /// The first decision, or the first one under another scoring fingerprint: stages come from verdicts, deals and conversions only, and who is
    /// qualified by that alone is held.
    /// </summary>
    public required bool IsBaseline { get; init; }

    /// <summary>
    /// Verdicts and withdrawals that no decision has applied yet, in any order. With a lead's first baseline: all there are; with another agreement's
    /// those that are not among an earlier <see cref="Decision.Seen"/> (given again, they are recognised as far as the state tells). A verdict that
    /// stands and is given again with another comment or recontact date is amended, not repeated.
    /// </summary>
    public IReadOnlyList<Verdict> NewVerdicts { get; init; } = [];

    /// <summary>All deals that the lead is on.</summary>
    public IReadOnlyList<Deal> Deals { get; init; } = [];

    /// <summary>Whether a CRM says that the company is a customer.</summary>
    public bool IsCustomer { get; init; }

    /// <summary>The latest activity counted by a criterion with positive points; null: none.</summary>
    public Instant? LastScoringActivityAt { get; init; }

    /// <summary>The latest counted activity of each criterion that has one, by criterion id.</summary>
    public IReadOnlyDictionary<string, Instant> LastCountedAt { get; init; } = new Dictionary<string, Instant>();

    /// <summary>With status qualified: the earliest instant from which it has been so by the facts known now.</summary>
    public Instant? QualifiedSince { get; init; }

    /// <summary>Someone released this lead (by name, or among others) and no decision has used it yet.</summary>
    public bool IsReleased { get; init; }

    /// <summary>There is a record where sales works, and its owner is active (a queue counts).</summary>
    public bool CanBeHandedOver { get; init; }

    /// <summary>
    /// Earlier transitions to <c>mql</c> with cause <c>qualified</c> or <c>released</c>, of any age, for the third return within 12 months.
    /// </summary>
    public IReadOnlyList<Instant> EarlierMqls { get; init; } = [];

    /// <summary>The acts of users towards the person (<see cref="FirstContact.IsContact"/>), in any order; those to come too.</summary>
    public IReadOnlyList<SalesContact> SalesContacts { get; init; } = [];

    /// <summary>The owner of the hand-over record; null: there is none.</summary>
    public string? Owner { get; init; }

    /// <summary>The attributes that are known as of T, for <c>sql.evidence</c>; null: not told, and nothing is noted.</summary>
    public IReadOnlySet<string>? KnownAttributes { get; init; }

    /// <summary>A mapped attribute or stream that decides became unreadable: no new MQL.</summary>
    public bool IsBlind { get; init; }
}

/// <summary>What follows for the lead.</summary>
/// <param name="State">The state after all transitions; its fingerprint is the input definition's.</param>
/// <param name="Transitions">In the order in which they happened.</param>
public sealed record Decision(LeadState State, IReadOnlyList<Transition> Transitions)
{
    /// <summary>
    /// The stage for which the CRM's own lifecycle is to be moved, once: <c>mql</c>, <c>sql</c> or <c>recycled</c>; null: it is left alone (no
    /// transition, a baseline, another stage).
    /// </summary>
    public Stage? LifecycleMove { get; init; }

    /// <summary>
    /// When the lead has to be decided again through time alone: cool-down, recontact, expiry, answer due; the score's next change is not among them.
    /// Null: never.
    /// </summary>
    public Instant? NextDueAt { get; init; }

    /// <summary>The verdicts applied or kept by this decision: no later decision sees them as new.</summary>
    public IReadOnlyList<Verdict> Seen { get; init; } = [];

    /// <summary>What a person should know: a late fact kept, an unknown reason, evidence missing; words of <see cref="DecisionNote"/>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Why a decision is worth a look; shown by <c>explain</c> and counted by reports.</summary>
public static class DecisionNote
{
    /// <summary>A fact arrived after a verdict that lies later: kept, not applied.</summary>
    public const string LateFact = "late_fact";
    public const string UnknownReason = "unknown_reason";
    public const string RetiredReason = "retired_reason";
    public const string ReasonMissing = "reason_missing";
    public const string EvidenceMissing = "evidence_missing";
    public const string ThirdReturn = "third_return";

    /// <summary>What a note says to a person.</summary>
    public static string InWords(string note) => note switch
    {
        LateFact => "a verdict or deal arrived after a later verdict was applied: it is kept and changed nothing",
        UnknownReason => "no agreement ever had the rejection reason: it is kept, and the lead rests as if no reason was given",
        RetiredReason => "the rejection reason is of an earlier agreement and retired since: it is kept, and the lead rests as if no reason was given",
        ReasonMissing => "rejected without a reason: sales is asked for one",
        EvidenceMissing => "confirmed by sales with less known than the agreement asks for (sql.evidence)",
        ThirdReturn => "third return within 12 months: `release EMAIL` hands it over",
        _ => note,
    };

    /// <summary>
    /// The notes on a lead after a decision: its own, and those that an earlier one made about the verdict that still stands. A decision notes what it applies, and most apply nothing.
    /// </summary>
    public static IReadOnlyList<string> Standing(IReadOnlyList<string> earlier, LeadState before, Decision decision)
    {
        var stands = decision.State.Verdict is { } verdict && before.Verdict is { } known && verdict with { Comment = null, RecontactOn = null } == known with { Comment = null, RecontactOn = null };
        return stands && earlier.Count > 0 ? [.. earlier.Where(note => note != ThirdReturn).Union(decision.Notes)] : decision.Notes;
    }
}
