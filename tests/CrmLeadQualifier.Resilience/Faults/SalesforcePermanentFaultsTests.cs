using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What is wrong with the org as a whole until somebody acts: the run says what and how to mend it, nothing is lost, and once it is mended all is written, once.</summary>
public sealed class SalesforcePermanentFaultsTests
{
    private const int Leads = 60;
    private const string First = "2026-11-23T09:30:00Z";
    private const string Second = "2026-11-23T10:30:00Z";

    /// <summary>Of the app, its secret, or its user: the run stops before anything is read, and says whose affair it is.</summary>
    [Theory]
    [InlineData("sign-in-refused=invalid_client", "consumer key and secret")]
    [InlineData("sign-in-refused=invalid_grant", "client credentials flow")]
    [InlineData("api-disabled", "Enable the API")]
    public async Task A_way_into_the_org_that_was_taken_away_stops_the_connection_and_is_named(string fault, string advice)
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(5);
        await org.FaultsAsync(fault);

        (await org.RunAsync(First)).Expect(3);

        Assert.Contains(advice, org.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(org.Org.ClientSecret, org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.Org.HistoriesAsync());
        Assert.Equal([0L], Assert.Single(await org.Workplace.QueryAsync("SELECT count(*) FROM record")));
    }

    /// <summary>A sandbox that was refreshed, another org behind the same domain: nothing is read from it or written to it.</summary>
    [Fact]
    public async Task Another_org_behind_the_address_is_neither_read_nor_written()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(5);
        await org.FaultsAsync("account-swapped");
        await org.Sandbox.ResetCallsAsync();

        (await org.RunAsync(First)).Expect(3);

