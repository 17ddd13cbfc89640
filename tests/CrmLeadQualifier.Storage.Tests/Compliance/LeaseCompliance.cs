using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class LeaseCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task Taking_a_lease_raises_the_connections_epoch()
    {
        var first = await Ledger.TakeLeaseAsync(Hub, "me", default);
        await Ledger.ReleaseLeaseAsync(first!, default);
        var second = await Ledger.TakeLeaseAsync(Hub, "me", default);

        Assert.Equal(new Lease(Hub, 1, "me"), first);
        Assert.Equal(new Lease(Hub, 2, "me"), second);
        Assert.Equal(2, (await ReadAsync(tx => tx.Connections.FindAsync("hub")))!.Epoch);
    }

    [SkippableFact]
    public async Task A_lease_is_one_holders_until_it_is_released_and_another_connections_is_free()
    {
        var other = await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "other", "hubspot", "2") { CreatedAt = T }));
        var lease = await Ledger.TakeLeaseAsync(Hub, "me", default);

        Assert.Null(await Ledger.TakeLeaseAsync(Hub, "you", default));
        Assert.NotNull(await Ledger.TakeLeaseAsync(other, "you", default));
        await Ledger.ReleaseLeaseAsync(lease!, default);
        Assert.NotNull(await Ledger.TakeLeaseAsync(Hub, "you", default));
    }

    [SkippableFact]
    public async Task A_lease_that_is_not_renewed_expires_and_one_that_is_lasts()
    {
        var lease = (await Ledger.TakeLeaseAsync(Hub, "me", default))!;
        Clock.Advance(Lease.Life - TimeSpan.FromMilliseconds(1));
        Assert.Null(await Ledger.TakeLeaseAsync(Hub, "you", default));
        await Ledger.RenewLeaseAsync(lease, default);
        Clock.Advance(Lease.Life - TimeSpan.FromMilliseconds(1));
        Assert.Null(await Ledger.TakeLeaseAsync(Hub, "you", default));

        Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.NotNull(await Ledger.TakeLeaseAsync(Hub, "you", default));
    }

    [SkippableFact]
    public async Task Who_lost_its_lease_can_commit_renew_and_release_nothing()
    {
        var lost = (await Ledger.TakeLeaseAsync(Hub, "me", default))!;
        Clock.Advance(Lease.Life);
        var present = (await Ledger.TakeLeaseAsync(Hub, "you", default))!;

        await using (var transaction = await Ledger.BeginAsync(lost, default))
        {
            await transaction.Records.SaveAsync([Contact("1")]);
            await Assert.ThrowsAsync<LeaseLostException>(() => transaction.CommitAsync(default));
        }

        Assert.Empty(await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])));
        await Assert.ThrowsAsync<LeaseLostException>(() => Ledger.RenewLeaseAsync(lost, default));
        await Ledger.ReleaseLeaseAsync(lost, default);
        Assert.Null(await Ledger.TakeLeaseAsync(Hub, "a third", default));
        await Ledger.RenewLeaseAsync(present, default);
    }

    [SkippableFact]
    public async Task Who_has_the_lease_commits()
    {
        var lease = (await Ledger.TakeLeaseAsync(Hub, "me", default))!;

        await using (var transaction = await Ledger.BeginAsync(lease, default))
        {
            await transaction.Records.SaveAsync([Contact("1")]);
            await transaction.CommitAsync(default);
        }

        Assert.Single(await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])));
    }

    [SkippableFact]
    public async Task The_lease_of_a_killed_process_is_free_at_once_and_that_of_a_live_one_is_not()
    {
        await using var ledger = Store.Connect(TimeProvider.System);
        await using var other = OtherProcess.HoldLease(Store.Address, Hub);
        await other.IsDoneAsync();

        Assert.Null(await ledger.TakeLeaseAsync(Hub, "me", default));
        await other.KillAsync();

        Assert.Equal(2, (await ledger.TakeLeaseAsync(Hub, "me", default))?.Epoch);
    }

    [SkippableFact]
    public async Task A_connection_that_is_not_there_has_no_lease() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.TakeLeaseAsync(404, "me", default));
}
