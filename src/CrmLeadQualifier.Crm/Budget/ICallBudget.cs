using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Budget;

/// <summary>A limit of a CRM's, or of ours: so many calls in any span of that length.</summary>
/// <param name="Policy">Stable, kept in the ledger: <c>ten_seconds</c>, <c>searches</c>, <c>share_of_day</c> …</param>
/// <param name="Calls">In one span, by all processes together.</param>
/// <param name="Span">Rolling: ends now.</param>
/// <param name="Grain">How finely it is counted: a call counts until the whole of its grain has left the span.</param>
public sealed record CallLimit(string Policy, long Calls, TimeSpan Span, TimeSpan Grain)
{
    /// <summary>What the CRM itself said was used of the span by whoever: where we counted less, others did, and that counts as used now. 0: it said nothing.</summary>
    public long Told { get; init; }
}

/// <param name="Granted">How many calls may leave now; 0: none.</param>
/// <param name="RetryIn">Of none: after how long it is worth asking again.</param>
/// <param name="Policy">Of none: the limit that refuses.</param>
public readonly record struct CallGrant(int Granted, TimeSpan RetryIn = default, string? Policy = null);

/// <summary>The calls that all processes at work on one account share.</summary>
public interface ICallBudget
{
    /// <summary>Takes up to so many calls, of every one of the limits at once; what is granted counts as used from now on, whether it is used or not.</summary>
    Task<CallGrant> TakeAsync(int wanted, IReadOnlyList<CallLimit> limits, CancellationToken cancellation);
}

/// <summary>Where calls are counted: by policy and window.</summary>
public interface ICallCounts
{
    /// <summary>What was taken in the windows from an instant on, and the oldest of them in which something was.</summary>
    Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from);

    Task AddAsync(string policy, Instant window, long calls);
}
