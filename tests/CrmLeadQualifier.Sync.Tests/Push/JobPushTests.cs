using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Push;

public sealed class JobPushTests : SyncTest
{
    private const int Many = 20;

    private FakeWriteJobs Jobs => Crm.Jobs ??= new FakeWriteJobs(Crm);

    [Fact]
    public async Task Very_many_records_are_written_by_one_job()
    {
        AddMany();
        await SyncWellAsync();
        Assert.Equal([Many], Jobs.Sizes);
        Assert.DoesNotContain("write", Crm.CallLog);
        AssertWrittenOnce();
        await AssertSettledAsync();

        Crm.Log.Clear();
        await SyncWellAsync();
        Assert.Empty(Crm.Log);
    }

    [Fact]
    public async Task Few_records_are_written_in_batches()
    {
        AddMany(4);
        await SyncWellAsync();
        Assert.Empty(Jobs.Sizes);
        AssertWrittenOnce();
    }

    [Fact]
    public async Task Hand_overs_go_in_batches_before_the_job()
    {
        await NewManagerAsync("mql");
        AddMany();
        Crm.AskForDemo("mql");
        await SyncWellAsync();
        Assert.Equal("mql", Crm["mql"]["stage"]);
        Assert.Equal([Many], Jobs.Sizes);
        Assert.True(Crm.CallLog.IndexOf("write") < Crm.CallLog.IndexOf("create job"));
        AssertWrittenOnce();
    }

    [Fact]
    public async Task Where_nothing_is_known_of_the_crms_speed_a_batch_goes_first_and_then_jobs_are_sized_by_it()
    {
        Crm.BatchSizes = new(3, 100, 50);
        var isMeasured = false;
        Crm.AfterCall = call => isMeasured |= call == "write";
        var paces = new List<WriteJobPace?>();
        Jobs.Most = last =>
        {
            paces.Add(last);
            return isMeasured ? 8 : 0;
        };
        AddMany();
        await SyncWellAsync();
        Assert.Equal([8, 8, 1], Jobs.Sizes);
        Assert.Contains(new WriteJobPace(8, TimeSpan.FromMilliseconds(8)), paces);
        AssertWrittenOnce();
        await AssertSettledAsync();
    }

    [Theory]
    [InlineData("create job", true)]
    [InlineData("create job", false)]
    [InlineData("job part", false)]
    [InlineData("begin job", true)]
    [InlineData("begin job", false)]
    [InlineData("wait for job", true)]
    [InlineData("wait for job", false)]
    [InlineData("results", true)]
    [InlineData("results", false)]
    public async Task A_process_that_is_killed_in_the_middle_of_a_job_loses_nothing_and_writes_nothing_twice(string call, bool isBefore)
    {
        AddMany();
        DieAt(call, isBefore, times: 2);
        await Assert.ThrowsAsync<ProcessDiedException>(() => SyncAsync());
        await DieAsync();
        Crm.BeforeCall = Crm.AfterCall = _ => { };
        await SyncWellAsync();
        AssertWrittenOnce();
        await AssertSettledAsync();
        Assert.All(await OfRecordsAsync(), writes => Assert.Single(writes, write => write is { Field: "score", State: WriteState.Confirmed }));
    }

    [Fact]
    public async Task What_a_job_could_not_write_is_sent_in_batches()
    {
        AddMany();
        Jobs.Busy.UnionWith(["3", "7"]);
        await SyncWellAsync();
        Assert.Equal(1, Crm.CallLog.Count(call => call == "write"));
        AssertWrittenOnce();
        await AssertSettledAsync();
    }

    [Fact]
    public async Task A_job_that_the_crm_breaks_off_is_told_and_the_rest_is_sent_in_batches()
    {
        AddMany();
        Jobs.BreaksOffAfter = 12;
        var report = await SyncWellAsync();
        Assert.Contains(report.Notices, notice => notice.Contains("broke job job1 off after 12 records (it took too long)"));
        AssertWrittenOnce();
        await AssertSettledAsync();
    }

