using System.Globalization;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What people and jobs do in a real org beside us, at an inconvenient moment.</summary>
public sealed class SalesforceSituationsTests
{
    private const int Leads = 60;
    private const string First = "2026-11-23T09:30:00Z";
    private const string Second = "2026-11-23T10:30:00Z";
    private const string Third = "2026-11-23T11:30:00Z";

    /// <summary>A person's edit that carries an older stamp than what was read already, since its transaction committed later: the slow cursor meets it.</summary>
    [Fact]
    public async Task A_verdict_whose_transaction_commits_behind_the_watermark_is_heard()
    {
        using var org = await HandedOverAsync();
        var lead = (await org.HandedOverAsync())[0];
        foreach (var attempt in new[] { "2026-11-23T10:30:00Z", "2026-11-23T10:31:00Z" })
        {
            await org.EditAsync(lead, new { LQ_Comment__c = attempt }, "2026-11-23T09:55:00Z");
            // Stamped before this run reads, seen after it.
            await org.SyncAsync(attempt);
        }

        await org.EditAsync(lead, new { LQ_Verdict__c = "rejected", LQ_Rejection_Reason__c = "no_budget" }, "2026-11-23T09:56:00Z");
        await org.SyncAsync("2026-11-23T10:32:00Z");
        await org.Sandbox.AdvanceAsync("25m");
        await org.SyncAsync(Third);

        Assert.Equal("recycled", await org.ValueAsync(lead, "LQ_Stage__c"));
        Assert.Equal("rejected", await org.ValueAsync(lead, "LQ_Verdict__c"));
        Assert.Equal("2026-11-23T10:31:00Z", await org.ValueAsync(lead, "LQ_Comment__c"));
    }

    /// <summary>A verdict given under our write is sales' word: the next run knows it, and nothing of it is lost.</summary>
    [Fact]
    public async Task A_verdict_given_under_our_write_is_kept_and_carried_out()
    {
        using var org = await HandedOverAsync();
        var lead = (await org.HandedOverAsync())[0];
        await org.EditAsync(lead, new { Country = "Ireland", Industry = "Retail" }, "2026-11-23T09:50:00Z");
        await org.Sandbox.AdvanceAsync("30m");
        await org.FaultsAsync("people-edit=LQ_Verdict__c:qualified");

        await org.SyncAsync(Second);
        await org.Sandbox.AdvanceAsync("1h");
        await org.SyncAsync(Third);

        Assert.Equal(1, (await org.FaultsMetAsync())["people-edit"]);
        Assert.Equal("sql", await org.ValueAsync(lead, "LQ_Stage__c"));
        Assert.Equal("qualified", await org.ValueAsync(lead, "LQ_Verdict__c"));
        Assert.NotEmpty(await org.ValueAsync(lead, "LQ_Verdict_By__c"));
        FaultyCrm.AssertHandedOverOnce(await org.Org.HistoriesAsync());
    }

    /// <summary>Without field history nobody is proven to have said it when: the verdict is heard all the same, by who modified the record last.</summary>
    [Fact]
    public async Task Verdicts_are_heard_where_no_history_is_kept()
    {
        using var org = await HandedOverAsync();
        await org.FaultsAsync("history-untracked");
        var (lead, graded) = ((await org.HandedOverAsync())[0], (await org.HandedOverAsync())[1]);
        await org.EditAsync(lead, new { LQ_Verdict__c = "rejected", LQ_Rejection_Reason__c = "bad_timing" }, "2026-11-23T09:56:00Z");
        await org.EditAsync(graded, new { LQ_Grade__c = "Z9" }, "2026-11-23T09:56:00Z");
        await org.Sandbox.AdvanceAsync("30m");

        await org.SyncAsync(Second);

        Assert.Equal("recycled", await org.ValueAsync(lead, "LQ_Stage__c"));
        Assert.Equal("bad_timing", await org.ValueAsync(lead, "LQ_Rejection_Reason__c"));
        // Not proven to be a person's: put back once, and said.
        Assert.NotEqual("Z9", await org.ValueAsync(graded, "LQ_Grade__c"));
        Assert.Contains($"drift: lead {graded}: grade", org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.OverridesAsync());
    }

