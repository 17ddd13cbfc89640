using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using Npgsql;
using NpgsqlTypes;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// The ledger on PostgreSQL against the server's own fastest ways: activities taken in against COPY into the same table with the same indexes, and what a scoring worker reads and
/// writes against one ordered read of the same rows and one COPY of the same results. The rows arrive in random order.
/// </summary>
internal sealed class LedgerBenchmark(TextWriter output, string connectionString, int leadCount)
{
    private const int PageSize = BenchmarkPeople.PageSize;
    private const string Fingerprint = "scoring-fingerprint-of-the-agreement-in-force-0123456789abcdef";

    private static readonly Instant T = BenchmarkPeople.Now;

    private readonly BenchmarkPeople people = new(leadCount);
    private TimeSpan reported;

    private int ActivityCount => people.ActivityCount;

    public static async Task<int> RunAsync(TextWriter output, string server, int leadCount)
    {
        var database = string.Create(CultureInfo.InvariantCulture, $"clq_benchmark_{Environment.ProcessId}");
        await ExecuteAsync(server, $"CREATE DATABASE {database}");
        try
        {
            var address = new NpgsqlConnectionStringBuilder(server) { Database = database, CommandTimeout = 0 }.ConnectionString;
            await new LedgerBenchmark(output, address, leadCount).RunAsync();
            return 0;
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync(server, $"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    private async Task RunAsync()
    {
        await using var ledger = new PostgresLedger(connectionString, TimeProvider.System);
        await ledger.OpenAsync(default);
        await people.AddAsync(ledger);
        await output.WriteLineAsync("what                                                        rows   seconds    rows/s   ratio   own CPU s");

        var ingested = Math.Min(1_000_000, ActivityCount);
        await ExecuteAsync(connectionString, "CREATE TABLE ledger.activity_copied (LIKE ledger.activity INCLUDING ALL)");
        var copied = await CopyAsync("ledger.activity_copied", ingested);
        Report("activities: COPY into the shipped schema", ingested, copied, copied);
        await ExecuteAsync(connectionString, "DROP TABLE ledger.activity_copied; CHECKPOINT");
        Report("activities: saved, 5,000 a page", ingested, await people.SaveActivitiesAsync(ledger, 0, ingested), copied);
        Report("activities: read again, nothing new", ingested, await people.SaveActivitiesAsync(ledger, 0, ingested), copied);
        if (ingested < ActivityCount)
        {
            Report("activities: the rest", ActivityCount - ingested, await people.SaveActivitiesAsync(ledger, ingested, ActivityCount), null);
        }

        await ExecuteAsync(connectionString, "CHECKPOINT");
        var read = await OrderedReadAsync();
        var written = await CopyResultsAsync();
        Report("leads: bare ordered read of their rows", leadCount, read, read + written);
        Report("leads: COPY of their results", leadCount, written, read + written);
        Report("leads: bare ordered read and COPY", leadCount, read + written, read + written);
        foreach (var batch in new[] { 500, 4000 })
        {
            Report(FormattableString.Invariant($"leads: read, {batch} a batch"), leadCount, await ReadLeadsAsync(ledger, batch), read + written);
        }

        foreach (var batch in new[] { 500, 4000 })
        {
            Report(FormattableString.Invariant($"leads: taken, read, written, {batch} a batch"), leadCount, await TakeAndWriteAsync(ledger, batch, batch), read + written);
        }
    }

    private async Task<double> CopyAsync(string table, int count)
    {
        await using var target = await OpenAsync();
        const string Columns = "lead_id, at, connection_id, external_id, record_id, kind, attributes_json, is_approximate, is_day_only, is_withdrawn, seen_at";
        var seconds = 0.0;
        for (var first = 0; first < count; first += PageSize)
        {
            var page = Enumerable.Range(first, Math.Min(PageSize, count - first)).Select(n => (Row: people.Activity(n), Json: Json(people.Activity(n)))).ToList();
            var watch = Stopwatch.StartNew();
            await using var copy = await target.BeginBinaryImportAsync($"COPY {table} ({Columns}) FROM STDIN BINARY");
            foreach (var (row, json) in page)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(long.Parse(row.RecordId, CultureInfo.InvariantCulture) - 5_000_000 + 1, NpgsqlDbType.Bigint);
                await copy.WriteAsync(row.At.UnixMilliseconds, NpgsqlDbType.Bigint);
                await copy.WriteAsync(row.ConnectionId, NpgsqlDbType.Bigint);
                await copy.WriteAsync(row.ExternalId, NpgsqlDbType.Text);
                await copy.WriteAsync(row.RecordId, NpgsqlDbType.Text);
                await copy.WriteAsync(row.Kind, NpgsqlDbType.Text);
                await copy.WriteAsync(json, NpgsqlDbType.Text);
                await copy.WriteAsync(false, NpgsqlDbType.Boolean);
                await copy.WriteAsync(false, NpgsqlDbType.Boolean);
                await copy.WriteAsync(false, NpgsqlDbType.Boolean);
                await copy.WriteAsync(T.UnixMilliseconds, NpgsqlDbType.Bigint);
            }

            await copy.CompleteAsync();
            seconds += watch.Elapsed.TotalSeconds;
        }

        return seconds;
    }

    private static string Json(ActivityRow row) => "{" + string.Join(",", row.Attributes.Select(pair => $"\"{pair.Key}\":\"{pair.Value}\"")) + "}";

    /// <summary>All that scoring reads, in the order of leads, once, as bytes that nobody looks at.</summary>
    private async Task<double> OrderedReadAsync()
    {
        await using var source = await OpenAsync();
        var watch = Stopwatch.StartNew();
        foreach (var rows in new[]
        {
            "SELECT * FROM ledger.lead ORDER BY id",
            "SELECT * FROM ledger.record WHERE lead_id <> 0 ORDER BY lead_id",
            "SELECT lead_id, packed FROM ledger.activity WHERE lead_id <> 0 AND NOT is_withdrawn ORDER BY lead_id, at DESC",
        })
        {
            await using var bytes = await source.BeginRawBinaryCopyAsync($"COPY ({rows}) TO STDOUT BINARY");
            await bytes.CopyToAsync(Stream.Null);
        }

        return watch.Elapsed.TotalSeconds;
    }

    private async Task<double> CopyResultsAsync()
    {
        await ExecuteAsync(connectionString, "CREATE TABLE result (id bigint PRIMARY KEY, total int, scored_at bigint, state_json text, score_json text)");
        await using var target = await OpenAsync();
        var score = new string('s', 330);
        var state = new string('t', 150);
        var watch = Stopwatch.StartNew();
        await using var copy = await target.BeginBinaryImportAsync("COPY result FROM STDIN BINARY");
        for (var lead = 1; lead <= leadCount; lead++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync((long)lead, NpgsqlDbType.Bigint);
            await copy.WriteAsync(42, NpgsqlDbType.Integer);
            await copy.WriteAsync(T.UnixMilliseconds, NpgsqlDbType.Bigint);
            await copy.WriteAsync(state, NpgsqlDbType.Text);
            await copy.WriteAsync(score, NpgsqlDbType.Text);
        }

        await copy.CompleteAsync();
        return watch.Elapsed.TotalSeconds;
    }

    private async Task<double> ReadLeadsAsync(PostgresLedger ledger, int batch)
    {
        var watch = Stopwatch.StartNew();
        await using var transaction = await ledger.BeginReadAsync(default);
        var found = 0;
        for (long first = 1; first <= leadCount; first += batch)
        {
            var ids = Enumerable.Range((int)first, (int)Math.Min(batch, leadCount - first + 1)).Select(id => (long)id).ToList();
            await transaction.Leads.GetAsync(ids);
            await transaction.Records.OfLeadsAsync(ids);
            found += (await transaction.Activities.OfLeadsAsync(ids)).Values.Sum(activities => activities.Count);
        }

        return found == ActivityCount ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{found} activities were read, not {ActivityCount}");
    }

    private async Task<double> TakeAndWriteAsync(PostgresLedger ledger, int batch, int version)
    {
        var watch = Stopwatch.StartNew();
        // Another fingerprint each time: all are due.
        var walk = new DueWalk(T, FormattableString.Invariant($"{Fingerprint}{version}"));
        var taken = 0;
        while (true)
        {
            await using var transaction = await ledger.BeginAsync(lease: null, default);
            var leads = await transaction.Leads.TakeDueAsync(walk, batch);
            if (leads.Count == 0)
            {
                return taken == leadCount ? watch.Elapsed.TotalSeconds : throw new InvalidOperationException($"{taken} leads were taken, not {leadCount}");
            }

            var ids = leads.Select(lead => lead.Id).ToList();
            await transaction.Records.OfLeadsAsync(ids);
            await transaction.Activities.OfLeadsAsync(ids);
            await transaction.Leads.SaveAsync([.. leads.Select(lead => lead with
            {
                IsDue = false,
                ScoredAt = T,
                Version = version,
                NextDueAt = T + TimeSpan.FromDays(7),
                State = LeadState.New with { StageSince = T, ScoringFingerprint = FormattableString.Invariant($"{Fingerprint}{version}") },
                Score = new LeadScore
                {
                    Status = LeadStatus.NotYet,
                    Profile = 30,
                    Behaviour = (int)(lead.Id % 50),
                    Criteria = [new("decision maker", 20), new("industry", 10), new("pricing page", 15), new("recent activity", (int)(lead.Id % 50))],
                    NextChangeAt = T + TimeSpan.FromDays(7),
                },
            })]);
            await transaction.CommitAsync(default);
            taken += ids.Count;
        }
    }

    /// <param name="bare">What the server's own way takes; the ratio is the part of its speed that is reached.</param>
    private void Report(string what, int rows, double seconds, double? bare)
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-54} {rows,9:N0} {seconds,9:F2} {rows / seconds,9:N0} {(bare is null ? "" : (bare.Value / seconds).ToString("F2", CultureInfo.InvariantCulture)),7} {(cpu - reported).TotalSeconds,11:F2}"));
        reported = cpu;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var opened = new NpgsqlConnection(connectionString);
        await opened.OpenAsync();
        return opened;
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var source = new NpgsqlConnection(server);
        await source.OpenAsync();
        await using var command = new NpgsqlCommand(sql, source) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
