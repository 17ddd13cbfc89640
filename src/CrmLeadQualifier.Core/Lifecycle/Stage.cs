namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>Where a lead stands. MQL is the program's; SQL is only ever a person's verdict, a conversion or a deal.</summary>
public enum Stage
{
    Lead,
    Mql,
    Sal,
    Sql,
    Opportunity,
    Customer,
    Recycled,
    Disqualified,
}

/// <summary>What a hand-over waits for; <see cref="None"/> is an empty field.</summary>
public enum Answer
{
    None,

    /// <summary>Qualified, but no record where sales works, or no active owner: the clock has not started.</summary>
    Waiting,
    ToAnswer,
    Overdue,
    Contacted,
    Answered,

    /// <summary>Rejected without a reason.</summary>
    ReasonMissing,

    /// <summary>Excluded after the hand-over: out of the views, clock stopped.</summary>
    Withdrawn,
}

/// <summary>What sales said.</summary>
public enum VerdictValue
{
    Accepted,
    Qualified,
    Rejected,
    Reopened,
}
