using System.Data;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>
/// The ledger in a PostgreSQL database, in a schema of its own (<c>ledger</c>), for any number of processes on any number of hosts. Needed of the role: to own that schema, or to be
/// allowed to create it.
/// </summary>
/// <param name="connectionString">Npgsql's; what the ledger needs of pooling, preparing and timeouts is added to it.</param>
/// <param name="realClock">Real time, whatever instant the program computes for: leases expire by it. The clocks of hosts that share a ledger agree to a few seconds.</param>
public sealed class PostgresLedger : ILedger
{
    /// <summary>How long a writing transaction waits for the one before it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>After how many new activities the index that they are read from is told that they are there for all to see; until then the table is asked about each.</summary>
    private const int ActivitiesBetweenVacuums = 100_000;

    private readonly NpgsqlDataSource source;
    private readonly PostgresSchema schema;
    private readonly PostgresLeases leases;
    private readonly TimeProvider clock;
    private int activitiesSinceVacuum;

    public PostgresLedger(string connectionString, TimeProvider realClock)
    {
        clock = realClock;
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            SearchPath = PostgresSchema.Name,
            Multiplexing = false,
            // Of a statement's parameters nothing may enter a message: they are people's addresses and names.
            IncludeErrorDetail = false,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 600,
            // A batch is megabytes: in the usual 8 kB it would take hundreds of calls.
            ReadBufferSize = 65_536,
            WriteBufferSize = 65_536,
        };
        if (string.IsNullOrEmpty(settings.ApplicationName))
        {
            settings.ApplicationName = "crm-lead-qualifier";
        }

        // Compiling a statement takes longer than any of ours does, and planning one anew for its values as long as some: none of our plans depends on them. A host that is lost within a transaction is noticed by the server after half a minute, and what it holds is free.
        settings.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Options} -c jit=off -c plan_cache_mode=force_generic_plan -c lock_timeout={Patience.TotalMilliseconds} -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3").Trim();
        source = NpgsqlDataSource.Create(settings);
        var dedicated = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, MaxAutoPrepare = 0, TcpKeepAlive = true };
        schema = new PostgresSchema(source, dedicated.ConnectionString, $"{settings.Database} on {settings.Host}:{settings.Port.ToString(CultureInfo.InvariantCulture)}");
        // The watch over a lease's connection is a statement that sleeps; without the check the server would hear of a killed holder only when it ends. (PostgreSQL 14 and later.)
        dedicated.Options += " -c client_connection_check_interval=100";
        leases = new PostgresLeases(BeginSessionAsync, dedicated.ConnectionString, realClock);
    }

    /// <exception cref="LedgerUnreachableException">The server is not reached, or does not let us in.</exception>
    public async Task OpenAsync(CancellationToken cancellation) => await ReachedAsync(async () =>
    {
        await schema.OpenAsync(cancellation).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    /// <inheritdoc cref="OpenAsync"/>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation) => ReachedAsync(() => schema.MigrateAsync(cancellation));

    private static async Task<T> ReachedAsync<T>(Func<Task<T>> open)
    {
        try
        {
            return await open().ConfigureAwait(false);
        }
        catch (NpgsqlException refused)
        {
            throw new LedgerUnreachableException($"The ledger on PostgreSQL cannot be opened: {refused.Message.TrimEnd('.')}. Check ConnectionStrings:Ledger, and that its role may use the database.", refused);
        }
    }

    public async Task<ILedgerTransaction> BeginReadAsync(CancellationToken cancellation) =>
        new PostgresLedgerTransaction(this, await BeginSessionAsync(SessionKind.Reading, cancellation).ConfigureAwait(false), lease: null);

    /// <param name="cancellation">Ends the waiting of any statement of the transaction.</param>
    public async Task<ILedgerTransaction> BeginAsync(Lease? lease, CancellationToken cancellation) =>
        new PostgresLedgerTransaction(this, await BeginSessionAsync(SessionKind.Writing, cancellation).ConfigureAwait(false), lease);

    public bool TakesLeadsSideBySide => true;

    public Task<Lease?> TakeLeaseAsync(long connectionId, string owner, CancellationToken cancellation) => leases.TakeAsync(connectionId, owner, cancellation);

    public Task RenewLeaseAsync(Lease lease, CancellationToken cancellation) => leases.RenewAsync(lease, cancellation);

    public Task ReleaseLeaseAsync(Lease lease, CancellationToken cancellation) => leases.ReleaseAsync(lease, cancellation);

    public async Task<T> UseBudgetAsync<T>(long connectionId, Func<IBudgetRows, Instant, Task<T>> use, CancellationToken cancellation)
    {
        await using var session = await BeginSessionAsync(SessionKind.Apart, cancellation).ConfigureAwait(false);
        await session.ExecuteAsync("SET LOCAL synchronous_commit = off").ConfigureAwait(false);
        await session.ExecuteAsync("SELECT pg_advisory_xact_lock($1, $2)", AdvisoryLocks.Budget, unchecked((int)connectionId)).ConfigureAwait(false);
        var answer = await use(new PostgresBudgetRows(session, connectionId), Instant.Now(clock)).ConfigureAwait(false);
        await session.CommitAsync().ConfigureAwait(false);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await leases.DisposeAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
    }

    internal SharedTexts Texts { get; } = new();

    internal bool IsLost(Lease lease) => leases.IsLost(lease);

    /// <summary>
    /// A row is read from the index alone once its page is marked as seen by all. The server does that of itself within a minute or so; after a bulk of activities, scoring follows at
    /// once.
    /// </summary>
    internal async Task ActivitiesSavedAsync(int count)
    {
        if (count > 0 && Interlocked.Add(ref activitiesSinceVacuum, count) >= ActivitiesBetweenVacuums)
        {
            Interlocked.Exchange(ref activitiesSinceVacuum, 0);
            await using var vacuum = source.CreateCommand("VACUUM (SKIP_LOCKED, INDEX_CLEANUP OFF, TRUNCATE OFF) activity");
            await vacuum.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private Task<PostgresSession> BeginSessionAsync(SessionKind kind, CancellationToken cancellation) => BeginSessionAsync(kind, null, cancellation);

    /// <param name="snapshot">The state that a reader sees, by the name that another gave it; null: the present one.</param>
    private async Task<PostgresSession> BeginSessionAsync(SessionKind kind, string? snapshot, CancellationToken cancellation)
    {
        var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        try
        {
            var isolation = kind == SessionKind.Reading ? IsolationLevel.RepeatableRead : IsolationLevel.ReadCommitted;
            var transaction = await connection.BeginTransactionAsync(isolation, cancellation).ConfigureAwait(false);
            var session = new PostgresSession(connection, transaction, kind, (name, end) => BeginSessionAsync(SessionKind.Reading, name, end), cancellation);
            if (kind == SessionKind.Reading)
            {
                // The state that it sees is that of its first statement, unless it is given one.
                await session.ExecuteAsync($"SET TRANSACTION READ ONLY; {(snapshot is null ? "SELECT 1" : $"SET TRANSACTION SNAPSHOT '{snapshot}'")}").ConfigureAwait(false);
            }

            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
