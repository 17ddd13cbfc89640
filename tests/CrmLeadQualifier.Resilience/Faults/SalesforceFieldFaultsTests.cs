namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What an admin did to fields, of ours or of the org's own, until somebody acts: the run says what and how to mend it, nothing is lost, and once it is mended all is written, once.</summary>
public sealed class SalesforceFieldFaultsTests
{
    private const int Leads = 60;
    private const string First = "2026-11-23T09:30:00Z";
    private const string Second = "2026-11-23T10:30:00Z";

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
        await org.AssertAllWrittenOnceAsync();
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
        FaultyCrm.AssertHandedOverOnce(await org.Org.HistoriesAsync());
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
        await org.AssertAllWrittenOnceAsync();
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
}