    /// <summary>The page saves all texts anew, trimmed and with other line ends: that is nobody's change, and nothing is written for it.</summary>
    [Fact]
    public async Task A_page_that_saves_our_texts_in_its_own_form_changes_nothing()
    {
        using var org = await HandedOverAsync();
        await org.FaultsAsync("page-edits");
        var lead = (await org.HandedOverAsync())[0];
        await org.EditAsync(lead, new { LQ_Comment__c = " called twice \nwrites back " }, "2026-11-23T09:55:00Z");
        await org.Sandbox.AdvanceAsync("20m");
        await org.SyncAsync(Second);
        var before = await org.Org.HistoriesAsync();
        await org.EditAsync(lead, new { Phone = "+33 1 23 45 67 89" }, "2026-11-23T09:57:00Z");
        await org.Sandbox.AdvanceAsync("30m");

        var run = (await org.SyncAsync("2026-11-23T10:45:00Z")).Json["connections"]![0]!;

        Assert.Equal("called twice \r\nwrites back", await org.ValueAsync(lead, "LQ_Comment__c"));
        Assert.Equal(0, run["fields_written"]!.GetValue<int>());
        Assert.DoesNotContain("drift", org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.OverridesAsync());
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), (await org.Org.HistoriesAsync()).Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>A job of the org's stamps everybody in one second, more than a page of a query shows: everyone is looked at, nothing is written, and what a person said among them is heard.</summary>
    [Fact]
    public async Task A_mass_job_of_the_orgs_own_hides_nobody_and_writes_nothing()
    {
        using var org = await HandedOverAsync(FaultyOrg.ManyLeads);
        var lead = (await org.HandedOverAsync())[^1];
        await org.EditAsync(lead, new { LQ_Verdict__c = "qualified" }, "2026-11-23T09:55:00Z");
        await org.Sandbox.AdvanceAsync("1m");
        await org.FaultsAsync("ties");
        await org.LeadsAsync();
        await org.Sandbox.AdvanceAsync("30m");

        var run = (await org.SyncAsync(Second)).Json["connections"]![0]!;

        Assert.Equal("sql", await org.ValueAsync(lead, "LQ_Stage__c"));
        Assert.Equal(1, run["records_written"]!.GetValue<int>());
    }

    /// <summary>Calls of years ago are in no query but the one for deleted and archived rows; they are part of the first read, once, and those that archiving takes later stay known.</summary>
    [Fact]
    public async Task Archived_activities_are_known_once()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        var lead = (await org.LeadsAsync())[0];
        await org.ActAsync(lead, "call", "2025-06-01T10:00:00Z", new { outcome = "Connected", direction = "OUTBOUND" });
        // It is archived in the night.
        await org.Sandbox.AdvanceAsync("25h");
        Assert.Single(await org.Org.QueryAllAsync("SELECT Id FROM Task WHERE IsArchived = true"));

        await org.SyncAsync("2026-11-24T10:30:00Z");
        await org.Sandbox.AdvanceAsync("1h");
        await org.SyncAsync("2026-11-24T11:30:00Z");

