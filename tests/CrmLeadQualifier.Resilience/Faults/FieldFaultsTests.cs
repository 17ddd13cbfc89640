namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>Our fields as an admin leaves them: taken away, short of an option, without room, or behind a rule.</summary>
public sealed class FieldFaultsTests : PermanentFaultsTests
{
    /// <summary>A field of ours that an admin deleted while it was being written: made again by provision, and then written on everybody.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(25)]
    public async Task A_property_removed_mid_run_is_provisioned_again_and_written(int call)
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync($"property-removed=lq_score@{call}");

        await portal.RunAsync(First);
        (await portal.Workplace.RunAsync("provision", "hub", "--at", First)).Expect(0);
        await portal.SyncAsync(First);

        // Who cannot be scored at all has no score.
        Assert.All((await portal.Sandbox.ContactsAsync("lq_score", "lq_status")).Values, contact =>
        {
            var status = contact["lq_status"]?.GetValue<string>() ?? "";
            Assert.NotEmpty(status);
            Assert.Equal(status == "unscorable", string.IsNullOrEmpty(contact["lq_score"]?.GetValue<string>()));
        });
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>Whoever would get the option that is gone waits in quarantine with HubSpot's words; the others are written.</summary>
    [Fact]
    public async Task An_option_that_is_gone_sets_aside_those_who_would_get_it_and_nobody_else()
    {
        using var undisturbed = await FaultyPortal.StartAsync(Contacts);
        await undisturbed.SyncAsync(First);
        var qualified = (await undisturbed.Sandbox.ContactsAsync("lq_status")).Where(contact => contact.Value["lq_status"]!.GetValue<string>() == "qualified")
            .Select(contact => contact.Key).Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(qualified);
        using var portal = await FaultyPortal.StartAsync(Contacts);
        await portal.FaultsAsync("option-removed=lq_status:qualified");

        for (var run = 0; run < 4; run++)
        {
            await portal.RunAsync(First);
        }

        var aside = await portal.QuarantineAsync();
        Assert.Equal(qualified, aside.Select(entry => entry!["record"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(aside, entry => Assert.Contains("INVALID_OPTION", entry!.ToJsonString(), StringComparison.Ordinal));
        var written = (await portal.Sandbox.ContactsAsync("lq_stage")).Where(contact => contact.Value["lq_stage"]?.GetValue<string>() is { Length: > 0 })
            .Select(contact => contact.Key).ToList();
        Assert.Equal(Contacts - qualified.Count, written.Count);
        Assert.Empty(written.Intersect(qualified));
    }

    /// <summary>Too little room for our fields: nothing is made, and it is said.</summary>
    [Fact]
    public async Task A_portal_without_room_for_our_fields_gets_none()
    {
        using var portal = await FaultyPortal.StartAsync(10);
        foreach (var field in FaultyPortal.Fields.Where(field => field.StartsWith("lq_", StringComparison.Ordinal)))
        {
            await portal.FaultsAsync($"property-removed={field}");
            await portal.Sandbox.GetAsync("/crm/owners/2026-03");
        }

        await portal.FaultsAsync("property-limit=3");
        var refused = await portal.Workplace.RunAsync("provision", "hub", "--at", First);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches("limit|room", refused.Error + refused.Output);
        var ours = (await portal.Sandbox.GetAsync("/crm/v3/properties/contacts"))["results"]!.AsArray()
            .Count(property => property!["name"]!.GetValue<string>().StartsWith("lq_", StringComparison.Ordinal));
        Assert.Equal(0, ours);
    }

    /// <summary>
    /// An admin made another field required, which writes by the API must keep from version 2026-09 on: whoever lacks it waits in quarantine with HubSpot's words and no other does, and is written
    /// once somebody has filled it in.
    /// </summary>
    [Fact]
    public async Task A_validation_rule_sets_aside_those_who_break_it_until_somebody_mends_them()
    {
        using var portal = await FaultyPortal.StartAsync(Contacts);
        portal.Workplace.Environment["Connections__hub__ApiVersions__Objects"] = "2026-09";
        await portal.FaultsAsync("validation-rule=city");
        var without = (await portal.Sandbox.ContactsAsync("city")).Where(contact => string.IsNullOrEmpty(contact.Value["city"]?.GetValue<string>())).Select(contact => contact.Key)
            .Order(StringComparer.Ordinal).ToList();
        Assert.InRange(without.Count, 1, Contacts - 1);

        for (var run = 0; run < 4; run++)
        {
            await portal.RunAsync(First);
        }

        var aside = await portal.QuarantineAsync();
        Assert.Equal(without, aside.Select(entry => entry!["record"]!.GetValue<string>()).Distinct().Order(StringComparer.Ordinal));
        Assert.All(aside, entry => Assert.Contains("REQUIRED_PROPERTY city", entry!.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal(without, await UnwrittenAsync(portal));

        await portal.Sandbox.AdvanceAsync("40m");
        foreach (var contact in without)
        {
            await portal.EditAsync(contact, new { city = "Dublin" }, "2026-11-23T09:40:00Z");
        }

        await portal.Sandbox.AdvanceAsync("20m");
        await portal.SyncAsync(Second);

        Assert.Empty(await portal.QuarantineAsync());
        Assert.Empty(await UnwrittenAsync(portal));
    }

    private static async Task<List<string>> UnwrittenAsync(FaultyPortal portal) =>
        [.. (await portal.Sandbox.ContactsAsync("lq_stage")).Where(contact => string.IsNullOrEmpty(contact.Value["lq_stage"]?.GetValue<string>())).Select(contact => contact.Key)
            .Order(StringComparer.Ordinal)];
}
