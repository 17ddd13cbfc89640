using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class TransactionCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task What_was_not_committed_is_gone()
    {
        await using (var transaction = await Ledger.BeginAsync(lease: null, default))
        {
            await transaction.Leads.CreateAsync(5);
        }

        Assert.Empty(await ReadAsync(tx => tx.Leads.GetAsync([1, 2, 3, 4, 5])));
    }

    [SkippableFact]
    public async Task After_a_failure_within_a_transaction_the_next_one_works_and_nothing_of_it_stayed()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(async tx =>
        {
            await tx.Records.SaveAsync([Contact("1")]);
            await tx.Leads.SaveAsync([new LeadRow(404)]);
        }));

        Assert.Empty(await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])));
        await AddContactAsync("2");
    }

    [SkippableFact]
    public async Task What_is_committed_is_there_after_the_ledger_was_closed_and_opened_again()
    {
        var lead = await AddLeadAsync("1", "ann@x.test");
        await Ledger.DisposeAsync();

        await using var again = Store.Connect(Clock);
        await again.OpenAsync(default);
        await using var transaction = await again.BeginReadAsync(default);

        Assert.Single(await transaction.Leads.GetAsync([lead]));
        Assert.Single(await transaction.Records.HoldersAsync([new IdentityKey("email", "ann@x.test")]));
    }

    [SkippableFact]
    public async Task A_reader_sees_one_state_while_a_writer_commits_beside_it()
    {
        await using var before = await Ledger.BeginReadAsync(default);
        await using var writer = await Ledger.BeginAsync(lease: null, default);
        await writer.Records.SaveAsync([Contact("1")]);
        await using var during = await Ledger.BeginReadAsync(default);
        await writer.CommitAsync(default);

        Assert.Empty(await before.Records.GetAsync(Hub, "contact", ["1"]));
        Assert.Empty(await during.Records.GetAsync(Hub, "contact", ["1"]));
        Assert.Single(await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])));
    }

    [SkippableFact]
    public async Task A_reading_transaction_refuses_to_write_and_writing_works_afterwards()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(tx => tx.Leads.CreateAsync(1)));

        Assert.Single(await WriteAsync(tx => tx.Leads.CreateAsync(1)));
    }

    [SkippableFact]
    public async Task Writers_wait_for_each_other_and_lose_nothing()
    {
        var lead = await AddLeadAsync("1");
        await using var other = Store.Connect(Clock);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            await using var transaction = await (i % 2 == 0 ? Ledger : other).BeginAsync(lease: null, default);
            var row = (await transaction.Leads.GetAsync([lead]))[0];
            await transaction.Leads.SaveAsync([row with { Version = row.Version + 1 }]);
            await transaction.CommitAsync(default);
        })));

        Assert.Equal(40, (await LeadAsync(lead)).Version);
    }

    [SkippableFact]
    public async Task Two_transactions_never_take_one_lead()
    {
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(async tx => await tx.Leads.SaveAsync([new LeadRow(await AddLeadWithinAsync(tx, $"c{i}"))]));
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => WriteAsync(async tx =>
        {
            var leads = await tx.Leads.TakeDueAsync(new DueWalk(T, "f"), 5);
            await tx.Leads.SaveAsync([.. leads.Select(lead => lead with { IsDue = false })]);
            return leads.Select(lead => lead.Id).ToList();
        }))));

        Assert.Equal(30, taken.SelectMany(ids => ids).Distinct().Count());
    }

    [SkippableFact]
    public async Task A_writer_that_waits_can_be_called_off()
    {
        await using var holder = await Ledger.BeginAsync(lease: null, default);
        await holder.Leads.CreateAsync(1);
        using var calledOff = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(async () =>
        {
            await using var transaction = await Ledger.BeginAsync(lease: null, calledOff.Token);
            await transaction.Leads.CreateAsync(1);
        }));
    }

    [SkippableFact]
    public async Task A_cancelled_commit_keeps_nothing()
    {
        await using (var transaction = await Ledger.BeginAsync(lease: null, default))
        {
            await transaction.Records.SaveAsync([Contact("1")]);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transaction.CommitAsync(new CancellationToken(canceled: true)));
        }

        Assert.Empty(await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])));
    }

    [SkippableFact]
    public async Task A_process_killed_within_its_transaction_blocks_nobody_and_leaves_nothing()
    {
        await using var other = OtherProcess.HoldTransaction(Store.Address);
        await other.IsDoneAsync();
        await other.KillAsync();

        await AddLeadAsync("1");

        Assert.Null(await ReadAsync(tx => tx.Connections.FindAsync("uncommitted")));
    }

    private async Task<long> AddLeadWithinAsync(ILedgerTransaction tx, string contact)
    {
        var lead = (await tx.Leads.CreateAsync(1))[0];
        await tx.Records.SaveAsync([Contact(contact) with { LeadId = lead }]);
        return lead;
    }
}
