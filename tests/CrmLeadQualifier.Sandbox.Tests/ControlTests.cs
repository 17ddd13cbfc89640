namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class ControlTests
{
    [Fact]
    public async Task The_clock_moves_the_date_header_and_the_stamps()
    {
        await using var sandbox = await RunningSandbox.WithLeadsAsync("2026-11-23T09:30:00Z");
        await sandbox.AdvanceAsync("20m");
        using var answer = await sandbox.Http.GetAsync("/crm/owners/2026-03");
        Assert.InRange(answer.Headers.Date!.Value, DateTimeOffset.Parse("2026-11-23T09:50:00Z"), DateTimeOffset.Parse("2026-11-23T09:51:00Z"));
        var id = await sandbox.CreateAsync("contacts", new { });
        Assert.StartsWith("2026-11-23T09:50:", await sandbox.ValueAsync(id, "createdate"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("-5m")]
    [InlineData("1y")]
    public async Task The_clock_only_goes_forward_by_a_duration(string by)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await sandbox.AdvanceAsync(by)).Status);
    }

    [Fact]
    public async Task Statistics_count_calls_by_route_and_rows_but_not_themselves()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await sandbox.PostAsync("/__sandbox/stats/reset", new { });
        await sandbox.UpdateAsync(id, new { city = "Lyon" });
        await sandbox.PostAsync("/crm/v3/objects/0-1/batch/read", new { inputs = new[] { new { id } } });
        await sandbox.PostAsync("/crm/objects/2026-09/contacts/batch/read", new { inputs = new[] { new { id } } });
        var stats = await sandbox.GetAsync("/__sandbox/stats");
        Assert.Equal(3, stats["calls"].GetProperty("total").GetInt32());
        Assert.Equal(2, stats["calls"].GetProperty("by_route").GetProperty("POST /crm/objects/{version}/contacts/batch/read").GetInt32());
        Assert.Equal(2, stats["rows_read"].GetInt32());
        Assert.Equal(1, stats["rows_written"].GetInt32());
        Assert.Equal(0, stats["refused"].GetInt32());
    }

    [Fact]
    public async Task A_person_may_move_the_lifecycle_back_and_a_workflow_may_not()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { lifecyclestage = "salesqualifiedlead" });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { lifecyclestage = "subscriber" }, source = "WORKFLOWS" });
        Assert.Equal("salesqualifiedlead", await sandbox.ValueAsync(id, "lifecyclestage"));
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { lifecyclestage = "lead" }, user = "2506672" });
        Assert.Equal("lead", await sandbox.ValueAsync(id, "lifecyclestage"));
    }

    [Fact]
    public async Task An_edit_told_late_has_its_own_instant_in_the_history_and_modifies_the_record_now()
    {
        await using var sandbox = await RunningSandbox.WithLeadsAsync("2026-11-23T09:30:00Z");
        var id = await sandbox.CreateAsync("contacts", new { });
        await sandbox.AdvanceAsync("2h");
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { city = "Lyon" }, user = "claire.dubois@vendor.example",
            at = "2026-11-23T10:15:00Z" });
        var read = await sandbox.GetAsync($"/crm/objects/2026-03/contacts/{id}?propertiesWithHistory=city");
        Assert.Equal("2026-11-23T10:15:00Z", read["propertiesWithHistory"].GetProperty("city")[0].GetProperty("timestamp").GetString());
        Assert.StartsWith("2026-11-23T11:30:", read["updatedAt"].GetString());
    }

    [Fact]
    public async Task A_person_can_be_made_to_act()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var acted = await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities",
            new { kind = "page_view", attributes = new { url = "https://x.fr/tarifs" } });
        Assert.Equal(204, acted.Status);
        var views = await sandbox.GetAsync($"/events/event-occurrences/2026-03?objectType=contact&objectId={id}");
        Assert.Equal("https://x.fr/tarifs", views["results"][0].GetProperty("properties").GetProperty("hs_url").GetString());
        Assert.Equal("1", await sandbox.ValueAsync(id, "hs_analytics_num_page_views"));
        Assert.Equal(400, (await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "campaign_response" })).Status);
    }
}
