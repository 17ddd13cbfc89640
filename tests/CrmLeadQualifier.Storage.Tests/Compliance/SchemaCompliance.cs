using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class SchemaCompliance(LedgerStore store) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    [SkippableFact]
    public async Task An_empty_store_is_created_by_opening_it_and_opened_again_as_it_is()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var ledger = store.Connect(TimeProvider.System);
            await ledger.OpenAsync(default);
            await using var transaction = await ledger.BeginAsync(lease: null, default);
            Assert.Equal(i, (await transaction.Connections.ListAsync()).Count);
            await transaction.Connections.SaveAsync(new ConnectionRow(0, $"c{i}", "hubspot", "1"));
            await transaction.CommitAsync(default);
        }
    }

    [SkippableFact]
    public async Task Many_that_open_an_empty_store_at_once_create_it_once()
    {
        OtherProcess[] others = [OtherProcess.OpenLedger(store.Address), OtherProcess.OpenLedger(store.Address)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var ledger = store.Connect(TimeProvider.System);
            await ledger.OpenAsync(default);
        })));
        foreach (var other in others)
        {
            await other.IsDoneAsync();
            await other.DisposeAsync();
        }

        await using var last = store.Connect(TimeProvider.System);
        Assert.Empty(await last.MigrateAsync(default));
    }

    [SkippableFact]
    public async Task Migrating_creates_what_is_not_there_names_its_scripts_and_then_has_nothing_to_do()
    {
        await using var ledger = store.Connect(TimeProvider.System);

        Assert.Equal("0001-ledger", (await ledger.MigrateAsync(default))[0]);
        Assert.Empty(await ledger.MigrateAsync(default));
        await ledger.OpenAsync(default);
    }

    [SkippableFact]
    public async Task An_older_schema_is_refused_with_the_advice_to_migrate()
    {
        await using var ledger = store.Connect(TimeProvider.System);
        await ledger.OpenAsync(default);
        await store.PretendScriptsAsync(add: null, removeNewest: true);

        var refusal = await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.OpenAsync(default));

        Assert.Contains("run `migrate`", refusal.Message);
    }

    [SkippableFact]
    public async Task A_newer_schema_is_refused_by_opening_and_by_migrating()
    {
        await using var ledger = store.Connect(TimeProvider.System);
        await ledger.OpenAsync(default);
        await store.PretendScriptsAsync(add: "9999-of-tomorrow", removeNewest: false);

        Assert.Contains("9999-of-tomorrow", (await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.OpenAsync(default))).Message);
        await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.MigrateAsync(default));
    }
}
