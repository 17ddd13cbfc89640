using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class BudgetCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task What_is_taken_of_a_limit_adds_up_until_its_window_is_over()
    {
        await AddAsync("ten_seconds", T, 3);
        await AddAsync("ten_seconds", T, 4);
        await AddAsync("ten_seconds", T + TimeSpan.FromSeconds(1), 5);
        await AddAsync("searches", T, 100);

        Assert.Equal((12, T), await SinceAsync("ten_seconds", T));
        Assert.Equal((5, T + TimeSpan.FromSeconds(1)), await SinceAsync("ten_seconds", T + TimeSpan.FromMilliseconds(1)));
        Assert.Equal((0, null), await SinceAsync("ten_seconds", T + TimeSpan.FromSeconds(2)));
        Assert.Equal((100, T), await SinceAsync("searches", T));
    }

    [SkippableFact]
    public async Task Each_connection_has_its_own()
    {
        var other = await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "other", "salesforce", "2") { CreatedAt = T }));
        await AddAsync("a_day", T, 3);

        Assert.Equal((0, null), await Ledger.UseBudgetAsync(other, (rows, _) => rows.SinceAsync("a_day", T), default));
    }

    [SkippableFact]
    public async Task The_instant_is_the_ledgers_clock()
    {
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(T + TimeSpan.FromMinutes(1), await Ledger.UseBudgetAsync(Hub, (_, now) => Task.FromResult(now), default));
    }

    [SkippableFact]
    public async Task Many_programs_that_take_at_once_never_take_more_than_there_is()
    {
        await using var second = Store.Connect(Clock);
        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? Ledger : second).UseBudgetAsync(
            Hub,
            async (rows, now) =>
            {
                var (used, _) = await rows.SinceAsync("ten_seconds", now - TimeSpan.FromSeconds(10));
                var mine = Math.Min(7, 100 - used);
                await rows.AddAsync("ten_seconds", now, mine);
                return mine;
            },
            default))));

        Assert.Equal(100, taken.Sum());
    }

    [SkippableFact]
    public async Task It_is_taken_while_another_transaction_of_this_program_waits_for_its_turn()
    {
        var writing = Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => WriteAsync(tx => tx.Records.SaveAsync([Contact($"{i}")])))));
        for (var i = 0; i < 20; i++)
        {
            await AddAsync("ten_seconds", T, 1);
        }

        await writing;
        Assert.Equal((20, T), await SinceAsync("ten_seconds", T));
    }

    private Task AddAsync(string policy, Instant window, long calls) => Ledger.UseBudgetAsync(
        Hub,
        async (rows, _) =>
        {
            await rows.AddAsync(policy, window, calls);
            return true;
        },
        default);

    private Task<(long, Instant?)> SinceAsync(string policy, Instant from) => Ledger.UseBudgetAsync(Hub, (rows, _) => rows.SinceAsync(policy, from), default);
}
