namespace CrmLeadQualifier.Crm.Budget;

/// <summary>The calls that an account has in a day, whoever makes them, and what of them this program takes (lifecycle and sync, section 9).</summary>
public sealed record DayOfCalls
{
    /// <summary>With less than this part of the account's day left, whoever used it, only verdicts, deals and stages go on; with less than <see cref="Last"/> nothing.</summary>
    public const double Floor = 0.20;

    public const double Last = 0.05;

    /// <summary>How our own calls of the day are counted.</summary>
    public const string Policy = "share_of_day";

    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(15);

    /// <summary>Null: the account has no such limit, or no answer told it.</summary>
    public long? Allowed { get; init; }

    public long? Left { get; init; }

    /// <summary>The part of the account's day that is ours.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>Whether so little of the account's day is left that work of this importance waits.</summary>
    public bool IsBelowFloor(CallImportance importance) =>
        Allowed is > 0 and var allowed && Left is { } left && left < allowed * (importance <= CallImportance.Stages ? Last : Floor);

    /// <summary>What work of this importance may take; null: nothing is known that limits it.</summary>
    /// <param name="span">The account's day: since its midnight, or the last 24 hours.</param>
    public CallLimit? LimitOf(CallImportance importance, TimeSpan span) =>
        Allowed is { } allowed ? new CallLimit(Policy, (long)(allowed * Share * PartOfShare(importance)), span, Grain) : null;

    /// <summary>Towards the end of the share the less important stops first.</summary>
    private static double PartOfShare(CallImportance importance) => importance switch
    {
        CallImportance.Verdicts or CallImportance.Stages => 1,
        CallImportance.Contacts => 0.95,
        CallImportance.Activities => 0.9,
        CallImportance.Scores => 0.85,
        CallImportance.Reconcile => 0.8,
        _ => 0.75,
    };
}
