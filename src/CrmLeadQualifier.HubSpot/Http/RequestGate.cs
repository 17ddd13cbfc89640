using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>
/// Lets requests out as fast as the portal's limits allow and no faster, whoever else uses them: calls are taken from the budget that all processes on the portal share, as many at once as
/// are waiting, the most important first. A portal whose answers carry no rate headers has no limits to keep.
/// </summary>
/// <param name="inFlight">Enough of them, and the portal's latency is not what limits.</param>
internal sealed class RequestGate(ICallBudget budget, TimeProvider clock, int inFlight, double shareOfDay) : IDisposable
{
    /// <summary>So many independent requests keep the portal busy.</summary>
    private const int Many = 5;

    /// <summary>What an answer that takes longer says is used of a burst is not looked at closely.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly Lane[] _lanes = [new(CallLane.Ordinary), new(CallLane.Search), new(CallLane.Associations)];
    private readonly CancellationTokenSource _ending = new();

    /// <summary>When those left that HubSpot's burst counts, as far back as an answer may still tell of them.</summary>
    private readonly Queue<long> _sent = new();
    private readonly int _most = inFlight;
    private int _used;
    private int _searching;
    private int _ready;
    private long _manySince;
    private TimeSpan _many;
    private long _sentWhileMany;
    private long _arrivals;
    private long _told;
    private bool _isAnswered;
    private DateTimeOffset _observedAt;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _searchPausedUntil;

    public PortalLimits Limits { get; private set; } = new() { ShareOfDay = shareOfDay };

    /// <summary>The account's, once it is known: its midnight gives the day's calls out again.</summary>
    public TimeZoneInfo? TimeZone { get; set; }

