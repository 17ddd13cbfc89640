using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class CountedSpanCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task A_span_is_open_until_it_is_saved_with_its_end_and_another_may_follow()
    {
        var first = new CountedSpan(Hub, "page_views", T, null, IsWhole: true);
        await WriteAsync(tx => tx.Cursors.SaveCountedSpanAsync(first));
        Assert.Equal([first], await ReadAsync(tx => tx.Cursors.CountedSpansAsync(Hub)));

        var ended = first with { Until = T + TimeSpan.FromHours(1) };
        var second = new CountedSpan(Hub, "page_views", T + TimeSpan.FromHours(2), null, IsWhole: false);
        await WriteAsync(async tx =>
        {
            await tx.Cursors.SaveCountedSpanAsync(ended);
            await tx.Cursors.SaveCountedSpanAsync(second);
        });

        Assert.Equal([ended, second], await ReadAsync(tx => tx.Cursors.CountedSpansAsync(Hub)));
        Assert.Empty(await ReadAsync(tx => tx.Cursors.CountedSpansAsync(Hub + 1)));
    }

    [SkippableFact]
    public async Task Activities_are_withdrawn_by_the_beginning_of_their_ids_and_before_an_instant()
    {
        var lead = await AddLeadAsync("1");
        await WriteAsync(tx => tx.Activities.SaveAsync(
        [
            new ActivityRow(Hub, "counted:page_views:a", "1", "page_view", T - TimeSpan.FromDays(1)),
            new ActivityRow(Hub, "counted:page_views:b", "1", "page_view", T),
            new ActivityRow(Hub, "counted:page_viewers", "1", "page_view", T - TimeSpan.FromDays(1)),
            new ActivityRow(Hub, "page_view:c", "1", "page_view", T - TimeSpan.FromDays(1)),
        ]));
        await SettleAsync(lead);

        Assert.Equal(1, await WriteAsync(tx => tx.Activities.WithdrawAsync(Hub, "counted:page_views:", T)));

        Assert.True(await IsDueAsync(lead));
        var left = (await ReadAsync(tx => tx.Activities.OfLeadsAsync([lead])))[lead].Select(row => row.ExternalId).Order(StringComparer.Ordinal);
        Assert.Equal(["counted:page_viewers", "counted:page_views:b", "page_view:c"], left);
        Assert.Equal(0, await WriteAsync(tx => tx.Activities.WithdrawAsync(Hub, "counted:page_views:", T)));
    }
}
