using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience;

/// <summary>Several workers on one PostgreSQL: whoever is killed, another carries on.</summary>
public sealed class WorkersOnPostgresTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int People = 400;
    private const string Job = "sync:hub";
    private static readonly TimeSpan CarriesOnWithin = TimeSpan.FromSeconds(150);

    private static readonly string Agreement = Repository.File("definitions", "b2b-software.en.yaml");

    private readonly string _start = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    private Workplace _workplace = null!;
    private SandboxUnderTest _sandbox = null!;
    private CallRecorder _recorder = null!;

    public async Task InitializeAsync()
    {
        if (!PostgresDatabase.HasServer)
        {
            return;
        }

        _workplace = new Workplace(Engine.Postgres);
        _sandbox = await StartAsync();
        _recorder = await CallRecorder.StartAsync(_sandbox.BaseUrl);
        await _workplace.SignAsync(Agreement, _start);
        await _workplace.GoLiveAsync(_recorder.BaseUrl, _sandbox.Token, _start);
    }

    public async Task DisposeAsync()
    {
        if (PostgresDatabase.HasServer)
        {
            _workplace.Dispose();
            await _recorder.DisposeAsync();
            _sandbox.Dispose();
        }
    }

    [SkippableFact]
    public async Task A_worker_that_is_killed_during_a_job_is_replaced_by_the_other_and_nothing_is_written_twice()
    {
        Skip.IfNot(PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        var expected = StagesUndisturbedAsync();
        _recorder.HoldAt(CallRecorder.IsWrite, number: 2);
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
        output.WriteLine($"carried on and done {killed.Elapsed.TotalSeconds:0} s after the kill");

        Assert.True(killed.Elapsed < CarriesOnWithin, $"it took {killed.Elapsed}\n{_workplace.Log}");
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);
        await AssertWrittenOnceAsync(await expected);
    }

    [SkippableFact]
    public async Task Workers_that_start_at_once_on_an_empty_database_all_serve()
    {
        Skip.IfNot(PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        _workplace.Database!.Empty();

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

    /// <summary>By contact, the stages that two undisturbed runs set: whoever takes a dead worker's turn releases whom its first decisions held, as the next turn does.</summary>
    private async Task<IReadOnlyDictionary<string, string>> StagesUndisturbedAsync()
    {
        using var sandbox = await StartAsync();
        using var workplace = new Workplace();
        await workplace.SignAsync(Agreement, _start);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, _start);
        (await workplace.RunAsync("sync", "--yes")).Expect(0);
        (await workplace.RunAsync("sync", "--yes")).Expect(0);
        return await StagesAsync(sandbox);
    }

    private static async Task<IReadOnlyDictionary<string, string>> StagesAsync(SandboxUnderTest sandbox) =>
        new SortedDictionary<string, string>((await sandbox.ContactsAsync("lq_stage")).ToDictionary(contact => contact.Key, contact => contact.Value["lq_stage"]!.GetValue<string>()), StringComparer.Ordinal);

    /// <summary>Everybody is in the right stage, and no field was ever given the value that it had.</summary>
    private async Task AssertWrittenOnceAsync(IReadOnlyDictionary<string, string> expected)
    {
        Assert.Contains("mql", expected.Values);
        Assert.Equal(expected, await StagesAsync(_sandbox));
        var given = new Dictionary<(string, string), string>();
        foreach (var record in _recorder.Writes.SelectMany(write => write["inputs"]!.AsArray()))
        {
            foreach (var (field, value) in record!["properties"]!.AsObject())
            {
                var key = (record["id"]!.GetValue<string>(), field);
                Assert.False(given.TryGetValue(key, out var before) && before == value!.GetValue<string>(), $"{key} was given {value} twice");
                given[key] = value!.GetValue<string>();
            }
        }
    }

    private Task<SandboxUnderTest> StartAsync() => SandboxUnderTest.StartAsync("--contacts", $"{People}", "--seed", "3", "--rate-limits", "off", "--split", "hubspot", "--at", _start);

    private async Task<int> FieldsSetAsync() => (await _sandbox.ContactsAsync("lq_stage")).Values.Count(contact => contact["lq_stage"]?.GetValue<string>() is { Length: > 0 });
}