    public TimeSpan SinceMidnight => TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZone ?? TimeZoneInfo.Utc).TimeOfDay;

    /// <summary>Waits until a request may leave; what is returned is disposed once its answer is there.</summary>
    /// <exception cref="BudgetSpentException">Today none of this importance may.</exception>
    public async Task<Slot> EnterAsync(CallContext call, CancellationToken cancellation)
    {
        var waiter = new Waiter(call);
        await using var cancelled = cancellation.Register(() => waiter.Leave.TrySetCanceled(cancellation)).ConfigureAwait(false);
        lock (_lock)
        {
            Ready(+1);
            _lanes[(int)call.Lane].Waiting.Enqueue(waiter, ((int)call.Importance, call.IsLongest ? 0 : 1, _arrivals++));
        }

        Start();
        try
        {
            await waiter.Leave.Task.ConfigureAwait(false);
            return new Slot(this, call.Lane, waiter.LeftAt);
        }
        catch
        {
            lock (_lock)
            {
                Ready(-1);
            }

            throw;
        }
    }

    /// <summary>How long at least so many requests were ready, on their way or waiting for it, and how many left meanwhile: what of the allowed calls was used where there was use for them.</summary>
    public (TimeSpan Time, long Sent) WhileManyReady
    {
        get
        {
            lock (_lock)
            {
                return (_ready >= Many ? _many + clock.GetElapsedTime(_manySince) : _many, _sentWhileMany);
            }
        }
    }

    /// <summary>
    /// Learns the limits from an answer; absent headers leave what is known. What it says is used matters where it is more than this process can have sent by then: what it has sent itself is counted,
    /// and free again before an answer of some time ago says so.
    /// </summary>
    /// <param name="leftAt">When the request left; null: now.</param>
    public void Observe(int? burst, TimeSpan? interval, int? remaining, long? daily, long? dailyRemaining, long? leftAt = null)
    {
        lock (_lock)
        {
            _isAnswered = true;
            if (burst is null && daily is null)
            {
                return;
            }

            Limits = Limits with
            {
                Burst = burst ?? Limits.Burst,
                Interval = interval ?? Limits.Interval,
                Daily = daily ?? Limits.Daily,
                DailyRemaining = dailyRemaining ?? Limits.DailyRemaining,
            };
            _observedAt = dailyRemaining is null ? _observedAt : clock.GetUtcNow();
            if (burst is { } allowed && remaining is { } left && allowed - left > SentSince(leftAt ?? clock.GetTimestamp()))
            {
                _told = Math.Max(_told, allowed - left);
            }
        }
    }

    /// <summary>How many left in an interval before an instant, or since then.</summary>
    private int SentSince(long leftAt) => _sent.Count(sent => clock.GetElapsedTime(sent, leftAt) < Limits.Interval);

    /// <summary>HubSpot said too many: nothing (or no search) leaves for a while, and of the burst no other process has anything left either.</summary>
    public async Task PauseAsync(TimeSpan span, bool searchOnly, CancellationToken cancellation)
    {
        IReadOnlyList<CallLimit> spent;
        lock (_lock)
        {
            var until = clock.GetUtcNow() + span;
            if (searchOnly)
            {
                _searchPausedUntil = until > _searchPausedUntil ? until : _searchPausedUntil;
                return;
            }

            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            spent = Limits.Burst is { } burst ? Limits.Of(CallLane.Ordinary, CallImportance.Verdicts, burst, SinceMidnight) : [];
        }

        await budget.TakeAsync(0, spent, cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private void Leave(CallLane lane)
    {
        lock (_lock)
        {
            _used--;
            Ready(-1);
        }

        if (lane == CallLane.Search && !_ending.IsCancellationRequested)
        {
            _ = ForgetSearchAsync();
        }

        Start();
    }

    /// <summary>
    /// When HubSpot counted a search is not known, but that it has by the time of its answer: a second after that none of its seconds has it any more, however long requests are under way.
    /// </summary>
    private async Task ForgetSearchAsync()
    {
        await Task.Delay(PortalLimits.SearchCounts, clock, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _searching--;
        }

        Start();
    }

    private void Start()
    {
        foreach (var lane in _lanes)
        {
            lock (_lock)
            {
                if (lane.IsServed || lane.Waiting.Count == 0 || _used == _most)
                {
                    continue;
                }

                lane.IsServed = true;
            }

            _ = ServeAsync(lane);
        }
    }

    /// <summary>Lets out what waits in a lane until nothing does, or nothing more can be in flight: whoever leaves starts it again.</summary>
    private async Task ServeAsync(Lane lane)
    {
        var taken = 0;
        try
        {
            while (true)
            {
                IReadOnlyList<CallLimit> limits;
                CallImportance importance;
                TimeSpan pause;
                lock (_lock)
                {
                    taken = Reserve(lane, out importance);
                    if (taken == 0)
                    {
                        lane.IsServed = false;
                        return;
                    }

                    (limits, pause) = Ask(lane, importance);
                }

                if (pause > TimeSpan.Zero)
                {
                    GiveBack(lane, ref taken);
                    await Task.Delay(pause, clock, _ending.Token).ConfigureAwait(false);
                    continue;
                }

                var grant = IsBelowFloor(importance) ? new CallGrant(0, Policy: DayOfCalls.Policy)
                    : limits.Count == 0 ? new CallGrant(taken)
                    : await budget.TakeAsync(taken, limits, _ending.Token).ConfigureAwait(false);
                var isSpent = grant is { Granted: 0, Policy: DayOfCalls.Policy };
                lock (_lock)
                {
                    taken -= isSpent ? Refuse(lane, importance, taken) : LetOut(lane, grant.Granted);
                }

                GiveBack(lane, ref taken);
                if (grant.Granted == 0 && !isSpent)
                {
                    await Task.Delay(grant.RetryIn, clock, _ending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception fault)
        {
            Fail(lane, fault, taken);
        }
    }

    /// <summary>As many of the lane's first waiters, all of one importance, as may be in flight beside what is. Until an answer told the limits, requests go one by one.</summary>
    private int Reserve(Lane lane, out CallImportance importance)
    {
        importance = default;
        while (lane.Waiting.TryPeek(out var first, out _) && first.Leave.Task.IsCompleted)
        {
            lane.Waiting.Dequeue();
        }

        if (!lane.Waiting.TryPeek(out var head, out _))
        {
            return 0;
        }

        importance = head.Call.Importance;
        var most = _isAnswered ? _most - _used : _used == 0 ? 1 : 0;
        if (lane.Kind == CallLane.Search && Limits.AreKnown)
        {
            most = Math.Min(most, Math.Max(0, PortalLimits.SearchesPerSecond - _searching));
        }

        var tier = importance;
        var taken = Math.Min(most, lane.Waiting.UnorderedItems.Count(item => item.Element.Call.Importance == tier));
        _used += taken;
        _searching += lane.Kind == CallLane.Search ? taken : 0;
        return taken;
    }

    private (IReadOnlyList<CallLimit> Limits, TimeSpan Pause) Ask(Lane lane, CallImportance importance)
    {
        var now = clock.GetUtcNow();
        var until = lane.Kind == CallLane.Search && _searchPausedUntil > _pausedUntil ? _searchPausedUntil : _pausedUntil;
        if (until > now)
        {
            return ([], until - now);
        }

        if (!Limits.AreKnown)
        {
            return ([], TimeSpan.Zero);
        }

        var told = lane.Kind == CallLane.Search ? 0 : _told;
        _told = lane.Kind == CallLane.Search ? _told : 0;
        return (Limits.Of(lane.Kind, importance, told, SinceMidnight), TimeSpan.Zero);
    }

    /// <summary>What was told yesterday says nothing about today.</summary>
    private bool IsBelowFloor(CallImportance importance)
    {
        lock (_lock)
        {
            return clock.GetUtcNow() - _observedAt < SinceMidnight && Limits.IsBelowFloor(importance);
        }
    }

    private int LetOut(Lane lane, int granted)
    {
        var (left, now) = (0, clock.GetTimestamp());
        while (_sent.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) > Limits.Interval + LongestAnswer)
        {
            _sent.Dequeue();
        }

        while (left < granted && lane.Waiting.TryDequeue(out var waiter, out _))
        {
            waiter.LeftAt = now;
            if (waiter.Leave.TrySetResult())
            {
                left++;
                if (lane.Kind != CallLane.Search)
                {
                    _sent.Enqueue(now);
                }
            }
        }

        _sentWhileMany += _ready >= Many && lane.Kind != CallLane.Search ? left : 0;
        return left;
    }

    private void Ready(int change)
    {
        var before = _ready;
        _ready += change;
        if (before < Many && _ready >= Many)
        {
            _manySince = clock.GetTimestamp();
        }
        else if (before >= Many && _ready < Many)
        {
            _many += clock.GetElapsedTime(_manySince);
        }
    }

    /// <summary>Nothing of that importance leaves today.</summary>
    private int Refuse(Lane lane, CallImportance importance, int most)
    {
        for (var i = 0; i < most && lane.Waiting.TryPeek(out var waiter, out _) && waiter.Call.Importance == importance; i++)
        {
            lane.Waiting.Dequeue();
            var left = Limits.IsBelowFloor(importance) ? "of the account's calls of the day too few are left" : "our share of the account's calls of the day is used up";
            waiter.Leave.TrySetException(new BudgetSpentException($"HubSpot was not asked for {waiter.Call.Subject}: {left}.", TimeSpan.FromDays(1) - SinceMidnight));
        }

        return 0;
    }

    private void GiveBack(Lane lane, ref int taken)
    {
        lock (_lock)
        {
            GiveBack(lane, taken);
        }

        taken = 0;
    }

    private void GiveBack(Lane lane, int taken)
    {
        _used -= taken;
        _searching -= lane.Kind == CallLane.Search ? taken : 0;
    }

    private void Fail(Lane lane, Exception fault, int taken)
    {
        lock (_lock)
        {
            GiveBack(lane, taken);
            lane.IsServed = false;
            while (lane.Waiting.TryDequeue(out var waiter, out _))
            {
                waiter.Leave.TrySetException(fault is OperationCanceledException ? new ObjectDisposedException(nameof(RequestGate)) : fault);
            }
        }
    }

    private sealed class Lane(CallLane kind)
    {
        public CallLane Kind => kind;

        public PriorityQueue<Waiter, (int Importance, int Chain, long Arrival)> Waiting { get; } = new();

        public bool IsServed { get; set; }
    }

    private sealed class Waiter(CallContext call)
    {
        public CallContext Call => call;

        public long LeftAt { get; set; }

        public TaskCompletionSource Leave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal readonly struct Slot(RequestGate gate, CallLane lane, long leftAt) : IDisposable
    {
        public long LeftAt => leftAt;

        public void Dispose() => gate.Leave(lane);
    }
}
