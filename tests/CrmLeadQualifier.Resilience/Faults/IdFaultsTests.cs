namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>Contacts that were merged or deleted between our read and our write.</summary>
public sealed class IdFaultsTests : PermanentFaultsTests
{
    /// <summary>
    /// The write goes to the contact that the two became, once. Two former ids of one contact in a batch would refuse it whole: they are one record by then, or are found one by one.
    /// </summary>
    [Theory]
    [InlineData("merged-ids")]
    [InlineData("duplicate-id,merged-ids")]
    public async Task Contacts_merged_before_our_write_are_written_as_the_one_that_they_became(string faults)
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync(faults);

        await portal.SyncAsync(First);
        await portal.Sandbox.AdvanceAsync("1h");
        await portal.SyncAsync(Second);

        Assert.Equal(Contacts - 1, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Who is gone is left alone, and nobody has to look after it.</summary>
    [Fact]
    public async Task A_contact_deleted_before_our_write_is_gone_and_spoils_nothing()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("deleted-ids");

        await portal.SyncAsync(First);

        Assert.Equal(Contacts - 1, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Out of the recycle bin again, it is read, scored and written as everybody is.</summary>
    [Fact]
    public async Task A_contact_that_was_deleted_and_is_restored_is_written_again()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        var before = (await portal.Sandbox.ContactsAsync("email")).Keys;
        await portal.FaultsAsync("deleted-ids");
        await portal.SyncAsync(First);
        var deleted = Assert.Single(before.Except((await portal.Sandbox.ContactsAsync("email")).Keys));
        Assert.Equal(1L, (await portal.Workplace.QueryAsync($"SELECT is_gone FROM record WHERE external_id = '{deleted}'")).Single()[0]);

        await portal.Sandbox.AdvanceAsync("30m");
        await portal.Sandbox.PostAsync($"/__sandbox/people/contacts/{deleted}/restore", new { user = FaultyPortal.Salesperson });
        await portal.Sandbox.AdvanceAsync("30m");
        await portal.SyncAsync(Second);

        Assert.Equal(0L, (await portal.Workplace.QueryAsync($"SELECT is_gone FROM record WHERE external_id = '{deleted}'")).Single()[0]);
        Assert.Equal(Contacts, (await portal.Sandbox.ContactsAsync("lq_stage")).Count);
        await AssertAllWrittenAsync(portal);
    }
}
