using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class ShadowCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task At_most_one_version_is_shadowed()
    {
        await ProposeAsync();
        Assert.Null(await ReadAsync(tx => tx.Shadows.FindAsync()));

        await SetAsync(new ShadowRow(1, T));
        await SetAsync(new ShadowRow(2, T + TimeSpan.FromDays(1)));
        Assert.Equal(new ShadowRow(2, T + TimeSpan.FromDays(1)), await ReadAsync(tx => tx.Shadows.FindAsync()));

        await SetAsync(null);
        Assert.Null(await ReadAsync(tx => tx.Shadows.FindAsync()));
    }

    [SkippableFact]
    public async Task A_day_is_kept_once_and_days_come_newest_first()
    {
        await ProposeAsync();
        var first = new ShadowDayRow(2, "2026-11-22", T, 1, 100, 9, 8, 3, 2) { GainedLeads = [5, 7, 11], LostLeads = [13] };
        var second = new ShadowDayRow(2, "2026-11-23", T + TimeSpan.FromDays(1), 1, 101, 9, 9, 0, 0);
        foreach (var day in new[] { first with { Leads = 1, GainedLeads = [] }, first, second, first with { Version = 1 } })
        {
            await WriteAsync(async tx => { await tx.Shadows.SaveDayAsync(day); return true; });
        }

        var days = await ReadAsync(tx => tx.Shadows.DaysAsync(2, 10));

        Assert.Equivalent(new[] { second, first }, days, strict: true);
        Assert.Equal("2026-11-23", Assert.Single(await ReadAsync(tx => tx.Shadows.DaysAsync(2, 1))).Day);
    }

    private Task SetAsync(ShadowRow? row) => WriteAsync(async tx => { await tx.Shadows.SetAsync(row); return true; });

    private async Task ProposeAsync()
    {
        foreach (var content in new[] { "a", "b" })
        {
            await WriteAsync(tx => tx.Definitions.AddAsync(content, content, content, T, null, null));
        }
    }
}
