using System.Diagnostics;
using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using Npgsql;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// Scoring as workers do it: each a process of its own, pinned to one core, that runs the true stage over all due leads of one PostgreSQL. Against it the same rows read in order by
/// COPY, as bytes that nobody looks at, and the rows that scoring made written by COPY.
/// </summary>
internal sealed class ScoreBenchmark(TextWriter output, string connectionString, string warmUp, int leadCount)
{
    private const int WarmUpLeads = 5000;

    /// <summary>What scoring reads of the ledger, in the order of leads.</summary>
    private static readonly string[] Read =
    [
        "SELECT * FROM ledger.lead ORDER BY id",
        "SELECT * FROM ledger.record WHERE lead_id <> 0 ORDER BY lead_id",
        "SELECT lead_id, packed FROM ledger.activity WHERE lead_id <> 0 AND NOT is_withdrawn ORDER BY lead_id, at DESC",
    ];

    /// <summary>What scoring writes.</summary>
    private static readonly string[] Written = ["lead", "record"];

    /// <param name="leadCount">With 20 activities each.</param>
    /// <param name="most">1, 2, 4, … workers, up to so many; 0: the leads are only made.</param>
    public static async Task<int> RunAsync(TextWriter output, string server, int leadCount, int most)
    {
        var database = string.Create(CultureInfo.InvariantCulture, $"clq_score_{leadCount}");
        var benchmark = new ScoreBenchmark(output, AddressOf(database), AddressOf($"{database}_warm_up"), leadCount);
        await FillAsync(output, server, database, leadCount);
        await FillAsync(output, server, $"{database}_warm_up", WarmUpLeads);
        if (most > 0)
        {
            await benchmark.MeasureAsync(most);
        }

        return 0;

        string AddressOf(string name) => new NpgsqlConnectionStringBuilder(server) { Database = name, CommandTimeout = 0 }.ConnectionString;
    }

    /// <summary>Once: the database stays for the next measurement.</summary>
    private static async Task FillAsync(TextWriter output, string server, string database, int leadCount)
    {
        if (await NumberAsync(server, $"SELECT count(*) FROM pg_database WHERE datname = '{database}'") > 0)
        {
            return;
        }

        await ExecuteAsync(server, $"CREATE DATABASE {database}");
        var connectionString = new NpgsqlConnectionStringBuilder(server) { Database = database, CommandTimeout = 0 }.ConnectionString;
        var people = new BenchmarkPeople(leadCount);
        await using var ledger = new PostgresLedger(connectionString, TimeProvider.System);
        await ledger.OpenAsync(default);
        await people.AddAsync(ledger);
        var seconds = await people.SaveActivitiesAsync(ledger, 0, people.ActivityCount);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{people.ActivityCount:N0} activities arrived in random order, {people.ActivityCount / seconds:N0} a second"));
        await ExecuteAsync(connectionString, "VACUUM ANALYZE");
    }

    private async Task MeasureAsync(int most)
    {
        var isFirst = await NumberAsync(connectionString, "SELECT count(*) FROM ledger.definition") == 0;
        await output.WriteLineAsync("what                                                  seconds   leads/s  worker CPU us/lead  server CPU us/lead  MB");
        var read = await ReadAsync();
        if (isFirst)
        {
            await ScoreAsync("scored for the first time, 1 worker", 1);
        }

        await ScoreAsync("scored again, another agreement, 1 worker, no pin", 1, isPinned: false);
        for (var workers = 1; workers <= most; workers *= 2)
        {
            await ScoreAsync(FormattableString.Invariant($"scored again, another agreement, {workers} worker{(workers > 1 ? "s" : "")}"), workers);
        }

        var bare = await WriteAsync(indexes: false);
        var shipped = await WriteAsync(indexes: true);
        Report("bare: ordered read by COPY", read);
        Report("bare: COPY of the rows written, primary key only", bare);
        Report("bare: COPY of the rows written, shipped indexes", shipped);
        Report("bare: read and COPY, primary key only", read + bare);
    }

    /// <summary>The median of three.</summary>
    private async Task<double> ReadAsync()
    {
        var seconds = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            await using var source = await OpenAsync();
            var watch = Stopwatch.StartNew();
            foreach (var rows in Read)
            {
                await using var bytes = await source.BeginRawBinaryCopyAsync($"COPY ({rows}) TO STDOUT BINARY");
                await bytes.CopyToAsync(Stream.Null);
            }

            seconds.Add(watch.Elapsed.TotalSeconds);
        }

