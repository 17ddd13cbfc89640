using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Push;

/// <summary>Which records may be written: by mode, by the pilot's list, by the scope.</summary>
public sealed class WritableRecordsTests : SyncTest
{
    [Theory]
    [InlineData(ConnectionMode.Observe)]
    [InlineData(ConnectionMode.Paused)]
    public async Task Nothing_is_written_in_mode(ConnectionMode mode)
    {
        await SetModeAsync(mode);
        Crm.Add("1", "a@company.example");
        await SyncWellAsync();

        Assert.Empty(Crm.Log);
        Assert.NotNull((await LeadAsync("1")).Score);
    }

    [Fact]
    public async Task A_pilot_writes_only_the_records_of_its_list_and_only_they_count_in_the_breaker()
    {
        Crm.Lists["pilots"] = ["3"];
        await SetModeAsync(ConnectionMode.Pilot, "pilots");
        await AddAsync(60);
        for (var i = 0; i < 60; i++)
        {
            Crm.AskForDemo($"{i}");
        }

        await SyncWellAsync();

        Assert.Equal("mql", Crm["3"]["stage"]);
        Assert.Equal(["3"], Crm.Log.Select(written => written.Record).Distinct());
    }

    [Fact]
    public async Task Pausing_in_the_middle_of_a_run_takes_effect_within_one_batch()
    {
        var crm = new FakeCrm(Clock, "4712") { BatchSizes = new(10, 100, 50) };
        await ConnectAsync("small", crm);
        for (var i = 0; i < 30; i++)
        {
            crm.Add($"{i}", $"p{i}@company.example");
        }

        crm.AfterCall = call =>
        {
            if (call == "write")
            {
                new ModeChanges(Ledger).SetAsync("small", ConnectionMode.Paused, null, default).GetAwaiter().GetResult();
            }
        };
        await SyncAsync();
        Assert.Equal(10, crm.Contacts.Count(contact => contact["stage"] == "lead"));

        // The first push is not over: what is left of it is no reason to stop.
        crm.AfterCall = _ => { };
        await new ModeChanges(Ledger).ResumeAsync("small", default);
        await SyncWellAsync();
        Assert.All(crm.Contacts, contact => Assert.Equal("lead", contact["stage"]));
    }

    [Fact]
    public async Task Only_records_of_the_scope_are_written_and_it_is_asked_for_only_where_something_is_due()
    {
        var options = new ConnectionOptions { Scope = "europe" };
        Crm.Lists["europe"] = ["2"];
        Crm.Add("1", "a@company.example");
        Crm.Add("2", "b@company.example");
        Assert.Empty((await SyncAsync(options)).Failures);

        Assert.Equal(("", "lead"), (Crm["1"]["stage"], Crm["2"]["stage"]));
        Crm.Lists["europe"] = ["1", "2"];
        await SyncAsync(options);
        Assert.Equal("lead", Crm["1"]["stage"]);
        Crm.CallLog.Clear();
        await SyncAsync(options);
        Assert.DoesNotContain("list", Crm.CallLog);
    }

    [Fact]
    public async Task A_pilot_within_a_scope_writes_what_is_in_both()
    {
        Crm.Lists["europe"] = ["1", "2"];
        Crm.Lists["pilot"] = ["2", "3"];
        await SetModeAsync(ConnectionMode.Pilot, "pilot");
        foreach (var id in new[] { "1", "2", "3" })
        {
            Crm.Add(id, $"{id}@company.example");
        }

        await SyncAsync(new ConnectionOptions { Scope = "europe" });

        Assert.Equal(["", "lead", ""], new[] { "1", "2", "3" }.Select(id => Crm[id]["stage"]));
    }

    [Fact]
    public async Task What_appsettings_says_stands_over_what_the_ledger_has()
    {
        await AddAsync(3);
        for (var i = 0; i < 3; i++)
        {
            Crm.AskForDemo($"{i}");
        }

        Assert.Contains((await SyncAsync(new ConnectionOptions { MaxHandOversPerDay = 2 })).Failures, failure => failure.Contains("hand over 3 leads (limit 2)"));
    }
}
