using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Tests.Pull;

/// <summary>What a CRM counts on a contact stands for its visits while it refuses these.</summary>
public sealed class CountedActivitiesTests : SyncTest
{
    public CountedActivitiesTests()
    {
        Crm.CountsVisits = true;
        Crm.RefusedStreams.Add("visits");
    }

    [Fact]
    public async Task The_first_reading_is_the_base_and_brings_the_newest_one_alone()
    {
        Crm.Add("1", "a@company.example").Visits = (7, Now);
        var report = await SyncWellAsync();

        var only = Assert.Single(await VisitsAsync());
        Assert.Equal(("counted:visits:visits:7", false, "https://us.example/last"), (only.ExternalId, only.IsApproximate, only.Attributes["url"]));
        Assert.Contains(report.Notices, notice => notice.Contains("what the CRM counts on each record stands for page_view", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_counter_without_a_date_is_a_base_and_nothing_else()
    {
        Crm.Add("1", "a@company.example").Visits = (7, null);
        await SyncWellAsync();

        Assert.Empty(await VisitsAsync());
    }

    [Fact]
    public async Task Growth_makes_as_many_activities_of_which_the_newest_has_its_details()
    {
        await GrownAsync(7, 10);

        Assert.Equal(
            ["counted:visits:visits:10", "counted:visits:visits:7", "counted:visits:visits:8 approximate", "counted:visits:visits:9 approximate"],
            (await VisitsAsync()).Select(visit => visit.ExternalId + (visit.IsApproximate ? " approximate" : "")).Order(StringComparer.Ordinal));
        await SyncWellAsync();
        await ReconcileWellAsync();
        Assert.Equal(4, (await VisitsAsync()).Count);
    }

    [Theory]
    [InlineData(7, 3)]
    [InlineData(7, 58)]
    public async Task A_fall_or_a_leap_is_a_new_base(long from, long to)
    {
        await GrownAsync(from, to);
        var afterwards = (await VisitsAsync()).Count;
        Assert.True(afterwards <= 2, $"{afterwards}");

        await GrowAsync(to + 1);

        Assert.Equal(afterwards + 1, (await VisitsAsync()).Count);
    }

    [Fact]
    public async Task A_merge_is_a_new_base()
    {
        Crm.Add("2", "b@company.example").Visits = (5, Now);
        await GrownAsync(7, 7);
        Crm.Merge("1", "2");
        Crm["1"].Visits = (12, Now);
        await SyncWellAsync();

        Assert.Equal(["counted:visits:visits:5", "counted:visits:visits:7"], (await VisitsAsync()).Select(visit => visit.ExternalId).Order(StringComparer.Ordinal));
    }

    /// <summary>The stream shows again what the counters told of, and may show what was before them: each visit counts once.</summary>
    [Fact]
    public async Task A_stream_that_was_never_read_brings_its_past_when_it_is_given_and_nothing_twice()
    {
        var before = Now - TimeSpan.FromDays(3);
        Crm.Visit("1", at: before);
        Crm.Visit("1", at: before - TimeSpan.FromDays(1));
        Crm.Add("1", "a@company.example").Visits = (2, before);
        await SyncWellAsync();
        Assert.Single(await VisitsAsync());

        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Visit("1");
        await GrowAsync(3);
        Assert.Equal(2, (await VisitsAsync()).Count);

        Crm.RefusedStreams.Clear();
        await SyncWellAsync(TimeSpan.FromHours(25));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Visit("1");
        await GrowAsync(4);
        await SyncWellAsync(TimeSpan.FromMinutes(15));
        await ReconcileWellAsync();

        var visits = await VisitsAsync();
        Assert.Equal(4, visits.Count);
        Assert.Equal("counted:visits:visits:3", Assert.Single(visits, visit => visit.ExternalId.StartsWith("counted", StringComparison.Ordinal)).ExternalId);
    }

    [Fact]
    public async Task A_stream_that_is_refused_for_a_while_counts_nothing_twice()
    {
        Crm.RefusedStreams.Clear();
        Crm.Add("1", "a@company.example").Visits = (0, null);
        await SyncWellAsync();
        await VisitAsync(1);
        Assert.Single(await VisitsAsync());

        Crm.RefusedStreams.Add("visits");
        await SyncWellAsync(TimeSpan.FromMinutes(15));
        for (var visit = 2; visit <= 4; visit++)
        {
            await VisitAsync(visit);
        }

        Assert.Equal(4, (await VisitsAsync()).Count);
        Crm.RefusedStreams.Clear();
        await SyncWellAsync(TimeSpan.FromHours(25));
        await VisitAsync(5);
        await SyncWellAsync(TimeSpan.FromMinutes(15));
        await ReconcileWellAsync();

        Assert.Equal(5, (await VisitsAsync()).Count);
    }

    private async Task VisitAsync(long count)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        Crm.Visit("1");
        await GrowAsync(count);
    }

    private async Task GrownAsync(long from, long to)
    {
        Crm.Add("1", "a@company.example").Visits = (from, Now);
        await SyncWellAsync();
        await GrowAsync(to);
    }

    private async Task GrowAsync(long to)
    {
        Crm.Change("1", contact => contact.Visits = (to, Now));
        await SyncWellAsync();
    }

    private async Task<IReadOnlyList<ActivityRow>> VisitsAsync()
    {
        var lead = (await RecordAsync("1")).LeadId;
        return (await ReadAsync(ledger => ledger.Activities.OfLeadsAsync([lead]))).GetValueOrDefault(lead) ?? [];
    }
}
