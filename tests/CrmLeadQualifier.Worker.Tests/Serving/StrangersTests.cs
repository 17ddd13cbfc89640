using System.Net;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>Who may see and do what, over real HTTP against a real process.</summary>
public sealed class StrangersTests(StrangersTests.Worker worker) : IClassFixture<StrangersTests.Worker>
{
    public static TheoryData<string> Guarded => ["", "runs", "runs?handler=live", "hangfire", "hangfire/recurring", "hangfire/jobs/succeeded", "hangfire/stats", "no-such-page"];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task A_stranger_is_led_to_the_sign_in_and_sees_nothing(string path)
    {
        using var stranger = worker.Serving.Visit();

        using var answer = await stranger.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/sign-in", answer.Headers.Location!.PathAndQuery);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task A_program_without_a_session_is_refused(string path)
    {
        using var stranger = worker.Serving.Visit();

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(HttpMethod.Get, path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostFormAsync(path, null)).StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-For", "::1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1;host=localhost")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Original-URL", "/sign-in")]
    public async Task What_a_header_claims_opens_nothing(string name, string value)
    {
        using var stranger = worker.Serving.Visit();
        foreach (var path in new[] { "hangfire", "runs" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.SendAsync(HttpMethod.Get, path, (name, value))).StatusCode);
        }
    }

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("127.0.0.1.attacker.example")]
    [InlineData("203.0.113.9")]
    public async Task A_forged_host_is_refused_even_with_a_session(string host)
    {
        using var admin = worker.Admin();
        foreach (var path in new[] { "hangfire", "runs", "sign-in", "health" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await admin.SendAsync(HttpMethod.Get, path, ("Host", host))).StatusCode);
        }
    }

    [Fact]
    public async Task A_post_without_the_antiforgery_token_is_refused_with_a_session_too()
    {
        using var admin = worker.Admin();

        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostFormAsync("hangfire/recurring/trigger", null, ("jobs[]", "watch"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostFormAsync("hangfire/recurring/remove", "made up", ("jobs[]", "watch"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostFormAsync("runs?handler=release", null, ("name", "watch"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostFormAsync("sign-in", null, ("name", "admin"), ("password", "x"))).StatusCode);
        Assert.Contains("watch", await admin.PageAsync("hangfire/recurring"));
    }

    [Fact]
    public async Task The_token_of_one_account_is_worth_nothing_to_another()
    {
        using var admin = worker.Admin();
        using var viewer = worker.Viewer();

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostFormAsync("hangfire/recurring/trigger", await admin.TokenAsync("hangfire/recurring"), ("jobs[]", "watch"))).StatusCode);
    }

    [Fact]
    public async Task An_admin_starts_a_job_in_the_dashboard_and_it_runs()
    {
        using var admin = worker.Admin();

        await admin.TriggerAsync("score:due");

        await ServingWorker.UntilAsync(() => admin.JobStateAsync("score:due"), state => state == "done", "score:due");
        Assert.Contains("score:due", await admin.PageAsync("hangfire/jobs/succeeded"));
        Assert.Contains("href=\"/runs\"", await admin.PageAsync("hangfire"));
        Assert.Contains("lang=\"en\"", await admin.PageAsync("hangfire"));
    }

    [Fact]
    public async Task A_viewer_looks_on_and_changes_nothing()
    {
        using var viewer = worker.Viewer();
        var dashboard = await viewer.PageAsync("hangfire/recurring");
        Assert.DoesNotContain("recurring/trigger", dashboard);
        Assert.Contains("watch", dashboard);
        await viewer.PageAsync("runs");

        var token = await viewer.TokenAsync("hangfire/recurring");
        foreach (var command in new[] { "recurring/trigger", "recurring/remove", "jobs/enqueued/delete" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await viewer.PostFormAsync($"hangfire/{command}", token, ("jobs[]", "watch"))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostFormAsync("runs?handler=release", await viewer.TokenAsync("runs"), ("name", "watch"))).StatusCode);
        Assert.Contains("watch", await viewer.PageAsync("hangfire/recurring"));
    }

    [Fact]
    public async Task A_disabled_account_is_out_at_once()
    {
        var password = await worker.AddAsync("leaver", "viewer");
        using var leaver = await worker.Serving.SignInAsync("leaver", password);
        await leaver.PageAsync("runs");

        (await worker.Workplace.RunAsync("account", "disable", "leaver")).Expect(0);

        Assert.Equal(HttpStatusCode.Redirect, (await leaver.GetAsync("runs")).StatusCode);
    }

    [Fact]
    public async Task Health_is_for_everybody_and_says_no_names()
    {
        using var stranger = worker.Serving.Visit();

        using var answer = await stranger.SendAsync(HttpMethod.Get, "health");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"ledger":"healthy","jobs":"healthy","status":"healthy"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Every_answer_forbids_foreign_scripts_and_frames()
    {
        using var admin = worker.Admin();
        foreach (var path in new[] { "", "runs", "hangfire", "sign-in", "static/live.js" })
        {
            using var answer = await admin.GetAsync(path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'self'", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task The_address_after_the_sign_in_stays_on_this_site()
    {
        using var visitor = worker.Serving.Visit();
        var token = await visitor.TokenAsync("sign-in");

        using var answer = await visitor.PostFormAsync("sign-in?ReturnUrl=https%3A%2F%2Fattacker.example%2F", token, ("name", "viewer"), ("password", worker.ViewerPassword));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task The_session_is_kept_from_scripts_and_its_keys_from_others()
    {
        using var admin = worker.Admin();

        var session = admin.Cookies.GetCookies(worker.Serving.Console).Single(cookie => cookie.Name == "lead_qualifier_session");
        Assert.True(session.HttpOnly);
        Assert.DoesNotContain(worker.AdminPassword, worker.Serving.Process.Output);
    }

    /// <summary>A worker with an administrator and a viewer.</summary>
    public sealed class Worker : IAsyncLifetime
    {
        private Visitor? _admin;
        private Visitor? _viewer;

        public Workplace Workplace { get; } = new();

        public ServingWorker Serving { get; private set; } = null!;

        public string AdminPassword { get; private set; } = "";

        public string ViewerPassword { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Serving = await ServingWorker.StartAsync(Workplace);
            AdminPassword = Serving.Password!;
            ViewerPassword = await AddAsync("viewer", "viewer");
            _admin = await Serving.SignInAsync("admin", AdminPassword);
            _viewer = await Serving.SignInAsync("viewer", ViewerPassword);
        }

        public Visitor Admin() => _admin!.Again();

        public Visitor Viewer() => _viewer!.Again();

        public async Task<string> AddAsync(string name, string role) =>
            (await Workplace.RunAsync("account", "add", name, "--role", role, "--format", "json")).Expect(0).Json["password"]!.GetValue<string>();

        public Task DisposeAsync()
        {
            Serving.Dispose();
            Workplace.Dispose();
            return Task.CompletedTask;
        }
    }
}
