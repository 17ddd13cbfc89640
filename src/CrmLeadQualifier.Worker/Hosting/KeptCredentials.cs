using System.Security.Cryptography;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// The credentials of a connection that hold an access token which ends. One renewal at a time per connection, whatever number of workers there is: a lock in the ledger; whoever waits for it
/// takes what the other got. What was renewed is in the ledger before it is used.
/// </summary>
/// <param name="read">The credentials in a connection's secrets.</param>
internal sealed class KeptCredentials<T>(
    ConnectionRow connection, T credentials, Func<string, T> read, Func<T, string> write, ConnectionSecrets secrets, ILedger ledger, TimeProvider clock)
    where T : class
{
    /// <summary>Longer than a renewal may take: a process that died in one is not waited for longer.</summary>
    private static readonly TimeSpan LockLife = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _one = new(1);
    private readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}";
    private volatile T _present = credentials;

    /// <summary>As this process knows them.</summary>
    public T Present => _present;

    /// <param name="isGood">Whether they will do.</param>
    /// <param name="renew">Not given up half way, since the CRM may have changed a refresh token and only its answer tells to what.</param>
    public async Task<T> GetAsync(Func<T, bool> isGood, Func<T, Task<T>> renew, CancellationToken cancellation)
    {
        if (isGood(_present))
        {
            return _present;
        }

        await _one.WaitAsync(cancellation);
        try
        {
            if (!isGood(_present))
            {
                _present = await TakeOrRenewAsync(isGood, renew, cancellation);
            }

            return _present;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<T> TakeOrRenewAsync(Func<T, bool> isGood, Func<T, Task<T>> renew, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var (stored, isLocked) = await LookAsync(isGood, cancellation);
            if (isGood(stored))
            {
                return stored;
            }

            if (isLocked)
            {
                return await RenewAsync(stored, renew);
            }

            if (clock.GetElapsedTime(since) > LockLife + LockLife)
            {
                throw new RetriableCrmException($"another process has been refreshing the access token of {connection.Name} for too long", LockLife);
            }

            await Task.Delay(Pause, clock, cancellation);
        }
    }

    /// <summary>What another process may have stored meanwhile; if that will not do, the lock is taken where it is free.</summary>
    private async Task<(T Stored, bool IsLocked)> LookAsync(Func<T, bool> isGood, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var stored = read(secrets.Unprotect(await FindAsync(transaction)));
        var now = Instant.Now(clock);
        var isLocked = !isGood(stored) && await transaction.Connections.TryLockTokenAsync(connection.Id, _owner, now, now + LockLife);
        await transaction.CommitAsync(cancellation);
        return (stored, isLocked);
    }

    private async Task<T> RenewAsync(T stored, Func<T, Task<T>> renew)
    {
        try
        {
            var renewed = await renew(stored);
            // From here on the CRM may take the former refresh token no more: told to stop or not, this is kept.
            await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
            var row = await FindAsync(transaction);
            await transaction.Connections.SaveAsync(row with { Secrets = secrets.Protect(write(renewed)) });
            await transaction.Connections.UnlockTokenAsync(connection.Id, _owner);
            await transaction.CommitAsync(CancellationToken.None);
            return renewed;
        }
        catch
        {
            await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
            await transaction.Connections.UnlockTokenAsync(connection.Id, _owner);
            await transaction.CommitAsync(CancellationToken.None);
            throw;
        }
    }

    private async Task<ConnectionRow> FindAsync(ILedgerTransaction transaction) =>
        (await transaction.Connections.ListAsync()).FirstOrDefault(row => row.Id == connection.Id)
        ?? throw new FatalCrmException($"Connection {connection.Name} is no more.", $"Run connect {connection.Crm} to connect it again.");
}