    [Fact]
    public async Task A_refused_record_is_quarantined_with_the_crms_words()
    {
        AddMany();
        Crm.Refuses = write => write.RecordId == "5" ? "a rule of the org" : null;
        var report = await SyncAsync();
        Assert.Equal(["hub: contact 5 is in quarantine: a rule of the org"], report.Failures);
        Assert.Equal("quarantine", (await RecordAsync("5")).Parked);
        Crm.CallLog.Clear();
        await SyncWellAsync();
        Assert.DoesNotContain("write", Crm.CallLog);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 4)]
    public async Task Where_the_crm_forgot_a_job_or_its_results_are_not_whole_the_records_tell(bool forgets, int lost)
    {
        AddMany();
        (Jobs.Forgets, Jobs.LosesResults) = (forgets, lost);
        await SyncAsync();
        await SyncWellAsync();
        AssertWrittenOnce();
        await AssertSettledAsync();
    }

    [Fact]
    public async Task Where_jobs_are_refused_batches_do_it()
    {
        AddMany();
        Crm.BeforeCall = call =>
        {
            if (call == "create job")
            {
                throw new StreamRefusedException("write jobs", "no jobs for you", "Do without.");
            }
        };
        var report = await SyncWellAsync();
        Assert.Contains(report.Notices, notice => notice.Contains("no jobs for you"));
        AssertWrittenOnce();
    }

    [Fact]
    public async Task Without_calls_for_scores_a_job_waits_for_the_next_day()
    {
        AddMany();
        await SyncWellAsync();
        for (var i = 1; i <= Many; i++)
        {
            Crm.Change(FormattableString.Invariant($"{i}"), contact => contact.Attributes["industry"] = "Software");
        }

        Crm.Log.Clear();
        Crm.BeforeCall = call =>
        {
            if (call == "begin job")
            {
                throw new BudgetSpentException("our share of the day is used up", TimeSpan.FromHours(3));
            }
        };
        var report = await SyncAsync(yes: true);
        Assert.Contains(report.Notices, notice => notice.Contains("scores wait"));
        Assert.Empty(Crm.Log);
        Crm.BeforeCall = _ => { };
        await SyncAsync(yes: true);
        Assert.All(Crm.Contacts, contact => Assert.Equal("35", contact["score"]));
        await AssertSettledAsync();
    }

    [Fact]
    public async Task A_text_that_the_account_holds_only_in_part_is_cut_once_and_does_not_differ_for_ever()
    {
        Crm.ShorterTexts["reasons"] = 4;
        AddMany(3);
        await SyncWellAsync();
        Assert.Equal("+30", Crm["1"]["reasons"]);
        Crm.Log.Clear();
        await SyncWellAsync();
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Software Manager");
        await SyncWellAsync();
        Assert.DoesNotContain(Crm.Log, written => written.Field == "reasons");
        Assert.Empty((await RecordAsync("1")).Foreign);
    }

    [Fact]
    public async Task The_same_holds_in_a_job()
    {
        Crm.ShorterTexts["reasons"] = 4;
        AddMany();
        await SyncWellAsync();
        Assert.Equal([Many], Jobs.Sizes);
        Assert.Equal("+30", Crm["1"]["reasons"]);
        Crm.Log.Clear();
        await SyncWellAsync();
        Assert.Empty(Crm.Log);
    }

    private void AddMany(int count = Many)
    {
        Crm.Jobs ??= new FakeWriteJobs(Crm);
        for (var i = 1; i <= count; i++)
        {
            Crm.Add(FormattableString.Invariant($"{i}"), FormattableString.Invariant($"person{i}@company.example"), ("job_title", "Manager"));
        }
    }

    private void DieAt(string call, bool isBefore, int times)
    {
        // Of what happens several times in a job, the second.
        var left = call == "results" ? times : 1;
        void Die(string name)
        {
            if (name == call && --left == 0)
            {
                throw new ProcessDiedException();
            }
        }

        if (isBefore)
        {
            Crm.BeforeCall = Die;
        }
        else
        {
            Crm.AfterCall = Die;
        }
    }

    /// <summary>Each field of each record once, with the value that it should have.</summary>
    private void AssertWrittenOnce()
    {
        Assert.All(Crm.Contacts.Where(contact => contact.Id != "mql"), contact => Assert.Equal("30", contact["score"]));
        Assert.All(Crm.Log.GroupBy(written => (written.Record, written.Field)), written => Assert.Single(written));
    }

    private async Task AssertSettledAsync()
    {
        var connection = (await ConnectionAsync()).Id;
        Assert.Empty(await ReadAsync(ledger => ledger.Writes.OpenJobsAsync(connection)));
        Assert.Empty(await ReadAsync(ledger => ledger.Writes.OpenAsync(connection)));
        Assert.Equal(0, (await ReadAsync(ledger => ledger.Records.CountPushDueAsync(connection, Now))).PushDue);
    }

    private async Task<IReadOnlyList<IReadOnlyList<WriteRow>>> OfRecordsAsync()
    {
        var lists = new List<IReadOnlyList<WriteRow>>();
        foreach (var contact in Crm.Contacts)
        {
            var record = await RecordAsync(contact.Id);
            lists.Add(await ReadAsync(ledger => ledger.Writes.OfRecordsAsync([record.Id], Start)));
        }

        return lists;
    }
}
