using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Sqlite;

namespace CrmLeadQualifier.Storage.Tests.Sqlite;

/// <summary>What only a file can be.</summary>
public sealed class SqliteFileTests : IAsyncLifetime
{
    private readonly SqliteStore store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_database_of_something_else_is_refused_and_left_as_it_is()
    {
        await store.ExecuteAsync("CREATE TABLE invoice (id INTEGER)");
        await using var ledger = new SqliteLedger(store.File, TimeProvider.System);

        Assert.Contains("something else", (await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.OpenAsync(default))).Message);
        await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.MigrateAsync(default));
        await store.ExecuteAsync("SELECT id FROM invoice");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(store.File)!);
        await File.WriteAllTextAsync(store.File, new string('x', 5000));
        await using var ledger = new SqliteLedger(store.File, TimeProvider.System);

        Assert.Contains("not a SQLite file", (await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.OpenAsync(default))).Message);
    }

    [Theory]
    [InlineData("lead_view")]
    [InlineData("transition_view")]
    [InlineData("activity_view")]
    [InlineData("write_view")]
    public async Task People_can_read_the_views(string view)
    {
        await using var ledger = new SqliteLedger(store.File, TimeProvider.System);
        await ledger.OpenAsync(default);

        await store.ExecuteAsync($"SELECT * FROM {view}");
    }
}
