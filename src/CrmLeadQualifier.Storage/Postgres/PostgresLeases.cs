using System.Collections.Concurrent;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using Medallion.Threading.Postgres;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>
/// Who works on a connection: a row with owner, epoch and expiry, and an advisory lock for the life of that epoch on a connection that does nothing else. The server frees the lock
/// when the holder's process or host is gone, and says so to the holder when it is the holder that lost the server.
/// </summary>
/// <param name="connectionString">Without pooling, with keepalive.</param>
internal sealed class PostgresLeases(Func<SessionKind, CancellationToken, Task<PostgresSession>> begin, string connectionString, TimeProvider clock) : IAsyncDisposable
{
    // How long a busy server may need to notice that a process was killed.
    private const string Courtesy = "SET LOCAL lock_timeout = '1s'";

    private static readonly TimeSpan Keepalive = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(long Connection, long Epoch), Held> held = [];

    public async Task<Lease?> TakeAsync(long connectionId, string owner, CancellationToken cancellation)
    {
        await using var session = await begin(SessionKind.Apart, cancellation).ConfigureAwait(false);
        // One taker at a time, and none while a transaction under the present lease commits.
        var epoch = await session.NumberAsync("SELECT epoch FROM connection WHERE id = $1 FOR NO KEY UPDATE", connectionId).ConfigureAwait(false) + 1
            ?? throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"There is no connection {connectionId}."), nameof(connectionId));
        var now = Instant.Now(clock);
        var holder = await session.FirstAsync(
            "SELECT epoch, expires_at FROM lease WHERE connection_id = $1", row => (Epoch: row.GetInt64(0), Expiry: row.Instant(1)), connectionId).ConfigureAwait(false);
        if (holder.Epoch > 0 && holder.Expiry > now && await IsAliveAsync(session, connectionId, holder.Epoch).ConfigureAwait(false))
        {
            return null;
        }

        var alive = await HoldAsync(connectionId, epoch, cancellation).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync("UPDATE connection SET epoch = $2 WHERE id = $1", connectionId, epoch).ConfigureAwait(false);
            await session.ExecuteAsync(
                """
                INSERT INTO lease (connection_id, epoch, owner, expires_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (connection_id) DO UPDATE SET epoch = excluded.epoch, owner = excluded.owner, expires_at = excluded.expires_at
                """,
                connectionId, epoch, owner, now + Lease.Life).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
        }
        catch
        {
            await alive.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        held[(connectionId, epoch)] = alive;
        return new Lease(connectionId, epoch, owner);
    }

    public async Task RenewAsync(Lease lease, CancellationToken cancellation)
    {
        await using var session = await begin(SessionKind.Apart, cancellation).ConfigureAwait(false);
        if (IsLost(lease) || await session.ExecuteAsync(
            "UPDATE lease SET expires_at = $3 WHERE connection_id = $1 AND epoch = $2", lease.ConnectionId, lease.Epoch, Instant.Now(clock) + Lease.Life).ConfigureAwait(false) == 0)
        {
            throw new LeaseLostException(string.Create(CultureInfo.InvariantCulture, $"Another process took connection {lease.ConnectionId} from {lease.Owner}."));
        }

        await session.CommitAsync().ConfigureAwait(false);
    }

    public async Task ReleaseAsync(Lease lease, CancellationToken cancellation)
    {
        await using (var session = await begin(SessionKind.Apart, cancellation).ConfigureAwait(false))
        {
            // A lost lease is another's, and stays.
            await session.ExecuteAsync("DELETE FROM lease WHERE connection_id = $1 AND epoch = $2", lease.ConnectionId, lease.Epoch).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
        }

        if (held.TryRemove((lease.ConnectionId, lease.Epoch), out var alive))
        {
            await alive.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The connection on which it was held is gone, so that another process may have it by now.</summary>
    public bool IsLost(Lease lease) => held.TryGetValue((lease.ConnectionId, lease.Epoch), out var alive) && alive.IsLost;

    public async ValueTask DisposeAsync()
    {
        foreach (var alive in held.Values)
        {
            await alive.DisposeAsync().ConfigureAwait(false);
        }

        held.Clear();
    }

    private static async Task<bool> IsAliveAsync(PostgresSession session, long connectionId, long epoch)
    {
        await session.ExecuteAsync(Courtesy).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync("SELECT pg_advisory_xact_lock_shared($1, $2)", AdvisoryLocks.Leases(connectionId), unchecked((int)epoch)).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    private async Task<Held> HoldAsync(long connectionId, long epoch, CancellationToken cancellation)
    {
        var key = new PostgresAdvisoryLockKey(AdvisoryLocks.Leases(connectionId), unchecked((int)epoch));
        var alive = new PostgresDistributedLock(key, connectionString, options => options.UseMultiplexing(false).KeepaliveCadence(Keepalive));
        return new Held(await alive.AcquireAsync(TimeSpan.FromSeconds(30), cancellation).ConfigureAwait(false));
    }

    private sealed class Held(PostgresDistributedLockHandle handle) : IAsyncDisposable
    {
        // Asking for the token begins the watch over the connection.
        private readonly CancellationToken lost = handle.HandleLostToken;

        public bool IsLost => lost.IsCancellationRequested;

        public async ValueTask DisposeAsync()
        {
            try
            {
                await handle.DisposeAsync().ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (IsLost)
            {
                // The lock ended with its connection: there is nothing left to free.
            }
        }
    }
}
