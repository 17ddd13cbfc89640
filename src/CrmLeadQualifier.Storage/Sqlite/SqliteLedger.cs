using System.Collections.Concurrent;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>
/// The ledger in one SQLite file. Any number of processes read at any time, each its own snapshot (WAL); one writes at a time, the others wait.
/// </summary>
/// <param name="path">The file; it and its folder are made if they are not there.</param>
/// <param name="clock">Real time, whatever instant the program computes for: leases expire by it.</param>
public sealed class SqliteLedger(string path, TimeProvider clock) : ILedger
{
    /// <summary>How long a writing transaction waits for the one before it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // The one used last first: each keeps pages of the file in memory, and one such set is enough.
    private readonly ConcurrentStack<SqliteSession> idle = [];

    // SQLite lets whoever asks first after a commit have the lock: of this process's writers each comes in turn.
    private readonly SemaphoreSlim turns = new(1);

    private readonly SemaphoreSlim countingTurns = new(1);
    private SqliteSession? counting;
    private bool isDisposed;

    // Pooling is ours (idle sessions keep their prepared statements), so that disposing the ledger closes the file. The provider's own wait for a lock is one attempt of ours.
    private readonly string connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString();

    public async Task OpenAsync(CancellationToken cancellation)
    {
        var session = await OpenWithTurnAsync(cancellation).ConfigureAwait(false);
        await using var _ = new Returned(this, session);
        if (SqliteSchema.IsReady(session, path))
        {
            return;
        }

        await BeginImmediateAsync(session, cancellation).ConfigureAwait(false);
        // Whoever had the lock before may have created it meanwhile.
        if (!SqliteSchema.IsReady(session, path))
        {
            SqliteSchema.Upgrade(session, path);
        }

        session.Execute("COMMIT");
    }

    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation)
    {
        var session = await OpenWritingAsync(cancellation).ConfigureAwait(false);
        await using var _ = new Returned(this, session);
        var scripts = SqliteSchema.Upgrade(session, path);
        session.Execute("COMMIT");
        return scripts;
    }

    public async Task<ILedgerTransaction> BeginReadAsync(CancellationToken cancellation)
    {
        var session = await OpenSessionAsync(cancellation).ConfigureAwait(false);
        try
        {
            session.Execute("PRAGMA query_only = 1");
            session.Execute("BEGIN");
            // A deferred transaction has no snapshot before its first read.
            session.Number("SELECT count(*) FROM sqlite_schema");
            return new SqliteLedgerTransaction(this, session, lease: null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public async Task<ILedgerTransaction> BeginAsync(Lease? lease, CancellationToken cancellation) =>
        new SqliteLedgerTransaction(this, await OpenWritingAsync(cancellation).ConfigureAwait(false), lease);

    public bool TakesLeadsSideBySide => false;

    internal SharedAttributes Attributes { get; } = new();

    public Task<Lease?> TakeLeaseAsync(long connectionId, string owner, CancellationToken cancellation) =>
        WriteAsync(session => SqliteLeases.Take(session, connectionId, owner, Instant.Now(clock)), cancellation);

    public Task RenewLeaseAsync(Lease lease, CancellationToken cancellation) =>
        WriteAsync(session => SqliteLeases.Renew(session, lease, Instant.Now(clock)), cancellation);

    public Task ReleaseLeaseAsync(Lease lease, CancellationToken cancellation) =>
        WriteAsync(session => SqliteLeases.Release(session, lease), cancellation);

    public async Task<T> UseBudgetAsync<T>(long connectionId, Func<IBudgetRows, Instant, Task<T>> use, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        await countingTurns.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (counting is null)
            {
                counting = await OpenFileAsync(cancellation).ConfigureAwait(false);
                // A few rows, and a commit several times a second that need not reach the disk before the next.
                counting.Execute("PRAGMA cache_size = -1024");
                counting.Execute("PRAGMA synchronous = NORMAL");
            }

            await TakeTurnAsync(cancellation).ConfigureAwait(false);
            counting.HasTurn = true;
            await BeginImmediateAsync(counting, cancellation).ConfigureAwait(false);
            var answer = await use(new SqliteBudgetRows(counting, connectionId), Instant.Now(clock)).ConfigureAwait(false);
            counting.Execute("COMMIT");
            EndTurn(counting);
            return answer;
        }
        catch
        {
            if (counting is { } broken)
            {
                counting = null;
                broken.Dispose();
                EndTurn(broken);
            }

            throw;
        }
        finally
        {
            countingTurns.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        isDisposed = true;
        while (idle.TryPop(out var session))
        {
            session.Dispose();
        }

        counting?.Dispose();
        turns.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends whatever the session was doing and keeps it for the next transaction.</summary>
    internal void Return(SqliteSession session)
    {
        var isUsable = session.TryReset();
        EndTurn(session);
        if (isDisposed || !isUsable)
        {
            session.Dispose();
            return;
        }

        idle.Push(session);
    }

    private void EndTurn(SqliteSession session)
    {
        if (session.HasTurn && !isDisposed)
        {
            turns.Release();
        }

        session.HasTurn = false;
    }

    private async Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellation)
    {
        var session = await OpenWritingAsync(cancellation).ConfigureAwait(false);
        await using var _ = new Returned(this, session);
        var answer = write(session);
        session.Execute("COMMIT");
        return answer;
    }

    /// <summary>A session with a writing transaction begun. Those who wait for their turn have none: each would keep pages of its own in memory.</summary>
    private async Task<SqliteSession> OpenWritingAsync(CancellationToken cancellation)
    {
        var session = await OpenWithTurnAsync(cancellation).ConfigureAwait(false);
        try
        {
            await BeginImmediateAsync(session, cancellation).ConfigureAwait(false);
            return session;
        }
        catch
        {
            Return(session);
            throw;
        }
    }

    private async Task<SqliteSession> OpenWithTurnAsync(CancellationToken cancellation)
    {
        await TakeTurnAsync(cancellation).ConfigureAwait(false);
        try
        {
            var session = await OpenSessionAsync(cancellation).ConfigureAwait(false);
            session.HasTurn = true;
            return session;
        }
        catch
        {
            turns.Release();
            throw;
        }
    }

    private async Task TakeTurnAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!await turns.WaitAsync(Patience, cancellation).ConfigureAwait(false))
        {
            throw StillWriting();
        }
    }

    private Task<SqliteSession> OpenSessionAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return idle.TryPop(out var session) ? Task.FromResult(session) : OpenFileAsync(cancellation);
    }

    private Task<SqliteSession> OpenFileAsync(CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        return PatientlyAsync(
            () =>
            {
                var opened = new SqliteSession(connectionString);
                try
                {
                    // synchronous=FULL: a field that was sent is on disk as sent before it leaves, even if the power goes. There is one commit per page or batch, so the
                    // sync that each costs is small beside the request that it belongs to.
                    opened.Execute("PRAGMA busy_timeout = 200");
                    opened.Execute("PRAGMA journal_mode = WAL");
                    opened.Execute("PRAGMA synchronous = FULL");
                    opened.Execute("PRAGMA foreign_keys = ON");
                    // A row that moves leaves its former bytes behind otherwise: an erased person's too, and no erasure finds those.
                    opened.Execute("PRAGMA secure_delete = ON");
                    opened.Execute("PRAGMA cache_size = -32768");
                    // 64 MB, not 4: a page of activities touches the pages of many leads, and each checkpoint writes them all to their scattered places.
                    opened.Execute("PRAGMA wal_autocheckpoint = 16384");
                    return opened;
                }
                catch (SqliteException problem) when (problem.SqliteErrorCode == SQLitePCL.raw.SQLITE_NOTADB)
                {
                    opened.Dispose();
                    throw new LedgerSchemaException($"{path} is no ledger (not a SQLite file): move it away, or put a backup in its place.");
                }
                catch
                {
                    opened.Dispose();
                    throw;
                }
            },
            cancellation);
    }

    /// <summary>Whoever begins has the turn, which ends when its session is returned.</summary>
    private Task BeginImmediateAsync(SqliteSession session, CancellationToken cancellation) => PatientlyAsync(() => session.Execute("BEGIN IMMEDIATE"), cancellation);

    private TimeoutException StillWriting()
    {
        var seconds = Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        return new TimeoutException($"Another process has been writing to {path} for more than {seconds} seconds. Wait until it is done, or end it, and try again.");
    }

    /// <summary>Tries again while another process holds the lock, up to <see cref="Patience"/>.</summary>
    private async Task<T> PatientlyAsync<T>(Func<T> attempt, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return attempt();
            }
            catch (SqliteException problem) when (problem.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                {
                    throw StillWriting();
                }
            }

            await Task.Delay(Pause, cancellation).ConfigureAwait(false);
        }
    }

    private readonly struct Returned(SqliteLedger ledger, SqliteSession session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            ledger.Return(session);
            return ValueTask.CompletedTask;
        }
    }
}
