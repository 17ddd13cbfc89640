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
    public async Task A_disconnected_account_leaves_its_name_and_its_secrets_and_its_records_are_gone_from_their_leads()
    {
        var lead = (await WriteAsync(tx => tx.Leads.CreateAsync(1)))[0];
        await WriteAsync(async tx =>
        {
            var hub = (await tx.Connections.FindAsync("hub"))!;
            await tx.Connections.SaveAsync(hub with { Secrets = [1, 2, 3], Mode = ConnectionMode.Live });
            await tx.Records.SaveAsync([new RecordRow(0, Hub, "contact", "1") { LeadId = lead, Stamp = T, Desired = new Dictionary<string, string> { ["score"] = "1" } }]);
            await tx.Cursors.SaveAsync(new CursorRow(Hub, "contacts"));
            await tx.Cursors.TouchAsync(Hub, [("contacts", "1")]);
            await tx.Leads.SaveAsync([(await tx.Leads.GetAsync([lead]))[0] with { IsDue = false }]);
            await tx.Writes.QuarantineAsync([new QuarantineRow(0, Hub, "contacts", "1", "no", T)]);
        });

        await WriteAsync(tx => tx.Connections.DisconnectAsync(Hub, T));

        Assert.Empty(await ReadAsync(tx => tx.Connections.ListAsync()));
        Assert.Null(await ReadAsync(tx => tx.Connections.FindAsync("hub")));
        var left = (await ReadAsync(tx => tx.Connections.FindDisconnectedAsync("hubspot", "4711")))!;
        Assert.Empty(left.Secrets);
        Assert.Empty(await ReadAsync(tx => tx.Cursors.ListAsync(Hub)));
        Assert.Empty(await ReadAsync(tx => tx.Cursors.TouchedAsync(Hub, 9)));
        Assert.Empty(await ReadAsync(tx => tx.Writes.QuarantinedAsync(null)));
        Assert.True((await ReadAsync(tx => tx.Leads.GetAsync([lead])))[0].IsDue);
        Assert.True((await ReadAsync(tx => tx.Records.OfLeadsAsync([lead])))[0].IsGone);
        Assert.Empty(await ReadAsync(tx => tx.Records.PushDueAsync(Hub, T, 0, 9)));
        Assert.True(await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "1") { CreatedAt = T })) > 0);
    }

    [SkippableFact]
    public async Task An_account_that_is_connected_again_goes_on_with_its_row_under_its_new_name()
    {
        await WriteAsync(tx => tx.Connections.DisconnectAsync(Hub, T));
        var left = (await ReadAsync(tx => tx.Connections.FindDisconnectedAsync("hubspot", "4711")))!;

        await WriteAsync(tx => tx.Connections.ReconnectAsync(left with { Name = "portal", Mode = ConnectionMode.Observe, Secrets = [9] }));

        Assert.Equal(Hub, (await ReadAsync(tx => tx.Connections.FindAsync("portal")))!.Id);
        Assert.Null(await ReadAsync(tx => tx.Connections.FindDisconnectedAsync("hubspot", "4711")));
    }

    [SkippableFact]
    public async Task One_refreshes_a_token_at_a_time_and_one_that_died_holds_it_until_it_expires()
    {
        var minute = TimeSpan.FromMinutes(1);
        Assert.True(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "a", T, T + minute)));
        Assert.True(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "a", T, T + minute)));
        Assert.False(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "b", T, T + minute)));
        Assert.True(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "b", T + minute, T + minute + minute)));

        await WriteAsync(tx => tx.Connections.UnlockTokenAsync(Hub, "a"));
        Assert.False(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "a", T + minute, T + minute + minute)));
        await WriteAsync(tx => tx.Connections.UnlockTokenAsync(Hub, "b"));
        Assert.True(await WriteAsync(tx => tx.Connections.TryLockTokenAsync(Hub, "a", T + minute, T + minute + minute)));
    }

    [SkippableFact]
    public async Task An_authorization_is_found_until_it_expires_and_used_once()
    {
        var row = new AuthorizationRow("digest", "hub", "hubspot", null, [1, 2], true, T + TimeSpan.FromMinutes(30));
        await WriteAsync(tx => tx.Authorizations.AddAsync(row, T));
        await WriteAsync(tx => tx.Authorizations.AddAsync(row with { Ticket = "other", BaseUrl = "http://localhost", ExpiresAt = T + TimeSpan.FromDays(1) }, T));

        Assert.Equivalent(row, await ReadAsync(tx => tx.Authorizations.FindAsync("digest", T)), strict: true);
        Assert.Equal("http://localhost", (await ReadAsync(tx => tx.Authorizations.FindAsync("other", T)))!.BaseUrl);
        Assert.Null(await ReadAsync(tx => tx.Authorizations.FindAsync("digest", row.ExpiresAt)));
        Assert.True(await WriteAsync(tx => tx.Authorizations.DeleteAsync("digest")));
        Assert.False(await WriteAsync(tx => tx.Authorizations.DeleteAsync("digest")));
    }

    [SkippableFact]
    public async Task A_row_that_is_touched_again_while_it_is_read_is_not_forgotten()
    {
        await WriteAsync(tx => tx.Cursors.TouchAsync(Hub, [("contacts", "2"), ("contacts", "1"), ("calls", "1"), ("contacts", "2")]));
        var read = await ReadAsync(tx => tx.Cursors.TouchedAsync(Hub, 9));
        Assert.Equal(3, read.Count);

        await WriteAsync(tx => tx.Cursors.TouchAsync(Hub, [("contacts", "1")]));
        await WriteAsync(tx => tx.Cursors.ForgetTouchedAsync(Hub, [.. read.Select(row => row.Number)]));

        Assert.Equal(("contacts", "1"), Assert.Single((await ReadAsync(tx => tx.Cursors.TouchedAsync(Hub, 9))).Select(row => (row.Stream, row.RowId))));
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
