using CrmLeadQualifier.HubSpot.Http;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.HubSpot.Tests.Http;

public sealed class RequestGateTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Without_rate_headers_nothing_waits()
    {
        using var gate = new RequestGate(_clock, 8);
        for (var i = 0; i < 10_000; i++)
        {
            (await gate.EnterAsync(isSearch: i % 2 == 0, default)).Dispose();
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(190)]
    public async Task No_span_of_ten_seconds_sees_more_than_the_portals_limit(int limit)
    {
        using var gate = new RequestGate(_clock, 8);
        gate.Observe(limit, TenSeconds, limit, null, null);
        var sent = await SendAsync(gate, 3 * limit, isSearch: false);
        Assert.All(sent, first => Assert.True(sent.Count(other => other >= first && other - first < TenSeconds) <= limit));
    }

    [Fact]
    public async Task Searches_leave_at_most_four_a_second()
    {
        using var gate = new RequestGate(_clock, 8);
        gate.Observe(null, null, null, 250_000, 200_000);
        var sent = await SendAsync(gate, 30, isSearch: true);
        Assert.All(sent, first => Assert.True(sent.Count(other => other >= first && other - first < TimeSpan.FromSeconds(1)) <= RequestGate.SearchesPerSecond));
    }

    [Fact]
    public async Task A_limit_that_others_used_up_is_waited_for()
    {
        using var gate = new RequestGate(_clock, 8);
        (await gate.EnterAsync(false, default)).Dispose();
        gate.Observe(100, TenSeconds, remaining: 0, null, null);
        var waiting = gate.EnterAsync(false, default);
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        (await waiting).Dispose();
    }

    [Fact]
    public async Task A_pause_of_searches_lets_everything_else_through()
    {
        using var gate = new RequestGate(_clock, 8);
        gate.Pause(TimeSpan.FromSeconds(1), searchOnly: true);
        (await gate.EnterAsync(isSearch: false, default)).Dispose();
        var search = gate.EnterAsync(isSearch: true, default);
        Assert.False(search.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await search).Dispose();
    }

    [Fact]
    public async Task No_more_than_so_many_are_in_flight()
    {
        using var gate = new RequestGate(_clock, 2);
        var first = await gate.EnterAsync(false, default);
        using var second = await gate.EnterAsync(false, default);
        var third = gate.EnterAsync(false, default);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
    }

    // Outside xunit's synchronization context a delay's continuation runs within Advance, so that the clock never runs ahead of what waited for it.
    private Task<List<TimeSpan>> SendAsync(RequestGate gate, int count, bool isSearch) => Task.Run(async () =>
    {
        var start = _clock.GetUtcNow();
        var sent = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var entering = gate.EnterAsync(isSearch, default);
            while (!entering.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(50));
            }

            (await entering).Dispose();
            sent.Add(_clock.GetUtcNow() - start);
        }

        return sent;
    });
}
