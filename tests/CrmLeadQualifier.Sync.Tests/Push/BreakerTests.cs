using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Push;

/// <summary>Too much at once stops a run before its first write.</summary>
public sealed class BreakerTests : SyncTest
{
    [Fact]
    public async Task Too_many_written_records_stop_the_run_before_its_first_write_until_yes()
    {
        await AddAsync(60);
        Crm.Log.Clear();
        ChangeAll(60);
        var report = await SyncAsync();
        Assert.Contains(report.Failures, failure => failure.Contains("stopped before the first write: it would write 60 of 60 records (limit 50)"));
        Assert.Empty(Crm.Log);

        Assert.Empty((await SyncAsync(yes: true)).Failures);
        Assert.Equal(60, Crm.Log.Select(written => written.Record).Distinct().Count());
    }

    [Fact]
    public async Task Too_many_lifecycle_moves_stop_the_run()
    {
        await AddAsync(60);
        for (var i = 0; i < 60; i++)
        {
            Crm.AskForDemo($"{i}");
        }

        Assert.Contains((await SyncAsync()).Failures, failure => failure.Contains("move the CRM's lifecycle on 60 records (limit 50)"));
        Assert.All(Crm.Contacts, contact => Assert.Equal("lead", contact.Lifecycle));
    }

    [Fact]
    public async Task Too_many_hand_overs_stop_the_run()
    {
        await WriteAsync(async ledger =>
        {
            var hub = (await ledger.Connections.FindAsync("hub"))!;
            return await ledger.Connections.SaveAsync(hub with { Settings = new ConnectionSettings { MaxHandOversPerDay = 2 }.Write() });
        });
        await AddAsync(3);
        for (var i = 0; i < 3; i++)
        {
            Crm.AskForDemo($"{i}");
        }

        Assert.Contains((await SyncAsync()).Failures, failure => failure.Contains("hand over 3 leads (limit 2)"));
        Assert.All(Crm.Contacts, contact => Assert.Equal("", contact["handed_over_at"]));
    }

    [Fact]
    public async Task The_first_push_may_write_everybody()
    {
        for (var i = 0; i < 120; i++)
        {
            Crm.Add($"{i}", $"p{i}@company.example");
        }

        await SyncWellAsync();
        Assert.All(Crm.Contacts, contact => Assert.Equal("lead", contact["stage"]));
    }
}
