using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>Where a lead stands and what is needed to decide where it goes next; one row of the ledger.</summary>
public sealed record LeadState
{
    /// <summary>A lead that was never decided: its first decision is a baseline.</summary>
    public static readonly LeadState New = new();

    public Stage Stage { get; init; } = Stage.Lead;

    /// <summary>
    /// The instant of the transition that gave this stage (of the one before it, where a late fact gave it; of the baseline, where it left the lead
    /// as it was). It never falls. Null before the first decision.
    /// </summary>
    public Instant? StageSince { get; init; }

    /// <summary>Scoring fingerprint of the last decision; null before the first. Another one in force makes the next decision a baseline.</summary>
    public string? ScoringFingerprint { get; init; }

    /// <summary>
    /// Qualified by a baseline alone: no hand-over, no lifecycle write, until an activity that scores happens afterwards, or a release. The stage is
    /// <c>lead</c>, or <c>recycled</c> where another agreement would have brought the lead back. Not being qualified for a while does not end it.
    /// </summary>
    public bool IsHeld { get; init; }

    /// <summary>Since when it is held: only what happens afterwards ends it.</summary>
    public Instant? HeldSince { get; init; }

    /// <summary>With stage <c>recycled</c>: when the cool-down ends (the sales field <i>recontact on</i> replaces it).</summary>
    public Instant? CoolDownUntil { get; init; }

    /// <summary>The cool-down's end was set by <i>recontact on</i>: on that day, if qualified, no new activity is needed.</summary>
    public bool IsRecontact { get; init; }

    /// <summary>The third return within 12 months waits for a release by name; no activity lifts it.</summary>
    public bool NeedsRelease { get; init; }

    /// <summary>Which hand-over this is, from 1; 0: never handed over. A verdict answers one hand-over.</summary>
    public int HandOver { get; init; }

    /// <summary>The program's instant at which the batch that carries the hand-over was first committed as sent; null: not yet handed over.</summary>
    public Instant? HandedOverAt { get; init; }

    public Instant? AnswerDueAt { get; init; }

    /// <summary>The instant of the transition to <c>mql</c> that this hand-over began with; null: never handed over, or before this was kept.</summary>
    public Instant? MqlAt { get; init; }

    /// <summary>While the hand-over is still to be sent: the latest contact of sales so far.</summary>
    public SalesContact? LastContact { get; init; }

    /// <summary>The first contact of this hand-over; null: none yet. It follows the facts: a call that is deleted was none.</summary>
    public ContactMade? FirstContact { get; init; }

    /// <summary>The owner of the hand-over record when last decided.</summary>
    public string? Owner { get; init; }

    /// <summary>How often the owner was seen to be another one since the hand-over.</summary>
    public int OwnerChanges { get; init; }

    public Answer Answer { get; init; }

    /// <summary>The verdict that stands in the present hand-over; null: none, or emptied.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The verdict of the hand-over before, for <i>previous answer</i>.</summary>
    public Verdict? PreviousVerdict { get; init; }
}

/// <summary>What sales said, on one record. Its identity is (record, value, reason, instant of that change in the CRM).</summary>
/// <param name="Record">The record's key, as the ledger gives it.</param>
/// <param name="At">The instant of the change in the CRM.</param>
public sealed record Verdict(string Record, VerdictValue Value, Instant At)
{
    /// <summary>The rejection reason's id as sales chose it; null: none given. May be retired or unknown to the agreement: kept as it is.</summary>
    public string? Reason { get; init; }

    public string? Comment { get; init; }

    /// <summary>The day on which sales wants the lead back, at 00:00 UTC of that day.</summary>
    public Instant? RecontactOn { get; init; }

    /// <summary>A person's name, or <c>automation</c>; null: the CRM does not tell.</summary>
    public string? By { get; init; }

    /// <summary>Who and when are the record's last modification, not its history.</summary>
    public bool IsApproximate { get; init; }

    /// <summary>Sales emptied the field: the verdict before it is withdrawn.</summary>
    public bool IsWithdrawal { get; init; }
}

public enum DealOutcome
{
    Open,
    Won,
    Lost,
}

/// <summary>A deal that the lead is on, as it stands.</summary>
public sealed record Deal(string Id, Instant CreatedAt, DealOutcome Outcome, Instant? ClosedAt);
