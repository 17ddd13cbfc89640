using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>A change of stage; never updated. All indicators come from these rows.</summary>
/// <param name="At">The instant of the fact that decided.</param>
/// <param name="Cause">A name of <see cref="TransitionCause"/>.</param>
public sealed record Transition(Stage From, Stage To, Instant At, string Cause);

/// <summary>Why a stage changed.</summary>
public static class TransitionCause
{
    /// <summary>Set by an agreement's coming into force or a connection's first full read; in no cohort.</summary>
    public const string Baseline = "baseline";
    public const string Qualified = "qualified";
    public const string Released = "released";

    /// <summary>What sales said; to <c>mql</c> or <c>lead</c>: a verdict was emptied, and the hand-over it answered (no new one) waits again.</summary>
    public const string Verdict = "verdict";

    /// <summary>An SQL that sales found without us.</summary>
    public const string SalesDirect = "sales_direct";
    public const string Conversion = "conversion";
    public const string Deal = "deal";
    public const string DealLost = "deal_lost";
    public const string Customer = "customer";
    public const string Expired = "expired";
    public const string Reopened = "reopened";
}
