using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class AccountCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [Fact]
    public async Task An_account_is_found_by_its_exact_name_and_replaced_by_saving_it_again()
    {
        var zoe = new AccountRow("zoé", "admin", "hash", "stamp", false, T);
        var ann = new AccountRow("ann", "viewer", "hash 2", "stamp 2", false, T);
        await WriteAsync(tx => tx.Accounts.SaveAsync(zoe));
        await WriteAsync(tx => tx.Accounts.SaveAsync(ann));
        await WriteAsync(tx => tx.Accounts.SaveAsync(ann with { IsDisabled = true, Stamp = "3" }));

        Assert.Equal([ann with { IsDisabled = true, Stamp = "3" }, zoe], await ReadAsync(tx => tx.Accounts.ListAsync()));
        Assert.Equal(zoe, await ReadAsync(tx => tx.Accounts.FindAsync("zoé")));
        Assert.Null(await ReadAsync(tx => tx.Accounts.FindAsync("Ann")));
        Assert.Null(await ReadAsync(tx => tx.Accounts.FindAsync("")));
    }
}
