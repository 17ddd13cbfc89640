using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Interruptions;

/// <summary>
/// What a run does that nothing disturbs: the calls that it is sure to make, and the values that every field passed through. It also keeps what all interrupted ones start from: the CRMs' addresses, and
/// a workplace in which the agreement is signed and the connections are live.
/// </summary>
public abstract class UndisturbedRun(Engine engine, Crms crms) : IAsyncLifetime
{
    public const int Cuts = 20;

    private const int MostWrites = 12;

    /// <summary>How many reads there are depends a little on how fast the machine is: the last ones may not come.</summary>
    private const int Uncertain = 2;

    private readonly Dictionary<Crms, CallRecorder> _recorders = [];
    private Workplace? _prepared;

        public IReadOnlyList<Call> FirstCalls { get; private set; } = [];

    public IReadOnlyList<Call> SecondCalls { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Histories { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyList<Place> Places { get; private set; } = [];

    private bool HasEngine => engine == Engine.Sqlite || PostgresDatabase.HasServer;

    public void SkipWithoutEngine() => Skip.IfNot(HasEngine, PostgresDatabase.NoServer);

    public async Task InitializeAsync()
    {
        if (!HasEngine)
        {
            return;
        }

        foreach (var crm in Enum.GetValues<Crms>().Where(crm => crms.HasFlag(crm)))
        {
            _recorders[crm] = await CallRecorder.StartAsync();
        }

        _prepared = new Workplace(engine);
        await Scenario.GoLiveAsync(_prepared, _recorders);
        await using var scenario = await PrepareAsync();
        FirstCalls = Certain(await scenario.SyncAsync(Scenario.FirstSync));
        await scenario.ReleaseAsync();
        SecondCalls = Certain(await scenario.SyncAsync(Scenario.SecondSync));
        Histories = await scenario.HistoriesAsync();
        Assert.Contains(Histories, entry => IsStage(entry.Key) && entry.Value.EndsWith("lead > mql", StringComparison.Ordinal));
        Assert.Equal(
            crms.HasFlag(Crms.HubSpot),
            Histories.Any(entry => entry.Key.EndsWith(" lifecyclestage", StringComparison.Ordinal) && entry.Value.EndsWith("marketingqualifiedlead", StringComparison.Ordinal)));
        Places = Pick();
    }

    public async Task DisposeAsync()
    {
        _prepared?.Dispose();
        foreach (var recorder in _recorders.Values)
        {
            await recorder.DisposeAsync();
        }
    }

    public Task<Scenario> PrepareAsync() => Scenario.PrepareAsync(_prepared!, _recorders);

    private static bool IsStage(string key) => key.EndsWith(" lq_stage", StringComparison.Ordinal) || key.EndsWith(" LQ_Stage__c", StringComparison.Ordinal);

    /// <summary>Twelve writes at most, spread over both syncs and all CRMs, the rest spread over the other calls.</summary>
    private List<Place> Pick()
    {
        var all = FirstCalls.Select(call => new Place(false, call)).Concat(SecondCalls.Select(call => new Place(true, call))).ToList();
        var writes = Spread([.. all.Where(place => place.Call.IsWrite)], MostWrites);
        return [.. writes, .. Spread([.. all.Where(place => !place.Call.IsWrite)], Cuts - writes.Count)];
    }

    private static List<Call> Certain(IReadOnlyList<Call> calls) =>
        [.. calls.Where(call => call.IsWrite || call.Number <= calls.Count(other => other.Crm == call.Crm && !other.IsWrite) - Uncertain)];

    private static List<Place> Spread(List<Place> places, int count) =>
        places.Count <= count ? places : [.. Enumerable.Range(0, count).Select(index => places[index * (places.Count - 1) / (count - 1)])];
}

/// <param name="Number">From 1 among the writes, or among the other calls, that this CRM got in one sync.</param>
public readonly record struct Call(Crms Crm, bool IsWrite, int Number)
{
    public static IEnumerable<Call> Of(Crms crm, IReadOnlyList<string> calls)
    {
        var (writes, others) = (0, 0);
        foreach (var isWrite in calls.Select(CallRecorder.IsWrite))
        {
            yield return new Call(crm, isWrite, isWrite ? ++writes : ++others);
        }
    }

    public bool IsAlike(string call) => CallRecorder.IsWrite(call) == IsWrite;
}

/// <summary>A call of the first or the second sync.</summary>
public sealed record Place(bool IsSecondSync, Call Call);
