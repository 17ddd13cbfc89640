using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Pull;

/// <summary>What a CRM tells by webhook is a hint: the rows are read at once, and nothing else is.</summary>
public sealed class TouchedRowsTests : SyncTest
{
    [Fact]
    public async Task A_touched_contact_is_read_scored_and_written_without_reading_any_stream()
    {
        var contact = await TouchedManagerAsync();
        var report = await ReadTouchedAsync();

        Assert.Empty(report.Failures);
        Assert.Equal("30", contact["score"]);
        Assert.DoesNotContain(Crm.CallLog, call => call.StartsWith("page", StringComparison.Ordinal));
        Assert.Empty(await TouchedAsync());
    }

    [Fact]
    public async Task The_polling_that_follows_finds_it_known()
    {
        await TouchedManagerAsync();
        await ReadTouchedAsync();
        Crm.CallLog.Clear();
        await SyncWellAsync();

        Assert.DoesNotContain("fetch", Crm.CallLog);
        Assert.DoesNotContain("write", Crm.CallLog);
    }

    [Fact]
    public async Task Every_sync_reads_what_is_noted_first_so_that_nothing_is_lost_with_a_worker()
    {
        var contact = await TouchedManagerAsync();
        Crm.IndexingLag = TimeSpan.FromHours(2);
        contact.IndexedAt = Now + TimeSpan.FromHours(2);
        await SyncWellAsync();

        Assert.Equal("30", contact["score"]);
        Assert.Empty(await TouchedAsync());
    }

    [Fact]
    public async Task What_is_told_while_the_streams_are_read_is_written_before_they_are_read_to_their_end()
    {
        var contact = Crm.Add("1", "a@company.example", ("job_title", "Clerk"));
        await SyncWellAsync();
        Crm.IndexingLag = TimeSpan.FromHours(2);
        Clock.Advance(TimeSpan.FromMinutes(2));
        var (pages, isHeard) = (0, false);
        Crm.AfterCall = call =>
        {
            if (call.StartsWith("page", StringComparison.Ordinal) && ++pages == 1)
            {
                Crm.Change("1", changed => changed.Attributes["job_title"] = "Manager");
                TouchAsync(("contacts", "1")).GetAwaiter().GetResult();
                isHeard = SpinWait.SpinUntil(() => contact["score"] == "30", TimeSpan.FromSeconds(20));
            }
        };
        await SyncWellAsync();

        Assert.True(isHeard);
        Assert.True(pages > 1);
        Assert.Empty(await TouchedAsync());
    }

    [Theory]
    [InlineData(1, new[] { "30", "50" })]
    [InlineData(20, new[] { "50" })]
    public async Task What_is_told_waits_for_the_streams_only_where_they_were_not_read_for_long(int minutes, string[] scores)
    {
        await TouchedManagerAsync();
        Crm.Visit("1");
        Clock.Advance(TimeSpan.FromMinutes(minutes));
        Crm.Log.Clear();
        await SyncWellAsync();

        Assert.Equal(scores, Crm.Log.Where(written => written.Field == "score").Select(written => written.Value));
    }

    [Fact]
    public async Task What_is_told_while_a_run_writes_is_written_by_the_same_run()
    {
        var contact = await TouchedManagerAsync();
        Crm.AfterCall = call =>
        {
            if (call == "write")
            {
                Crm.AfterCall = _ => { };
                Crm.Change("1", changed => changed.Attributes["job_title"] = "Clerk");
                TouchAsync(("contacts", "1")).GetAwaiter().GetResult();
            }
        };
        var report = await ReadTouchedAsync();

        Assert.Empty(report.Failures);
        Assert.Equal("0", contact["score"]);
        Assert.Equal(["30", "0"], Crm.Log.Where(written => written.Field == "score").Select(written => written.Value).TakeLast(2));
        Assert.Empty(await TouchedAsync());
    }

    [Fact]
    public async Task A_touched_contact_that_is_nowhere_any_more_is_gone()
    {
        await TouchedManagerAsync();
        Crm["1"].IsGone = true;
        await ReadTouchedAsync();

        Assert.True((await RecordAsync("1")).IsGone);
    }

    [Fact]
    public async Task What_a_first_read_or_no_stream_brings_is_not_waited_for()
    {
        Crm.Add("1", "a@company.example");
        await TouchAsync(("contacts", "1"), ("nothing", "2"));
        var report = await ReadTouchedAsync();

        Assert.Empty(report.Failures);
        Assert.DoesNotContain("fetch", Crm.CallLog);
        Assert.Empty(await TouchedAsync());
    }

    [Fact]
    public async Task One_that_is_told_of_again_while_it_is_read_is_read_again()
    {
        var contact = await TouchedManagerAsync();
        Crm.AfterCall = call =>
        {
            if (call == "fetch")
            {
                Crm.AfterCall = _ => { };
                Crm.Change("1", changed => changed.Attributes["job_title"] = "Clerk");
                TouchAsync(("contacts", "1")).GetAwaiter().GetResult();
            }
        };
        await ReadTouchedAsync();

        Assert.Equal("0", contact["score"]);
        Assert.Empty(await TouchedAsync());
    }

    /// <summary>A clerk in the ledger who has become a manager, and of whom the CRM told.</summary>
    private async Task<Fakes.FakeContact> TouchedManagerAsync()
    {
        var contact = Crm.Add("1", "a@company.example", ("job_title", "Clerk"));
        await SyncWellAsync();
        Assert.Equal(Stage.Lead.Word(), contact["stage"]);
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Change("1", changed => changed.Attributes["job_title"] = "Manager");
        await TouchAsync(("contacts", "1"), ("contacts", "1"));
        Crm.CallLog.Clear();
        return contact;
    }

    private async Task TouchAsync(params (string Stream, string RowId)[] rows)
    {
        var hub = await ConnectionAsync();
        await WriteAsync(async ledger =>
        {
            await ledger.Cursors.TouchAsync(hub.Id, rows);
            return true;
        });
    }

    private async Task<IReadOnlyList<TouchedRow>> TouchedAsync()
    {
        var hub = await ConnectionAsync();
        return await ReadAsync(ledger => ledger.Cursors.TouchedAsync(hub.Id, 100));
    }

    private Task<RunReport> ReadTouchedAsync()
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        return new SyncRun(Ledger, OpenCrm, Clock).RunAsync(new SyncRequest { Connection = "hub", OnlyTouched = true }, null, default);
    }
}
