using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Push;

/// <summary>What the CRM refuses, or does not answer.</summary>
public sealed class RefusedWritesTests : SyncTest
{
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
}