        return seconds.Order().ElementAt(1);
    }

    /// <summary>All rows that scoring wrote, into empty tables of the same form.</summary>
    private async Task<double> WriteAsync(bool indexes)
    {
        var seconds = 0.0;
        await using var target = await OpenAsync();
        foreach (var table in Written)
        {
            var file = Path.GetTempFileName();
            try
            {
                await using (var rows = File.Create(file))
                await using (var source = await target.BeginRawBinaryCopyAsync($"COPY ledger.{table} TO STDOUT BINARY"))
                {
                    await source.CopyToAsync(rows);
                }

                await ExecuteAsync(connectionString, $"CREATE TABLE ledger.bare (LIKE ledger.{table} {(indexes ? "INCLUDING INDEXES" : "")}); CHECKPOINT");
                if (!indexes)
                {
                    await ExecuteAsync(connectionString, "ALTER TABLE ledger.bare ADD PRIMARY KEY (id)");
                }

                await using var written = File.OpenRead(file);
                var watch = Stopwatch.StartNew();
                await using (var copy = await target.BeginRawBinaryCopyAsync("COPY ledger.bare FROM STDIN BINARY"))
                {
                    await written.CopyToAsync(copy);
                }

                seconds += watch.Elapsed.TotalSeconds;
                await ExecuteAsync(connectionString, "DROP TABLE ledger.bare");
            }
            finally
            {
                File.Delete(file);
            }
        }

        return seconds;
    }

    /// <summary>Under an agreement that was not in force before, so that every lead is due.</summary>
    private async Task ScoreAsync(string what, int count, bool isPinned = true)
    {
        var workers = new List<Process>();
        try
        {
            for (var core = 0; core < count; core++)
            {
                workers.Add(StartWorker(isPinned ? core.ToString(CultureInfo.InvariantCulture) : "0-" + (Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture)));
            }

            // What a worker that has been at work for a while has: compiled code.
            for (var round = 0; round < 16; round++)
            {
                await AgreeAsync(warmUp);
                await ScoreAsync(workers, warmUp);
            }

            await AgreeAsync(connectionString);
            await ExecuteAsync(connectionString, "VACUUM ledger.lead, ledger.record");
            await ExecuteAsync(connectionString, "CHECKPOINT");
            var server = await ServerProcesses.OfAsync(connectionString);
            var watch = Stopwatch.StartNew();
            var answers = await ScoreAsync(workers, connectionString);
            watch.Stop();
            var spent = server.SecondsOfCpu();
            var scored = answers.Sum(answer => answer[0]);
            if (scored != leadCount)
            {
                throw new InvalidOperationException($"{scored} leads were scored, not {leadCount}");
            }

            Report(what, watch.Elapsed.TotalSeconds, answers.Sum(answer => answer[1]), spent.Values.Sum(), answers.Max(answer => answer[2]));
            foreach (var (process, seconds) in spent.Where(process => process.Value > 0.05 * watch.Elapsed.TotalSeconds).OrderByDescending(process => process.Value))
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"    server: {process,-44} {seconds,6:F1} s of CPU, {seconds / watch.Elapsed.TotalSeconds,5:P0} of the time"));
            }

            foreach (var answer in answers)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"    worker: {answer[0],9:N0} leads, {answer[1],6:F1} s of CPU, {answer[1] / watch.Elapsed.TotalSeconds,5:P0} of the time, {answer[3]:N0} MB made, {answer[4]:F1} s of collecting garbage"));
            }
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.StandardInput.Close();
                await worker.WaitForExitAsync();
                worker.Dispose();
            }
        }
    }

    private static async Task<double[][]> ScoreAsync(List<Process> workers, string ledger)
    {
        foreach (var worker in workers)
        {
            await worker.StandardInput.WriteLineAsync(ledger);
        }

        var answers = await Task.WhenAll(workers.Select(worker => worker.StandardOutput.ReadLineAsync()));
        return Array.ConvertAll(answers, answer =>
            answer is null ? throw new InvalidOperationException("a worker ended") : Array.ConvertAll(answer.Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture)));
    }

    /// <param name="cores">Those that it may use.</param>
    private static Process StartWorker(string cores)
    {
        var start = new ProcessStartInfo("taskset", ["--cpu-list", cores, "dotnet", typeof(ScoreBenchmark).Assembly.Location, "score-worker"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Collecting what is called how often costs a third of the speed for minutes on end, and gains nothing afterwards that was seen here.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>Signs a version that differs from the one before in the points of one criterion.</summary>
    private static async Task AgreeAsync(string address)
    {
        await using var ledger = new PostgresLedger(address, TimeProvider.System);
        await ledger.OpenAsync(default);
        await using var transaction = await ledger.BeginAsync(lease: null, default);
        var number = (await transaction.Definitions.ListAsync()).Count + 1;
        var yaml = BenchmarkAgreement.Yaml.Replace("label: Pricing, on: page_view, where: { url: { contains: [/pricing, /tarifs] } }, points: 15", FormattableString.Invariant($"label: Pricing, on: page_view, where: {{ url: {{ contains: [/pricing, /tarifs] }} }}, points: {10 + number}"), StringComparison.Ordinal);
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "benchmark.yaml").Definition!;
        var at = BenchmarkPeople.Now + TimeSpan.FromSeconds(number);
        var version = await transaction.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, yaml, at, by: null, note: null);
        foreach (var role in AgreementInForce.Roles)
        {
            await transaction.Definitions.SignAsync(new SignatureRow(version, role, role, at, definition.AgreementFingerprint));
        }

        await transaction.CommitAsync(default);
    }

    private void Report(string what, double seconds, double? workers = null, double? server = null, double? memory = null) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-52} {seconds,8:F2} {leadCount / seconds,9:N0} {workers * 1e6 / leadCount,19:F1} {server * 1e6 / leadCount,19:F1} {memory,6:F0}"));

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var opened = new NpgsqlConnection(connectionString);
        await opened.OpenAsync();
        return opened;
    }

    private static async Task<long> NumberAsync(string server, string sql)
    {
        await using var source = new NpgsqlConnection(server);
        await source.OpenAsync();
        await using var command = new NpgsqlCommand(sql, source);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var source = new NpgsqlConnection(server);
        await source.OpenAsync();
        await using var command = new NpgsqlCommand(sql, source) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
