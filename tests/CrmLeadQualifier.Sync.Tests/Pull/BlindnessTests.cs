using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Tests.Pull;

/// <summary>Missing data must not hand somebody to sales whom the agreement keeps back.</summary>
public sealed class BlindnessTests : SyncTest
{
    private const string WithOptOut = """
        definition: Opted out people are left alone
        schema: 1
        profile: { criteria: [ { id: manager, label: Manager, if: { job_title: { has_word: [manager] } }, points: 30 } ] }
        intent: { criteria: [ { id: demo, label: Asked for a demo, on: form_submission, points: 60 } ] }
        exclusions:
          - { id: opted_out, label: Opted out, if: { opted_out: true } }
          - { id: complained, label: Complained, on: page_view, where: { url: { contains: /complaints } } }
        mql: { when: { total: { at_least: 60 } } }
        """;

    private static readonly TimeSpan AnHour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_field_that_decides_and_became_unreadable_stops_new_MQLs_until_it_is_back()
    {
        await SignAsync(WithOptOut);
        await NewManagerAsync();
        Crm.Change("1", contact => contact.Attributes["opted_out"] = "true");
        await SyncWellAsync();
        Assert.Equal("excluded", (await RecordAsync("1")).Desired!["status"]);

        Crm.HiddenAttributes.Add("opted_out");
        Crm.AskForDemo("1");
        Crm.Change("1", _ => { });
        var blind = await SyncWellAsync(AnHour);
        Assert.Contains(blind.Notices, notice => notice.Contains("blind: opted_out", StringComparison.Ordinal));
        Assert.Equal(Stage.Lead, (await LeadAsync("1")).State.Stage);
        Assert.Equal("60", (await RecordAsync("1")).Known["intent"]);
        // What was known of it stays known.
        Assert.Equal("excluded", (await RecordAsync("1")).Known["status"]);

        Crm.HiddenAttributes.Clear();
        Crm.Change("1", _ => { });
        await SyncWellAsync();
        Assert.Equal(Stage.Lead, (await LeadAsync("1")).State.Stage);
        Assert.Equal("excluded", (await RecordAsync("1")).Known["status"]);
    }

    [Fact]
    public async Task Who_became_qualified_meanwhile_is_handed_over_once_the_field_is_back()
    {
        await SignAsync(WithOptOut);
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.HiddenAttributes.Add("opted_out");
        Crm.AskForDemo("1");
        await SyncWellAsync(AnHour);
        Assert.Equal(Stage.Lead, (await LeadAsync("1")).State.Stage);

        Crm.HiddenAttributes.Clear();
        await SyncWellAsync();

        Assert.Equal(Stage.Mql, (await LeadAsync("1")).State.Stage);
    }

    [Fact]
    public async Task A_stream_that_decides_and_is_refused_stops_new_MQLs()
    {
        await SignAsync(WithOptOut);
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.AskForDemo("1");
        Crm.RefusedStreams.Add("visits");

        var blind = await SyncWellAsync();

        Assert.Contains(blind.Notices, notice => notice.Contains("blind: visits", StringComparison.Ordinal));
        Assert.Equal(["visits"], ConnectionSettings.Read((await ConnectionAsync()).Settings).BlindOn);
    }

    /// <summary>That somebody came is counted on the record; which page it was is not, but of the newest one.</summary>
    [Theory]
    [InlineData("{ id: visited, label: Visited, on: page_view }", false)]
    [InlineData("{ id: visited, label: Visited, on: page_view, within: 30d }", false)]
    [InlineData("{ id: complained, label: Complained, on: page_view, where: { url: { contains: /complaints } } }", true)]
    public async Task A_refused_stream_for_which_counters_stand_blinds_only_whom_details_decide(string exclusion, bool isBlind)
    {
        Crm.CountsVisits = true;
        await SignAsync($$"""
            definition: Visitors are left alone
            schema: 1
            profile: { criteria: [ { id: manager, label: Manager, if: { job_title: { has_word: [manager] } }, points: 60 } ] }
            exclusions: [ {{exclusion}} ]
            mql: { when: { total: { at_least: 60 } } }
            """);
        Crm.Add("1", "reader@company.example", ("job_title", "Clerk")).Visits = (0, null);
        Crm.Add("2", "visitor@company.example", ("job_title", "Clerk")).Visits = (0, null);
        await SyncWellAsync();
        Crm.RefusedStreams.Add("visits");
        await SyncWellAsync(TimeSpan.FromMinutes(15));

        Crm.Change("2", contact => contact.Visits = (3, Now));
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Manager");
        Crm.Change("2", contact => contact.Attributes["job_title"] = "Manager");
        var report = await SyncWellAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(isBlind, report.Notices.Any(notice => notice.Contains("blind: visits", StringComparison.Ordinal)));
        Assert.Equal(isBlind ? Stage.Lead : Stage.Mql, (await LeadAsync("1")).State.Stage);
        Assert.Equal(Stage.Lead, (await LeadAsync("2")).State.Stage);
        Assert.Equal(isBlind ? "qualified" : "excluded", (await RecordAsync("2")).Desired!["status"]);
    }

    [Fact]
    public async Task A_field_that_only_adds_points_blinds_nobody()
    {
        await SignAsync(WithOptOut);
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.HiddenAttributes.Add("industry");
        Crm.AskForDemo("1");

        var report = await SyncWellAsync(AnHour);

        Assert.DoesNotContain(report.Notices, notice => notice.Contains("blind", StringComparison.Ordinal));
        Assert.Equal(Stage.Mql, (await LeadAsync("1")).State.Stage);
    }
}