        var tasks = (await org.Org.QueryAllAsync("SELECT Id FROM Task")).Count;
        Assert.Equal([(long)tasks], Assert.Single(await org.Workplace.QueryAsync("SELECT count(*) FROM activity")));
    }

    /// <summary>Its Tasks become the Contact's, with new stamps; the person has each of them once, and one lead.</summary>
    [Fact]
    public async Task A_conversion_moves_the_activities_and_counts_none_of_them_twice()
    {
        using var org = await HandedOverAsync();
        var lead = (await org.HandedOverAsync())[0];
        // Twenty points for the answer to an e-mail.
        Assert.Equal("20.0", await org.ValueAsync(lead, "LQ_Intent__c"));
        await org.Org.ConvertAsync(lead, FaultyOrg.Salesperson, "A deal");
        await org.Sandbox.AdvanceAsync("20m");

        await org.SyncAsync(Second);
        await org.Sandbox.AdvanceAsync("20m");
        await org.SyncAsync("2026-11-23T10:50:00Z");

        var contact = (await org.Org.QueryAsync("SELECT Id FROM Contact")).Single()["Id"]!.GetValue<string>();
        Assert.Equal("20.0", await org.ValueAsync(contact, "LQ_Intent__c"));
        Assert.Equal("0.0", await org.ValueAsync(contact, "LQ_Behaviour__c"));
        Assert.Equal([[1L]], await org.Workplace.QueryAsync($"SELECT count(DISTINCT lead_id) FROM record WHERE external_id IN ('{lead}', '{contact}')"));
        Assert.Equal("opportunity", await org.ValueAsync(contact, "LQ_Stage__c"));
        var histories = await org.Org.HistoriesAsync();
        FaultyCrm.AssertHandedOverOnce(histories.Where(history => !history.Key.StartsWith(contact, StringComparison.Ordinal)).ToDictionary());
    }

    /// <summary>What sales said is not unsaid by a field that nobody shows us any more.</summary>
    [Fact]
    public async Task A_verdict_field_that_is_hidden_takes_no_verdict_back()
    {
        using var org = await HandedOverAsync();
        var (rejected, waiting) = ((await org.HandedOverAsync())[0], (await org.HandedOverAsync())[1]);
        await org.EditAsync(rejected, new { LQ_Verdict__c = "rejected", LQ_Rejection_Reason__c = "no_budget" }, "2026-11-23T09:55:00Z");
        await org.Sandbox.AdvanceAsync("20m");
        await org.SyncAsync("2026-11-23T10:10:00Z");
        await org.FaultsAsync("field-hidden=Lead.LQ_Verdict__c");
        foreach (var lead in new[] { rejected, waiting })
        {
            await org.EditAsync(lead, new { Phone = "+33 1 23 45 67 89" }, "2026-11-23T09:57:00Z");
        }

        await org.Sandbox.AdvanceAsync("30m");
        await org.RunAsync(Second);

        Assert.Equal("recycled", await org.ValueAsync(rejected, "LQ_Stage__c"));
        Assert.Equal("mql", await org.ValueAsync(waiting, "LQ_Stage__c"));
        await org.Sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.LQ_Verdict__c", readable = true });
        await org.Sandbox.AdvanceAsync("30m");
        await org.SyncAsync(Third);
        Assert.Equal("rejected", await org.ValueAsync(rejected, "LQ_Verdict__c"));
        Assert.Equal("recycled", await org.ValueAsync(rejected, "LQ_Stage__c"));
    }

    /// <summary>Our value is put back, and then the record is parked and named: no alternation without end.</summary>
    [Fact]
    public async Task A_program_that_writes_back_is_met_twice_and_then_left_alone()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(5);
        await org.SyncAsync(First);
        var lead = (await org.LeadsAsync())[1];
        await org.FaultsAsync("another-writer=LQ_Score__c");
        await org.EditAsync(lead, new { Title = "CTO" }, FaultyOrg.Start);
        await org.Sandbox.AdvanceAsync("1h");

        for (var at = DateTimeOffset.Parse(Second, CultureInfo.InvariantCulture); at.Hour < 13; at = at.AddMinutes(30))
        {
            await org.RunAsync(at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            await org.Sandbox.AdvanceAsync("30m");
        }

        Assert.InRange((await org.Org.HistoriesAsync())[$"{lead} LQ_Score__c"].Split(" > ").Length, 3, 7);
        Assert.Empty(await org.OverridesAsync());
        Assert.Matches($"lead {lead} is parked: (loop|another writer)|another writer: score", org.Said);
    }

    /// <summary>The scores' first writing, and a hand-over of those who deserve it.</summary>
    private static async Task<FaultyOrg> HandedOverAsync(int leads = Leads)
    {
        var org = await FaultyOrg.StartWithLeadsAsync(leads);
        await org.SyncAsync(First);
        await org.ReleaseAsync("2026-11-23T09:40:00Z");
        await org.Sandbox.AdvanceAsync("45m");
        await org.SyncAsync("2026-11-23T09:50:00Z");
        await org.Sandbox.AdvanceAsync("15m");
        return org;
    }
}
