using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>
/// A run is cut at twenty of its calls, and the process killed at four more, and each time started again with the same <c>--at</c>: the CRM ends as after an undisturbed
/// run, and no field passed through a value that an undisturbed run would not have written.
/// </summary>
public sealed class InterruptedRunsTests(InterruptedRunsTests.UndisturbedRun undisturbed) : IClassFixture<InterruptedRunsTests.UndisturbedRun>
{
    private const string Start = "2026-11-23T09:00:00Z";
    private const string FirstSync = "2026-11-23T09:30:00Z";
    private const string SecondSync = "2026-11-23T09:40:00Z";

    /// <summary>Twenty places in the first and second sync together, as parts of the way; writes and reads are picked by <see cref="UndisturbedRun.Places"/>.</summary>
    public static IEnumerable<object[]> Cuts() => Enumerable.Range(0, 20).Select(index => new object[] { index, index % 2 == 0 ? "cut-before" : "cut-after" });

    public static IEnumerable<object[]> Kills() => [[0.1, false], [0.45, true], [0.75, true], [0.95, false]];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task A_run_that_was_cut_ends_where_an_undisturbed_one_ends(int index, string fault)
    {
        var place = undisturbed.Places[index];
        await using var scenario = await Scenario.PrepareAsync();
        await scenario.SyncAsync(FirstSync, place.IsSecondSync ? null : $"{fault}@{place.Call}");
        await scenario.ReleaseAsync();
        await scenario.SyncAsync(SecondSync, place.IsSecondSync ? $"{fault}@{place.Call}" : null);
        await AssertSameAsync(scenario);
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task A_process_that_was_killed_ends_where_an_undisturbed_one_ends(double part, bool afterHandling)
    {
        await using var scenario = await Scenario.PrepareAsync();
        await scenario.KillAsync(FirstSync, Math.Max(1, (int)(undisturbed.FirstCalls.Count * part)), afterHandling);
        await scenario.SyncAsync(FirstSync, null);
        await scenario.ReleaseAsync();
        await scenario.KillAsync(SecondSync, Math.Max(1, (int)(undisturbed.SecondCalls.Count * part)), afterHandling);
        await scenario.SyncAsync(SecondSync, null);
        await AssertSameAsync(scenario);
    }

    [Fact]
    public void Eight_of_the_cuts_at_least_are_at_writes()
    {
        Assert.Equal(20, undisturbed.Places.Distinct().Count());
        Assert.True(undisturbed.Places.Count(place => place.IsWrite) >= 8, $"only {undisturbed.Places.Count(place => place.IsWrite)} writes");
    }

    private async Task AssertSameAsync(Scenario scenario)
    {
        var histories = await scenario.HistoriesAsync();
        var different = undisturbed.Histories.Where(entry => histories.GetValueOrDefault(entry.Key, "") != entry.Value)
            .Select(entry => $"{entry.Key}: {histories.GetValueOrDefault(entry.Key, "")} instead of {entry.Value}")
            .Concat(histories.Keys.Except(undisturbed.Histories.Keys).Select(key => $"{key}: {histories[key]} instead of nothing"))
            .ToList();
        Assert.True(different.Count == 0, $"{different.Count} of {undisturbed.Histories.Count} differ:\n{string.Join('\n', different.Take(10))}\n{scenario.Said}");
    }

    /// <param name="Call">From 1 within its sync.</param>
    public sealed record Place(bool IsSecondSync, int Call, bool IsWrite);

    /// <summary>What a run does that nothing disturbs: its calls, and the values that every field passed through.</summary>
    public sealed class UndisturbedRun : IAsyncLifetime
    {
        public IReadOnlyList<string> FirstCalls { get; private set; } = [];

        public IReadOnlyList<string> SecondCalls { get; private set; } = [];

        public IReadOnlyDictionary<string, string> Histories { get; private set; } = new Dictionary<string, string>();

        public IReadOnlyList<Place> Places { get; private set; } = [];

        public async Task InitializeAsync()
        {
            await using var scenario = await Scenario.PrepareAsync();
            FirstCalls = await scenario.SyncAsync(FirstSync, null);
            await scenario.ReleaseAsync();
            SecondCalls = await scenario.SyncAsync(SecondSync, null);
            Histories = await scenario.HistoriesAsync();
            Assert.Contains(Histories, entry => entry.Key.EndsWith(" lq_stage", StringComparison.Ordinal) && entry.Value.EndsWith("lead > mql", StringComparison.Ordinal));
            Assert.Contains(Histories, entry => entry.Key.EndsWith(" lifecyclestage", StringComparison.Ordinal) && entry.Value.EndsWith("marketingqualifiedlead", StringComparison.Ordinal));
            Places = Pick();
        }

        public Task DisposeAsync() => Task.CompletedTask;

        /// <summary>Twelve writes at most, spread over both syncs, the rest spread over the other calls.</summary>
        private List<Place> Pick()
        {
            var all = FirstCalls.Select((call, index) => new Place(false, index + 1, CallRecorder.IsWrite(call)))
                .Concat(SecondCalls.Select((call, index) => new Place(true, index + 1, CallRecorder.IsWrite(call))))
                .ToList();
            var writes = Spread([.. all.Where(place => place.IsWrite)], 12);
            return [.. writes, .. Spread([.. all.Where(place => !place.IsWrite)], 20 - writes.Count)];
        }

        private static List<Place> Spread(List<Place> places, int count) =>
            places.Count <= count ? places : [.. Enumerable.Range(0, count).Select(index => places[index * (places.Count - 1) / (count - 1)])];
    }

    /// <summary>A sandbox with people, a connection that is live, and the recorder between them.</summary>
    private sealed class Scenario : IAsyncDisposable
    {
        private static readonly string[] Fields =
        [
            "lq_stage", "lq_status", "lq_answer", "lq_score", "lq_profile", "lq_behaviour", "lq_intent", "lq_grade", "lq_reasons", "lq_definition", "lq_handed_over_at",
            "lq_answer_due_at", "lq_first_contact_at", "lq_previous", "lq_verdict", "lq_rejection_reason", "lq_comment", "lq_recontact_on", "lq_verdict_at", "lq_verdict_by", "lifecyclestage",
        ];

        private readonly Workplace _workplace = new();
        private readonly SandboxUnderTest _sandbox;
        private readonly CallRecorder _recorder;

        private Scenario(SandboxUnderTest sandbox, CallRecorder recorder)
        {
            _sandbox = sandbox;
            _recorder = recorder;
        }

        /// <summary>What the interrupted attempts said.</summary>
        public string Said { get; private set; } = "";

        public static async Task<Scenario> PrepareAsync()
        {
            var sandbox = await SandboxUnderTest.StartAsync("--contacts", "850", "--seed", "7", "--rate-limits", "off", "--at", Start);
            var scenario = new Scenario(sandbox, await CallRecorder.StartAsync(sandbox.BaseUrl));
            await scenario._workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Start);
            await scenario._workplace.GoLiveAsync(scenario._recorder.BaseUrl, sandbox.Token, Start);
            return scenario;
        }

        /// <summary>Syncs until it succeeds, the first attempt under a fault; answers the calls of an undisturbed one.</summary>
        public async Task<IReadOnlyList<string>> SyncAsync(string at, string? fault)
        {
            await _sandbox.FaultsAsync(fault ?? "");
            _recorder.Restart();
            for (var attempt = 1; ; attempt++)
            {
                var run = await _workplace.RunAsync("sync", "hub", "--yes", "--at", at);
                Said += run.Error;
                if (run.ExitCode == 0)
                {
                    await _sandbox.FaultsAsync("");
                    return _recorder.Calls;
                }

                Assert.True(fault is not null && run.ExitCode == 1 && attempt < 4, $"attempt {attempt}, exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
            }
        }

        /// <summary>Starts a sync, and kills its process in the middle of a call.</summary>
        public async Task KillAsync(string at, int call, bool afterHandling)
        {
            _recorder.HoldAt(call, afterHandling);
            using var run = _workplace.Start("sync", "hub", "--yes", "--at", at);
            var ended = run.FinishAsync();
            await Task.WhenAny(_recorder.Held, ended);
            Assert.False(ended.IsCompleted, $"the run ended before call {call}");
            run.Kill();
            await ended;
        }

        /// <summary>Releases whoever is held, and lets the CRM's index catch up, so that the second sync reads the same echo however long the first took.</summary>
        public async Task ReleaseAsync()
        {
            (await _workplace.RunAsync("release", "--yes", "--at", SecondSync)).Expect(0);
            await _sandbox.AdvanceAsync("20m");
        }

        public Task<IReadOnlyDictionary<string, string>> HistoriesAsync() => _sandbox.HistoriesAsync(Fields);

        public async ValueTask DisposeAsync()
        {
            await _recorder.DisposeAsync();
            _sandbox.Dispose();
            _workplace.Dispose();
        }
    }
}
