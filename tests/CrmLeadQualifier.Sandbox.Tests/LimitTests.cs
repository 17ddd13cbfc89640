using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class LimitTests
{
    private static SandboxOptions Limited(string tier) => new() { Contacts = 0, Limits = LimitTier.Read(tier)! };

    [Fact]
    public async Task The_hundred_and_first_call_in_ten_seconds_is_refused_and_real_time_lifts_it()
    {
        var time = new ManualTime();
        await using var sandbox = await RunningSandbox.StartAsync(Limited("100"), time);
        for (var call = 0; call < 100; call++)
            Assert.Equal(200, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
        var refused = await sandbox.GetAsync("/crm/owners/2026-03");
        Assert.Equal(429, refused.Status);
        Assert.Equal("TEN_SECONDLY_ROLLING", refused["policyName"].GetString());
        Assert.Equal("RATE_LIMIT", refused["errorType"].GetString());
        Assert.Equal("You have reached your ten_secondly_rolling limit.", refused["message"].GetString());
        Assert.Null(refused.Header("Retry-After"));

        await sandbox.AdvanceAsync("1h");
        Assert.Equal(429, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
        time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
        Assert.Equal(2, (await sandbox.GetAsync("/__sandbox/stats"))["refused"].GetInt32());
    }

    [Fact]
    public async Task Headers_tell_what_is_left()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Limited("190"), new ManualTime());
        var answer = await sandbox.GetAsync("/crm/owners/2026-03");
        Assert.Equal("190", answer.Header("X-HubSpot-RateLimit-Max"));
        Assert.Equal("189", answer.Header("X-HubSpot-RateLimit-Remaining"));
        Assert.Equal("10000", answer.Header("X-HubSpot-RateLimit-Interval-Milliseconds"));
        Assert.Equal("19", answer.Header("X-HubSpot-RateLimit-Secondly"));
        Assert.Equal("18", answer.Header("X-HubSpot-RateLimit-Secondly-Remaining"));
        Assert.Equal("625000", answer.Header("X-HubSpot-RateLimit-Daily"));
        Assert.Equal("624999", answer.Header("X-HubSpot-RateLimit-Daily-Remaining"));
    }

    [Fact]
    public async Task Search_has_a_limit_of_its_own_and_no_burst_headers()
    {
        var time = new ManualTime();
        await using var sandbox = await RunningSandbox.StartAsync(Limited("190"), time);
        for (var call = 0; call < 5; call++)
        {
            var found = await sandbox.PostAsync("/crm/objects/2026-03/contacts/search", new { });
            Assert.Equal(200, found.Status);
            Assert.Null(found.Header("X-HubSpot-RateLimit-Max"));
            Assert.NotNull(found.Header("X-HubSpot-RateLimit-Daily-Remaining"));
        }
        var refused = await sandbox.PostAsync("/crm/v3/objects/companies/search", new { });
        Assert.Equal(429, refused.Status);
        Assert.Equal("SECONDLY", refused["policyName"].GetString());
        Assert.Equal("190", (await sandbox.GetAsync("/crm/owners/2026-03")).Header("X-HubSpot-RateLimit-Max"));
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await sandbox.PostAsync("/crm/v3/objects/companies/search", new { })).Status);
    }

    [Fact]
    public async Task An_oauth_app_has_no_daily_limit()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Limited("110"), new ManualTime());
        var answer = await sandbox.GetAsync("/crm/owners/2026-03");
        Assert.Equal("110", answer.Header("X-HubSpot-RateLimit-Max"));
        Assert.Equal("11", answer.Header("X-HubSpot-RateLimit-Secondly"));
        Assert.Null(answer.Header("X-HubSpot-RateLimit-Daily"));
    }

    [Fact]
    public void The_daily_limit_refuses_until_midnight_of_the_portal()
    {
        var time = new ManualTime();
        var clock = new Clock.SandboxClock(time, null);
        var limits = new RateLimiter(new LimitTier(100, 2), time, clock);
        Assert.Null(limits.Take(search: false));
        Assert.Null(limits.Take(search: true));
        Assert.Equal(LimitPolicy.Daily, limits.Take(search: false));
        clock.Advance(TimeSpan.FromHours(14.5));
        Assert.Null(limits.Take(search: false));
    }

    [Fact]
    public async Task Without_limits_nothing_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Limited("off"), new ManualTime());
        for (var call = 0; call < 300; call++)
            Assert.Equal(200, (await sandbox.PostAsync("/crm/objects/2026-03/contacts/search", new { })).Status);
    }

    [Fact]
    public async Task The_account_tells_its_daily_usage()
    {
        await using var sandbox = await RunningSandbox.StartAsync(Limited("100"), new ManualTime());
        await sandbox.GetAsync("/account-info/2026-03/details");
        var usage = (await sandbox.GetAsync("/account-info/v3/api-usage/daily/private-apps"))["results"][0];
        Assert.Equal(250_000, usage.GetProperty("usageLimit").GetInt64());
        Assert.Equal(2, usage.GetProperty("currentUsage").GetInt64());
    }
}
