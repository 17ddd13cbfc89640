using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Push;

public sealed class PushStageTests : SyncTest
{
    [Fact]
    public async Task Only_the_fields_that_changed_are_sent()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Log.Clear();
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Equal(["behaviour", "reasons", "score"], Crm.Log.Select(written => written.Field).Order());
    }

    [Fact]
    public async Task Who_is_held_is_tried_again_and_then_left_to_the_next_run_which_the_run_says()
    {
        await NewManagerAsync("1");
        Crm.Add("2", "person2@company.example", ("job_title", "Manager"));
        Crm.Held.Add("1");
        var report = await SyncAsync();
        Assert.Contains(report.Failures, failure => failure.Contains("1 record(s) could not be written for now (somebody holds it)", StringComparison.Ordinal));
        Assert.Equal(0, report.Connections.Single().Quarantined);
        Assert.Equal(3, Crm.CallLog.Count(call => call == "write"));
        Assert.Single(Crm.Log, written => written is { Record: "2", Field: "score" });

        Crm.Held.Clear();
        await SyncWellAsync();
        Assert.Single(Crm.Log, written => written is { Record: "1", Field: "score" });
    }

    [Fact]
    public async Task Where_calls_are_few_scores_wait_and_hand_overs_go_on()
    {
        Crm.BatchSizes = new(1, 100, 50);
        await NewManagerAsync("1");
        Crm.Add("2", "person2@company.example", ("job_title", "Manager"));
        await SyncWellAsync();
        Crm.Visit("1");
        Crm.AskForDemo("2");
        var writes = 0;
        Crm.BeforeCall = call =>
        {
            if (call == "write" && ++writes == 1)
            {
                throw new BudgetSpentException("our share of the day is used up", TimeSpan.FromHours(3));
            }
        };
        var report = await SyncAsync();
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains("scores wait"));
        Assert.Equal("mql", Crm["2"]["stage"]);
        Assert.Equal("30", Crm["1"]["score"]);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("50", Crm["1"]["score"]);
    }

    [Fact]
    public async Task Where_calls_are_few_a_stream_waits_while_the_others_go_on_and_goes_on_later()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Visit("1");
        Crm.Change("1", contact => contact.Attributes["industry"] = "Software");
        Crm.BeforeCall = call =>
        {
            if (call == "page visits")
            {
                throw new BudgetSpentException("our share of the day is used up", TimeSpan.FromHours(3));
            }
        };
        var report = await SyncAsync();
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains("visits waits"));
        Assert.Equal("35", Crm["1"]["score"]);

        Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        Assert.Equal("55", Crm["1"]["score"]);
    }

    [Fact]
    public async Task A_run_with_no_change_sends_no_write()
    {
        await NewMqlAsync();
        Crm.CallLog.Clear();
        await SyncWellAsync();

        Assert.DoesNotContain("write", Crm.CallLog);
    }

    [Fact]
    public async Task The_agreements_name_is_never_sent_alone_and_rides_along_with_the_next_change()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Log.Clear();
        await SignAsync(Agreement.Replace("first_contact_within: 8h", "first_contact_within: 4h"));
        await SyncWellAsync();
        Assert.Empty(Crm.Log);

        Crm.Visit("1");
        await SyncWellAsync();
        Assert.Equal("Test agreement, version 2", Crm["1"]["definition"]);
    }

    [Fact]
    public async Task The_lifecycle_is_written_once_for_each_transition_and_whoever_moves_it_afterwards_wins()
    {
        await NewMqlAsync();
        Crm.Change("1", contact => contact.Lifecycle = "lead");
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Equal("lead", Crm["1"].Lifecycle);
        Assert.Single(Crm.Log, written => written.Field == "lifecycle");
    }

    [Fact]
    public async Task A_lifecycle_further_on_stops_our_write_and_is_shown()
    {
        var contact = await NewManagerAsync();
        contact.Lifecycle = "opportunity";
        Crm.AskForDemo("1");
        var report = await SyncWellAsync();

        Assert.Equal(("mql", "opportunity"), (contact["stage"], contact.Lifecycle));
        Assert.Contains(report.Notices, notice => notice.Contains("left alone on 1 record(s): the record is further on: opportunity"));
        await SyncWellAsync();
        Assert.DoesNotContain(Crm.Log, written => written.Field == "lifecycle");
    }

    [Fact]
    public async Task What_time_alone_changed_waits_for_the_quiet_hour()
    {
        await NewManagerAsync();
        Crm.Visit("1");
        await SyncWellAsync();
        Crm.Log.Clear();
        // A month on: the visit has lost points, at half past nine in the morning.
        await SyncWellAsync(TimeSpan.FromDays(31));
        Assert.Empty(Crm.Log);
        Assert.True((await LeadAsync("1")).Score!.Total < 50);

        Clock.Advance(TimeSpan.FromHours(17));
        await SyncWellAsync();
        Assert.Contains(Crm.Log, written => written.Field == "score");
    }

    [Fact]
    public async Task A_deferred_difference_goes_at_once_with_a_changed_fact()
    {
        await NewManagerAsync();
        Crm.Visit("1");
        await SyncWellAsync();
        await SyncWellAsync(TimeSpan.FromDays(31));
        Crm.Log.Clear();
        Crm.Visit("1");
        await SyncWellAsync();

        Assert.Contains(Crm.Log, written => written.Field == "score");
    }

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
    public async Task A_batch_refused_as_a_whole_is_halved_until_the_guilty_record_is_found()
    {
        await AddAsync(9);
        Crm.RefusedInBatch.Add("4");
        ChangeAll(9);
        var report = await SyncAsync();

        Assert.All(Crm.Contacts.Where(contact => contact.Id != "4"), contact => Assert.Equal("20", contact["behaviour"]));
        Assert.Equal("0", Crm["4"]["behaviour"]);
        Assert.Equal("quarantine", (await RecordAsync("4")).Parked);
        Assert.Equal(1, report.Connections[0].Quarantined);
    }

    [Fact]
    public async Task A_refused_record_is_in_quarantine_with_the_CRMs_words_until_it_changes()
    {
        await AddAsync(2);
        Crm.Refuses = write => write.RecordId == "0" ? "a required property is empty" : null;
        ChangeAll(2);
        var report = await SyncAsync();
        Assert.Contains(report.Failures, failure => failure.Contains("contact 0 is in quarantine: a required property is empty"));
        Assert.Equal("20", Crm["1"]["behaviour"]);
        Crm.CallLog.Clear();
        await SyncWellAsync();
        Assert.DoesNotContain("write", Crm.CallLog);

        Crm.Refuses = _ => null;
        Crm.Change("0", contact => contact.Attributes["phone"] = "+33 1");
        await SyncWellAsync();
        Assert.Equal("20", Crm["0"]["behaviour"]);
        Assert.Empty(await ReadAsync(ledger => ledger.Writes.QuarantinedAsync(null)));
    }

    [Fact]
    public async Task A_field_that_somebody_deleted_is_created_again_and_every_record_shows_its_value_again()
    {
        await AddAsync(3);
        foreach (var contact in Crm.Contacts)
        {
            contact.Fields.Remove("status");
        }

        Crm.MissingFields.Add("status");
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Manager");
        var report = await SyncWellAsync();
        Assert.Contains(report.Notices, notice => notice.Contains("status was missing in the CRM and was created again"));
        Assert.Single(Crm.CallLog, "provision");
        await SyncWellAsync();

        Assert.All(Crm.Contacts, contact => Assert.NotEqual("", contact["status"]));
        Crm.CallLog.Clear();
        await SyncWellAsync();
        Assert.DoesNotContain("write", Crm.CallLog);
    }

    [Fact]
    public async Task A_field_that_the_token_may_not_create_again_is_asked_of_the_admin_and_sent_afterwards()
    {
        Crm.MissingFields.Add("grade");
        Crm.Add("1", "a@company.example");
        Crm.MissingFields.Add("score");
        Crm.RefusesProvisioning = true;
        var report = await SyncAsync();

        Assert.True(report.IsRefused);
        Assert.Contains(report.Failures, failure => failure.Contains("provision hub") && failure.Contains("the scope to create fields is missing"));
        Crm.MissingFields.Clear();
        await SyncWellAsync();
        Assert.Equal("0", Crm["1"]["score"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_answer_is_settled_by_reading(bool wasWritten)
    {
        var contact = await NewManagerAsync();
        Crm.AskForDemo("1");
        Action<string> lose = call =>
        {
            if (call == "write")
            {
                Crm.AfterCall = Crm.BeforeCall = _ => { };
                throw new UnknownOutcomeException("no answer");
            }
        };
        if (wasWritten)
        {
            Crm.AfterCall = lose;
        }
        else
        {
            Crm.BeforeCall = lose;
        }

        await SyncWellAsync();
        await SyncWellAsync();

        Assert.Equal(("mql", "to_answer"), (contact["stage"], contact["answer"]));
        Assert.Single(Crm.Log, written => written.Field == "stage");
        Assert.Single(Crm.Log, written => written.Field == "lifecycle");
        Assert.Single(Crm.Log, written => written.Field == "handed_over_at");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_dies_between_sent_and_the_answer_writes_nothing_twice(bool wasWritten)
    {
        var contact = await NewManagerAsync();
        Crm.AskForDemo("1");
        Action<string> die = call =>
        {
            if (call == "write")
            {
                throw new ProcessDiedException();
            }
        };
        if (wasWritten)
        {
            Crm.AfterCall = die;
        }
        else
        {
            Crm.BeforeCall = die;
        }

        await Assert.ThrowsAsync<ProcessDiedException>(() => SyncAsync());
        var handedOver = Now;
        await DieAsync();
        Crm.AfterCall = Crm.BeforeCall = _ => { };
        await SyncWellAsync();
        await SyncWellAsync();

        Assert.Equal(("mql", handedOver.ToString()), (contact["stage"], contact["handed_over_at"]));
        Assert.Equal("marketingqualifiedlead", contact.Lifecycle);
        Assert.Single(Crm.Log, written => written.Field == "lifecycle");
        Assert.Single(Crm.Log, written => written.Field == "handed_over_at");
    }

    [Fact]
    public async Task A_CRM_that_fails_in_the_middle_of_the_push_is_gone_on_with_by_the_next_run()
    {
        var crm = new FakeCrm(Clock, "4712") { BatchSizes = new(10, 100, 50) };
        await ConnectAsync("small", crm);
        for (var i = 0; i < 30; i++)
        {
            crm.Add($"{i}", $"p{i}@company.example");
        }

        var writes = 0;
        crm.BeforeCall = call =>
        {
            if (call == "write" && ++writes == 2)
            {
                throw new RetriableCrmException("too many requests", TimeSpan.FromSeconds(10));
            }
        };
        Assert.NotEmpty((await SyncAsync()).Failures);
        await SyncWellAsync();

        Assert.All(crm.Contacts, contact => Assert.Equal("lead", contact["stage"]));
        Assert.Equal(crm.Log.Count, crm.Log.Distinct().Count());
    }

    [Fact]
    public async Task A_record_that_is_gone_when_it_is_written_leaves_the_hand_over_to_the_leads_other_record()
    {
        await NewManagerAsync();
        Crm.Add("2", "person1@company.example").OwnerId = "bob";
        Crm.AskForDemo("1");
        Crm.BeforeCall = call =>
        {
            if (call is "read" or "write")
            {
                Crm["1"].IsGone = true;
            }
        };
        await SyncAsync();
        await SyncWellAsync();

        Assert.Equal(("mql", "to_answer"), (Crm["2"]["stage"], Crm["2"]["answer"]));
        Assert.NotEqual("", Crm["2"]["handed_over_at"]);
    }

    [Fact]
    public async Task A_lifecycle_that_was_cleared_for_a_move_back_is_set_after_all()
    {
        await WriteAsync(async ledger =>
        {
            var hub = (await ledger.Connections.FindAsync("hub"))!;
            var settings = new ConnectionSettings { AllowBackward = true, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
            return await ledger.Connections.SaveAsync(hub with { Settings = settings.Write() });
        });
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        Crm.AfterCall = call =>
        {
            if (call == "write" && Crm["1"].Lifecycle is null)
            {
                throw new ProcessDiedException();
            }
        };
        await Assert.ThrowsAsync<ProcessDiedException>(() => SyncAsync());
        await DieAsync();
        Crm.AfterCall = _ => { };
        await SyncWellAsync();

        Assert.Equal(("recycled", "lead"), (Crm["1"]["stage"], Crm["1"].Lifecycle));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lifecycle_goes_back_only_where_the_connection_allows_it(bool allows)
    {
        var options = new ConnectionOptions { AllowBackward = allows, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        Crm.CallLog.Clear();
        var report = await SyncAsync(options);

        Assert.Equal(("recycled", allows ? "lead" : "marketingqualifiedlead"), (Crm["1"]["stage"], Crm["1"].Lifecycle));
        Assert.Empty(report.Failures);
        Assert.Contains(report.Notices, notice => notice.Contains(allows ? "moved back on 1 record(s)" : "left alone on 1 record(s): the record is further on"));
        Assert.Equal(allows ? ["read", "write", "write", "read"] : ["read", "write"], Crm.CallLog.Where(call => call is "read" or "write"));
    }

    [Fact]
    public async Task A_move_back_that_the_CRM_did_not_make_is_said_and_not_taken_for_made()
    {
        var options = new ConnectionOptions { AllowBackward = true, LifecycleStages = new Dictionary<string, string> { ["recycled"] = "lead" } };
        await NewMqlAsync();
        Crm.Say("1", "rejected", "no_need");
        var cleared = false;
        Crm.BeforeCall = call =>
        {
            // Somebody else sets it between our clearing and our setting.
            if (call == "write" && cleared)
            {
                Crm["1"].Lifecycle = "salesqualifiedlead";
            }
        };
        Crm.AfterCall = call => cleared |= call == "write";
        var report = await SyncAsync(options);

        Assert.Contains(report.Failures, failure => failure.Contains("was to go back to lead and is salesqualifiedlead"));
        Assert.Equal("salesqualifiedlead", (await RecordAsync("1")).Lifecycle);
        Crm.CallLog.Clear();
        await SyncAsync(options);
        Assert.DoesNotContain("write", Crm.CallLog);
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

    private async Task AddAsync(int contacts)
    {
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < contacts; i++)
        {
            Crm.Add($"{i}", $"p{i}@company.example", ("job_title", "Clerk"));
        }

        await SyncAsync(yes: true);
    }

    private void ChangeAll(int contacts)
    {
        for (var i = 0; i < contacts; i++)
        {
            Crm.Visit($"{i}");
        }
    }
}
