using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// The one place that chooses Hangfire's engine, with every setting that is not Hangfire's default and the measurement behind it.
/// </summary>
internal static class JobEngine
{
    // Hangfire for PostgreSQL takes queues in the order of their names.
    public const string WatchQueue = "a-watch";
    public const string SyncQueue = "b-sync";
    public const string ScoreQueue = "c-score";
    public const string ReconcileQueue = "d-reconcile";

    public const string Schema = "hangfire";

    /// <summary>The work waits for CRMs, not for processors; each worker more costs a connection to PostgreSQL (workers + 4 at idle).</summary>
    private const int Workers = 4;

    /// <summary>
    /// After a worker died without a word its job starts elsewhere that much later: the default of 30 minutes was measured as just that. Sliding alone changes nothing about it, but
    /// without it a job longer than this would be started over and over while it runs.
    /// </summary>
    private static readonly TimeSpan InvisibilityTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Up to that much later a job starts that another process queued; the default of 15 s was measured as 11 to 13.</summary>
    private static readonly TimeSpan QueuePollInterval = TimeSpan.FromSeconds(2);

    /// <summary>A minute's turn starts up to that much after the minute, which a worker's death can cost; with the default of 15 s it was measured as 12 to 13.</summary>
    private static readonly TimeSpan SchedulePollingInterval = TimeSpan.FromSeconds(5);

    /// <summary>A dead holder's lock blocks that long; with the default of 10 minutes a restart was measured to take 14.</summary>
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(1);

    /// <summary>A page that is under way may take that long to end after SIGTERM. The host waits longer than this, the command line longer than the host.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan HostShutdownTimeout = TimeSpan.FromSeconds(75);

    /// <param name="connectionString">PostgreSQL's; null: in memory, and everything that matters is made again from the ledger at start.</param>
    public static IServiceCollection AddJobEngine(this IServiceCollection services, string? connectionString)
    {
        services.AddHangfire(hangfire => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseStorage<JobStorage>(connectionString is null ? new InMemoryStorage() : PostgreSql(connectionString)));
        services.AddHangfireServer(server =>
        {
            server.WorkerCount = Workers;
            server.Queues = [WatchQueue, SyncQueue, ScoreQueue, ReconcileQueue];
            server.SchedulePollingInterval = SchedulePollingInterval;
            server.ShutdownTimeout = ShutdownTimeout;
        });
        services.AddTransient<WorkerJobs>();
        return services;
    }

    private static PostgreSqlStorage PostgreSql(string connectionString) => new(
        new NpgsqlConnectionFactory(OwnPool(connectionString), new PostgreSqlStorageOptions { SchemaName = Schema }),
        new PostgreSqlStorageOptions
        {
            SchemaName = Schema,
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = InvisibilityTimeout,
            QueuePollInterval = QueuePollInterval,
            DistributedLockTimeout = LockTimeout,
            // Several servers that make the schema at once get in each other's way: it is made under a lock, see JobSchema.
            PrepareSchemaIfNecessary = false,
            // An engine that cannot be reached is said at once; by default the start hangs for half a minute and the dashboard for a minute.
            StartupConnectionMaxRetries = 0,
            AllowDegradedModeWithoutStorage = false,
        });

    private static string OwnPool(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = "crm-lead-qualifier hangfire",
        MaxPoolSize = 2 * Workers + 8,
    }.ConnectionString;
}