        var calls = (await org.Sandbox.GetAsync("/__sandbox/stats"))["calls"]!["by_route"]!.AsObject().Sum(route => route.Value!.GetValue<long>());
        // Whose org it is, and perhaps a token.
        Assert.InRange(calls, 1, 2);
        Assert.Contains("is bound to", org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.Org.HistoriesAsync());
    }

    /// <summary>An admin ends all sessions in the middle of a run: one new one, and nothing else.</summary>
    [Fact]
    public async Task Sessions_that_an_admin_ends_are_opened_again()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync("401@8");

        (await org.RunAsync(First)).Expect(0);

        Assert.Contains("401", (await org.FaultsMetAsync()).Keys);
        await AssertAllWrittenOnceAsync(org);
    }

    /// <summary>The rolling day's calls are used up, by whomever: the run stops at once, and the next day all is written.</summary>
    [Fact]
    public async Task Calls_of_the_day_that_are_used_up_are_waited_for_and_not_hammered()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.Sandbox.PostAsync("/__sandbox/limits", new { daily_api_requests = 1 });
        await org.Sandbox.ResetCallsAsync();

        (await org.RunAsync(First)).Expect(1);

        Assert.InRange(await org.Sandbox.CallsAsync(), 1, 3);
        Assert.Contains("the org's calls of the day are used up", org.Said, StringComparison.Ordinal);
        await org.Sandbox.PostAsync("/__sandbox/limits", new { daily_api_requests = 100_000 });
        await org.Sandbox.AdvanceAsync("25h");
        (await org.RunAsync("2026-11-24T10:00:00Z")).Expect(0);
        await AssertAllWrittenOnceAsync(org);
    }

    /// <summary>Writing stops before the first value; once the field is open again all is written.</summary>
    [Theory]
    [InlineData("field-read-only=Lead.LQ_Score__c")]
    [InlineData("field-hidden=Lead.LQ_Score__c@12")]
    public async Task A_field_that_field_security_takes_away_stops_writing_until_it_is_given_back(string fault)
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync(fault);

        (await org.RunAsync(First)).Expect(3);

        Assert.Contains("score", org.Said, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await org.Org.HistoriesAsync());
        Assert.Empty(await org.QuarantineAsync());
        await org.Sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.LQ_Score__c", readable = true });
        await org.SyncAsync(First);
        await AssertAllWrittenOnceAsync(org);
    }

    /// <summary>What nobody can be asked for any more hands nobody over; scores stay, and are written.</summary>
    [Fact]
    public async Task A_hidden_field_that_the_agreement_decides_by_stops_hand_overs_and_nothing_else()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.SyncAsync(First);
        await org.FaultsAsync("field-hidden=Lead.Company");
        await org.Sandbox.AdvanceAsync("1h");
        await org.ReleaseAsync("2026-11-23T09:40:00Z");

        await org.SyncAsync(Second);

        Assert.Contains("blind: company", org.Said, StringComparison.Ordinal);
        Assert.Empty(await org.HandedOverAsync());
        Assert.All((await org.ValuesAsync("LQ_Score__c")).Values, Assert.NotEmpty);
        await org.Sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.Company", readable = true });
        await org.Sandbox.AdvanceAsync("1h");
        await org.SyncAsync("2026-11-23T11:30:00Z");
        Assert.NotEmpty(await org.HandedOverAsync());
    }

    /// <summary>A field of ours that an admin deleted before or while it was being written: made again, and then written on everybody.</summary>
    [Theory]
    [InlineData("field-removed=Lead.LQ_Score__c@1")]
    [InlineData("field-removed=Lead.LQ_Score__c@16")]
    public async Task A_field_removed_mid_run_is_provisioned_again_and_written(string fault)
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync(fault);

        await org.RunAsync(First);
        await org.RunAsync(First);
        await org.ReleaseAsync("2026-11-23T09:40:00Z");
        await org.SyncAsync("2026-11-23T09:50:00Z");

        Assert.Contains("field-removed", (await org.FaultsMetAsync()).Keys);
        Assert.All((await org.ValuesAsync("LQ_Score__c")).Values, Assert.NotEmpty);
        Assert.NotEmpty(await org.HandedOverAsync());
        Assert.Empty(await org.QuarantineAsync());
    }

    /// <summary>Only Leads that are handed over have the field: their batch is a mixed one.</summary>
    [Fact]
    public async Task A_field_removed_that_few_records_have_sets_nobody_aside()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.SyncAsync(First);
        await org.ReleaseAsync("2026-11-23T09:40:00Z");
        await org.Sandbox.AdvanceAsync("30m");
        foreach (var lead in (await org.LeadsAsync()).Take(20))
        {
            await org.EditAsync(lead, new { Country = "Germany" }, "2026-11-23T09:20:00Z");
        }

        await org.Sandbox.AdvanceAsync("10m");
        await org.FaultsAsync("field-removed=Lead.LQ_Handed_Over_At__c");
        await org.SyncAsync("2026-11-23T09:50:00Z");

        Assert.NotEmpty(await org.HandedOverAsync());
        FaultyOrg.AssertHandedOverOnce(await org.Org.HistoriesAsync());
        Assert.Empty(await org.QuarantineAsync());
    }

    /// <summary>A deployment of somebody else's that left the choice out: who would get it waits in quarantine, the others are written; provision makes it active again.</summary>
    [Fact]
    public async Task A_choice_that_was_deactivated_sets_aside_those_who_would_get_it_until_provision_adds_it()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync("choice-deactivated=Lead.LQ_Status__c:qualified");

        (await org.RunAsync(First)).Expect(1);

        var aside = await org.QuarantineAsync();
        Assert.NotEmpty(aside);
        Assert.All(aside.Values, reason => Assert.StartsWith("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", reason, StringComparison.Ordinal));
        Assert.Equal(aside.Keys, (await org.ValuesAsync("LQ_Stage__c")).Where(lead => lead.Value.Length == 0).Select(lead => lead.Key));
        (await org.Workplace.RunAsync("provision", "sf", "--at", First)).Expect(0);
        foreach (var id in (await org.Workplace.RunAsync("quarantine", "--format", "json")).Expect(0).Json.AsArray().Select(entry => entry!["id"]!.ToString()))
        {
            (await org.Workplace.RunAsync("quarantine", "--retry", id)).Expect(0);
        }

        await org.SyncAsync(First);
        await AssertAllWrittenOnceAsync(org);
        Assert.All(aside.Keys, lead => Assert.Equal("qualified", org.ValueAsync(lead, "LQ_Status__c").Result));
    }

    /// <summary>What the field holds is what it should show: no refusal, and no difference that is written again and again.</summary>
    [Fact]
    public async Task A_text_that_an_admin_shortened_is_cut_and_written_once()
    {
        using var org = await FaultyOrg.StartWithLeadsAsync(Leads);
        await org.FaultsAsync("field-shortened=Lead.LQ_Reasons__c:40");

        await org.SyncAsync(First);
        await org.Sandbox.AdvanceAsync("1h");
        await org.SyncAsync("2026-11-23T09:31:00Z");

        Assert.Equal(40, (await org.ValuesAsync("LQ_Reasons__c")).Values.Max(text => text.Length));
        var reasons = (await org.Org.HistoriesAsync()).Where(history => history.Key.EndsWith(" LQ_Reasons__c", StringComparison.Ordinal)).ToList();
        Assert.Equal(Leads, reasons.Count);
        Assert.DoesNotContain(reasons, history => history.Value.Contains(" > ", StringComparison.Ordinal));
        Assert.Empty(await org.QuarantineAsync());
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

    /// <summary>Every Lead has its fields, each of which was given one value, and nobody has to look after anything.</summary>
    private static async Task AssertAllWrittenOnceAsync(FaultyOrg org)
    {
        Assert.All(await org.ValuesAsync("LQ_Status__c"), lead => Assert.True(lead.Value.Length > 0, $"{lead.Key} has no status\n{org.Said}"));
        Assert.DoesNotContain(await org.Org.HistoriesAsync(), history => history.Value.Contains(" > ", StringComparison.Ordinal));
        Assert.Empty(await org.QuarantineAsync());
    }
}
