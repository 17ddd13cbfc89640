using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Push;

/// <summary>Something else writes our fields too: the record is left alone.</summary>
public sealed class LoopGuardTests : SyncTest
{
    [Fact]
    public async Task A_loop_names_who_else_sets_the_field()
    {
        await NewManagerAsync();
        for (var i = 0; i < 9; i++)
        {
            Crm.Change("1", contact => contact.Attributes["job_title"] = i % 2 == 0 ? "Clerk" : "Manager");
            await SyncAsync();
            Crm["1"].History.AddRange(LeadField.All.Select(field => new FieldChange("1", field.Name, "7", Now, IsPerson: false, null, "WORKFLOWS")));
        }

        Assert.EndsWith(" was last set by WORKFLOWS", (await RecordAsync("1")).Parked);
    }

    /// <summary>Ten records a run are below the limit of one run; what counts is the hour.</summary>
    [Theory]
    [InlineData(20, true)]
    [InlineData(61, false)]
    public async Task Twenty_records_parked_within_an_hour_pause_pushing_however_many_runs_it_took(int minutesBetween, bool isPaused)
    {
        await AddAsync(20);
        await LoopAsync(0, 10);
        Assert.Equal(ConnectionMode.Live, (await ConnectionAsync()).Mode);
        Clock.Advance(TimeSpan.FromMinutes(minutesBetween));
        await LoopAsync(10, 20);

        Assert.Equal(isPaused ? ConnectionMode.Paused : ConnectionMode.Live, (await ConnectionAsync()).Mode);
    }

    [Fact]
    public async Task A_connection_that_is_resumed_is_not_paused_again_for_what_was_parked_before()
    {
        await AddAsync(20);
        await LoopAsync(0, 20);
        Assert.Equal(ConnectionMode.Paused, (await ConnectionAsync()).Mode);

        await new ModeChanges(Ledger).ResumeAsync(null, default);
        await SyncAsync(yes: true);

        Assert.Equal(ConnectionMode.Live, (await ConnectionAsync()).Mode);
    }

    [Fact]
    public async Task A_record_written_over_and_over_is_parked_as_a_loop()
    {
        await NewManagerAsync();
        for (var i = 0; i < 9; i++)
        {
            Crm.Change("1", contact => contact.Attributes["job_title"] = i % 2 == 0 ? "Clerk" : "Manager");
            await SyncAsync();
        }

        Assert.StartsWith("loop", (await RecordAsync("1")).Parked);
    }

    /// <summary>Changes these records back and forth until they are parked.</summary>
    private async Task LoopAsync(int from, int to)
    {
        for (var i = 0; i < 9 && (await RecordAsync($"{to - 1}")).Parked is null; i++)
        {
            for (var contact = from; contact < to; contact++)
            {
                Crm.Change($"{contact}", changed => changed.Attributes["job_title"] = i % 2 == 0 ? "Manager" : "Clerk");
            }

            await SyncAsync(yes: true);
        }
    }
}
