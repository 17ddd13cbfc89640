using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;
using Npgsql;

namespace CrmLeadQualifier.Resilience;

/// <summary>Several workers on one PostgreSQL: whoever is killed, another carries on.</summary>
public sealed class WorkersOnPostgresTests : IAsyncLifetime
{
    private const int People = 400;
    private const string Job = "sync:hub";
    private static readonly TimeSpan CarriesOnWithin = TimeSpan.FromSeconds(150);

    private readonly string? _server = Environment.GetEnvironmentVariable("CLQ_TEST_POSTGRES");
    private readonly string _database = $"clq_workers_{Environment.ProcessId}_{Environment.TickCount64}";
    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;
    private CallRecorder _recorder = null!;

    public async Task InitializeAsync()
    {
        if (_server is null)
        {
            return;
        }

        await OnServerAsync($"CREATE DATABASE {_database}");
        _workplace.Environment["ConnectionStrings__Ledger"] = new NpgsqlConnectionStringBuilder(_server) { Database = _database }.ConnectionString;
        var aMinuteAgo = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", $"{People}", "--seed", "3", "--rate-limits", "off");
        _recorder = await CallRecorder.StartAsync(_sandbox.BaseUrl);
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), aMinuteAgo);
        await _workplace.GoLiveAsync(_recorder.BaseUrl, _sandbox.Token, aMinuteAgo);
    }

    public async Task DisposeAsync()
    {
        _workplace.Dispose();
        if (_server is not null)
        {
            await _recorder.DisposeAsync();
            _sandbox.Dispose();
            await OnServerAsync($"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
        }
    }

    [SkippableFact]
    public async Task A_worker_that_is_killed_during_a_job_is_replaced_by_the_other_and_nothing_is_written_twice()
    {
        Skip.If(_server is null, "CLQ_TEST_POSTGRES is not set; tests/postgres.sh COMMAND sets it");
        _recorder.HoldWhen(CallRecorder.IsWrite, number: 2);
        using var first = await ServingWorker.StartAsync(_workplace);
        using var watcher = await first.SignInAsync("admin", first.Password!);
        await ServingWorker.UntilAsync(() => watcher.PageAsync("runs"), _ => _recorder.Held.IsCompleted, "a second write");
        using var second = await ServingWorker.StartAsync(_workplace);
        Assert.Null(second.Password);
        using var admin = await second.SignInAsync("admin", first.Password!);
        Assert.Equal("running", await admin.JobStateAsync(Job));

        first.Process.Kill();
        var killed = Stopwatch.StartNew();
        await ServingWorker.UntilAsync(FieldsSetAsync, set => set == People, "fields set");

        Assert.True(killed.Elapsed < CarriesOnWithin, $"it took {killed.Elapsed}");
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);
        var twice = (await _sandbox.HistoriesAsync(["lq_score", "lq_handed_over_at"])).Where(history => history.Value.Contains(" > ", StringComparison.Ordinal)).ToList();
        Assert.Empty(twice);
    }

    [SkippableFact]
    public async Task Workers_that_start_at_once_on_an_empty_database_all_serve()
    {
        Skip.If(_server is null, "CLQ_TEST_POSTGRES is not set; tests/postgres.sh COMMAND sets it");
        await OnServerAsync($"DROP DATABASE {_database} WITH (FORCE)");
        await OnServerAsync($"CREATE DATABASE {_database}");

        var workers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServingWorker.StartAsync(_workplace)));

        Assert.Single(workers, worker => worker.Password is not null);
        foreach (var worker in workers)
        {
            using var stranger = worker.Visit();
            await ServingWorker.UntilAsync(
                async () => (int)(await stranger.SendAsync(HttpMethod.Get, "health")).StatusCode, status => status == 200, "health");
            worker.Process.Terminate();
            (await worker.Process.FinishAsync()).Expect(0);
            worker.Dispose();
        }

        (await _workplace.RunAsync("migrate")).Expect(0);
    }

    private async Task<int> FieldsSetAsync() => (await _sandbox.ContactsAsync("lq_stage")).Values.Count(contact => contact["lq_stage"]?.GetValue<string>() is { Length: > 0 });

    private async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
