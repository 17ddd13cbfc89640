using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class ConnectionCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task A_connection_comes_back_as_it_was_saved_and_keeps_its_epoch()
    {
        await Ledger.TakeLeaseAsync(Hub, "me", default);
        var row = new ConnectionRow(Hub, "renamed", "hubspot", "4711")
        {
            Mode = ConnectionMode.Paused,
            ResumeMode = ConnectionMode.Pilot,
            State = "The token was refused.",
            Settings = """{"baseUrl":"http://localhost"}""",
            Secrets = [0, 255, 7],
            CreatedAt = T,
            PushedFingerprint = "p",
            ProvisionedFingerprint = "q",
            Epoch = 99,
        };

        Assert.Equal(Hub, await WriteAsync(tx => tx.Connections.SaveAsync(row)));

        Assert.Equivalent(row with { Epoch = 1 }, await ReadAsync(tx => tx.Connections.FindAsync("renamed")), strict: true);
        Assert.Null(await ReadAsync(tx => tx.Connections.FindAsync("hub")));
    }

    [SkippableFact]
    public async Task A_second_connection_of_one_name_is_refused()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "hub", "salesforce", "1"))));

        Assert.Single(await ReadAsync(tx => tx.Connections.ListAsync()));
    }

    [SkippableFact]
    public async Task A_cursor_comes_back_as_it_was_saved_last()
    {
        var row = new CursorRow(Hub, "contacts")
        {
            Fast = T,
            Slow = T - TimeSpan.FromMinutes(10),
            IsFirstReadDone = true,
            Position = "after=200",
            WindowFrom = T,
            WindowTo = T,
            ReadAt = T,
            Refusal = "scope missing",
            RefusedAt = T,
        };
        await WriteAsync(tx => tx.Cursors.SaveAsync(row));
        Assert.Equal([row], await ReadAsync(tx => tx.Cursors.ListAsync(Hub)));

        await WriteAsync(tx => tx.Cursors.SaveAsync(new CursorRow(Hub, "contacts")));

        Assert.Equal([new CursorRow(Hub, "contacts")], await ReadAsync(tx => tx.Cursors.ListAsync(Hub)));
        Assert.Empty(await ReadAsync(tx => tx.Cursors.ListAsync(Hub + 1)));
    }

    [SkippableFact]
    public async Task A_later_stamp_replaces_an_earlier_one_and_an_earlier_one_changes_nothing()
    {
        await RememberAsync(("1", T), ("2", T));
        await RememberAsync(("1", T + TimeSpan.FromMilliseconds(1)), ("2", T - TimeSpan.FromMilliseconds(1)));

        var stamps = await ReadAsync(tx => tx.Cursors.StampsAsync(Hub, "contacts", ["1", "2", "3"]));

        Assert.Equal(new Dictionary<string, Instant> { ["1"] = T + TimeSpan.FromMilliseconds(1), ["2"] = T }, stamps);
        Assert.Empty(await ReadAsync(tx => tx.Cursors.StampsAsync(Hub, "companies", ["1"])));
    }

    [SkippableFact]
    public async Task Stamps_before_an_instant_are_forgotten()
    {
        await RememberAsync(("old", T - TimeSpan.FromMilliseconds(1)), ("new", T));

        await WriteAsync(tx => tx.Cursors.ForgetStampsAsync(Hub, "contacts", T));

        Assert.Equal(["new"], (await ReadAsync(tx => tx.Cursors.StampsAsync(Hub, "contacts", ["old", "new"]))).Keys);
    }

    private Task RememberAsync(params (string Id, Instant Stamp)[] stamps) => WriteAsync(tx =>
        tx.Cursors.RememberStampsAsync(Hub, "contacts", [.. stamps.Select(stamp => KeyValuePair.Create(stamp.Id, stamp.Stamp))]));
}
