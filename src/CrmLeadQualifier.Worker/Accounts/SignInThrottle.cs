using System.Threading.RateLimiting;

namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>
/// Slows down whoever tries passwords: by the address of the socket (what a header claims counts for nothing), and by the account, whatever the address.
/// </summary>
internal sealed class SignInThrottle : IDisposable
{
    /// <summary>Five at once, then one every twelve seconds: nobody types faster, and a guess a second would need many addresses.</summary>
    private readonly PartitionedRateLimiter<string> _byAddress = Limiter(5, TimeSpan.FromSeconds(12));

    /// <summary>Wider, so that a stranger does not easily lock an account's owner out.</summary>
    private readonly PartitionedRateLimiter<string> _byAccount = Limiter(30, TimeSpan.FromSeconds(6));

    /// <summary>False: no attempt now.</summary>
    public bool Allows(string address, string account)
    {
        using var ofAddress = _byAddress.AttemptAcquire(address);
        using var ofAccount = ofAddress.IsAcquired ? _byAccount.AttemptAcquire(account) : ofAddress;
        return ofAccount.IsAcquired;
    }

    public void Dispose()
    {
        _byAddress.Dispose();
        _byAccount.Dispose();
    }

    private static PartitionedRateLimiter<string> Limiter(int atOnce, TimeSpan thenEvery) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = atOnce,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = thenEvery,
            QueueLimit = 0,
        }));
}
