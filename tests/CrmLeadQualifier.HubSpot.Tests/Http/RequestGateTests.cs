using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Http;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.HubSpot.Tests.Http;

public sealed class RequestGateTests : IDisposable
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly CallContext Contacts = new("contacts") { Importance = CallImportance.Contacts };
    private static readonly CallContext Search = new("a search", Lane: CallLane.Search) { Importance = CallImportance.Contacts };
    private static readonly CallContext Verdicts = new("verdicts");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private readonly ProcessBudget _budget;

    public RequestGateTests() => _budget = new ProcessBudget(_clock);

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task Without_rate_headers_nothing_waits()
    {
        using var gate = Gate();
        gate.Observe(null, null, null, null, null);
        for (var i = 0; i < 10_000; i++)
        {
            (await gate.EnterAsync(i % 2 == 0 ? Search : Contacts, default)).Dispose();
        }
    }

    [Fact]
    public async Task Until_the_first_answer_told_the_limits_requests_go_one_by_one()
    {
        using var gate = Gate();
        var first = await gate.EnterAsync(Contacts, default);
        var second = gate.EnterAsync(Contacts, default);
        Assert.False(second.IsCompleted);
        first.Dispose();
        using var alone = await second;
        var third = gate.EnterAsync(Contacts, default);
        Assert.False(third.IsCompleted);
        gate.Observe(190, TenSeconds, 189, null, null);
        alone.Dispose();
        (await third).Dispose();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(110)]
    [InlineData(190)]
    [InlineData(250)]
    public async Task No_span_of_ten_seconds_sees_more_than_the_portals_limit_and_nearly_all_of_it_is_used(int limit)
    {
        using var gate = Gate();
        gate.Observe(limit, TenSeconds, limit, null, null);
        var sent = await SendAsync([gate], 4 * limit, Contacts);
        Assert.All(sent, first => Assert.True(sent.Count(other => other >= first && other - first < TenSeconds) <= limit));
        Assert.True(sent.Count(at => at < 3 * TenSeconds) >= 0.95 * 3 * limit, $"{sent.Count(at => at < 3 * TenSeconds)} of {3 * limit}");
    }

    [Fact]
    public async Task Two_processes_share_one_limit()
    {
        using var one = Gate();
        using var other = Gate();
        one.Observe(190, TenSeconds, 190, null, null);
        other.Observe(190, TenSeconds, 190, null, null);
        var sent = await SendAsync([one, other], 500, Contacts);
        Assert.All(sent, first => Assert.True(sent.Count(later => later >= first && later - first < TenSeconds) <= 190));
    }

    [Fact]
    public async Task Searches_leave_at_most_five_in_a_second_and_two_a_second_over_ten_and_need_none_of_the_burst()
    {
        using var gate = Gate();
        gate.Observe(100, TenSeconds, 0, 250_000, 200_000);
        var sent = await SendAsync([gate], 50, Search);
        Assert.All(sent, first => Assert.True(sent.Count(other => other >= first && other - first < TimeSpan.FromSeconds(1)) <= 5));
        Assert.All(sent, first => Assert.True(sent.Count(other => other >= first && other - first < TenSeconds) <= 20));
        Assert.True(sent[^1] < TimeSpan.FromSeconds(25), $"{sent[^1]}");
    }

    [Fact]
    public async Task A_search_counts_until_a_second_after_its_answer_however_long_that_took()
    {
        using var gate = Gate();
        gate.Observe(100, TenSeconds, 0, 250_000, 200_000);
        var slow = new List<RequestGate.Slot>();
        for (var i = 0; i < 5; i++)
        {
            slow.Add(await gate.EnterAsync(Search, default));
        }

        _clock.Advance(TimeSpan.FromSeconds(4));
        var sixth = gate.EnterAsync(Search, default);
        slow[0].Dispose();
        _clock.Advance(TimeSpan.FromMilliseconds(1_000));
        await Task.Delay(20);
        Assert.False(sixth.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        (await sixth.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
        slow.Skip(1).ToList().ForEach(slot => slot.Dispose());
    }

    [Fact]
    public async Task Associations_have_a_lower_limit_and_count_in_the_burst_too()
    {
        using var gate = Gate();
        gate.Observe(190, TenSeconds, 190, null, null);
        var sent = await SendAsync([gate], 300, new CallContext("associations", Lane: CallLane.Associations));
        Assert.Equal(148, sent.Count(at => at < TenSeconds));
    }

    [Fact]
    public async Task What_others_used_of_the_limit_is_left_out_and_comes_back_when_its_time_is_over()
    {
        using var gate = Gate();
        (await gate.EnterAsync(Contacts, default)).Dispose();
        gate.Observe(100, TenSeconds, remaining: 30, null, null);
        var sent = await SendAsync([gate], 60, Contacts);
        Assert.InRange(sent.Count(at => at < TenSeconds), 25, 30);
        Assert.True(sent[^1] < TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task An_answer_of_some_time_ago_that_counts_only_our_own_takes_nothing_from_what_is_free_by_now()
    {
        using var gate = Gate();
        gate.Observe(100, TenSeconds, remaining: 100, null, null);
        var slots = new List<RequestGate.Slot>();
        for (var i = 0; i < 90; i++)
        {
            (await gate.EnterAsync(Contacts, default)).Dispose();
        }

        _clock.Advance(TimeSpan.FromSeconds(9));
        slots.Add(await gate.EnterAsync(Contacts, default));
        // Counted at once, answered when the ninety are free again.
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        gate.Observe(100, TenSeconds, remaining: 9, null, null, slots[0].LeftAt);
        slots[0].Dispose();
        var sent = await SendAsync([gate], 90, Contacts);
        Assert.Equal(90, sent.Count(at => at < TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_refusal_for_too_many_calls_stops_every_process_for_ten_seconds()
    {
        using var refused = Gate();
        using var other = Gate();
        refused.Observe(100, TenSeconds, 90, null, null);
        other.Observe(100, TenSeconds, 90, null, null);
        await refused.PauseAsync(TenSeconds, searchOnly: false, default);
        _clock.Advance(TenSeconds);
        var waiting = other.EnterAsync(Contacts, default);
        Assert.False(waiting.IsCompleted);
        for (var i = 0; i < 60 && !waiting.IsCompleted; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(2);
        }

        (await waiting).Dispose();
    }

    [Fact]
    public async Task A_pause_of_searches_lets_everything_else_through()
    {
        using var gate = Gate();
        gate.Observe(null, null, null, null, null);
        await gate.PauseAsync(TimeSpan.FromSeconds(1), searchOnly: true, default);
        (await gate.EnterAsync(Contacts, default)).Dispose();
        var search = gate.EnterAsync(Search, default);
        Assert.False(search.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await search).Dispose();
    }

    [Fact]
    public async Task No_more_than_so_many_are_in_flight()
    {
        using var gate = Gate(inFlight: 2);
        gate.Observe(null, null, null, null, null);
        var first = await gate.EnterAsync(Contacts, default);
        using var second = await gate.EnterAsync(Contacts, default);
        var third = gate.EnterAsync(Contacts, default);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task Where_calls_are_few_the_most_important_goes_first()
    {
        using var gate = Gate(inFlight: 1);
        gate.Observe(null, null, null, null, null);
        var first = await gate.EnterAsync(Contacts, default);
        var scores = gate.EnterAsync(Contacts with { Importance = CallImportance.Scores }, default);
        var verdicts = gate.EnterAsync(Verdicts, default);
        first.Dispose();
        using var next = await verdicts;
        Assert.False(scores.IsCompleted);
    }

    [Theory]
    [InlineData(200_000, true, true)]
    [InlineData(49_999, false, true)]
    [InlineData(12_500, false, true)]
    [InlineData(12_499, false, false)]
    public async Task With_little_left_of_the_accounts_day_only_what_decides_stages_goes_on_and_then_nothing(long left, bool contacts, bool verdicts)
    {
        using var gate = Gate();
        gate.Observe(190, TenSeconds, 190, 250_000, left);
        Assert.Equal(contacts, await MayAsync(gate, Contacts));
        Assert.Equal(verdicts, await MayAsync(gate, Verdicts));
    }

    [Fact]
    public async Task Of_our_share_of_the_day_the_less_important_gets_the_smaller_part()
    {
        using var gate = Gate(share: 0.5);
        gate.Observe(190, TenSeconds, 190, 1_000, 1_000);
        await _budget.TakeAsync(400, [new CallLimit("share_of_day", 1_000, TimeSpan.FromHours(9), TimeSpan.FromMinutes(15))], default);
        Assert.False(await MayAsync(gate, Contacts with { Importance = CallImportance.History }));
        Assert.True(await MayAsync(gate, Contacts));
        await _budget.TakeAsync(99, [new CallLimit("share_of_day", 1_000, TimeSpan.FromHours(9), TimeSpan.FromMinutes(15))], default);
        Assert.False(await MayAsync(gate, Verdicts));
        _clock.Advance(TimeSpan.FromHours(15));
        Assert.True(await MayAsync(gate, Contacts with { Importance = CallImportance.History }));
    }

    private RequestGate Gate(int inFlight = 20, double share = 0.5) => new(_budget, _clock, inFlight, share);

    private static async Task<bool> MayAsync(RequestGate gate, CallContext call)
    {
        try
        {
            (await gate.EnterAsync(call, default)).Dispose();
            return true;
        }
        catch (BudgetSpentException)
        {
            return false;
        }
    }

    /// <summary>As many as the limits let out, whenever they do; answers take no time.</summary>
    private async Task<List<TimeSpan>> SendAsync(RequestGate[] gates, int count, CallContext call)
    {
        var start = _clock.GetUtcNow();
        var sent = new List<TimeSpan>();
        var sending = Enumerable.Range(0, count).Select(async i =>
        {
            using var slot = await gates[i % gates.Length].EnterAsync(call, default);
            lock (sent)
            {
                sent.Add(_clock.GetUtcNow() - start);
            }
        }).ToList();
        while (sending.Exists(one => !one.IsCompleted))
        {
            // All that can leave now does before the clock goes on.
            for (var (before, quiet) = (-1, 0); quiet < 3; quiet = before == sent.Count ? quiet + 1 : 0)
            {
                before = sent.Count;
                await Task.Delay(1);
            }

            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await Task.WhenAll(sending);
        return sent;
    }
}
