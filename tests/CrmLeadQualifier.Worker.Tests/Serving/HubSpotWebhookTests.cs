using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Worker.Tests.Serving;

/// <summary>What HubSpot tells by webhook, signed as HubSpot signs, against a real worker and the emulated portal.</summary>
public sealed class HubSpotWebhookTests(HubSpotWebhookTests.Worker worker, ITestOutputHelper output) : IClassFixture<HubSpotWebhookTests.Worker>
{
    private const string Secret = "the-apps-client-secret";
    private const string Portal = "44237313";

    [Fact]
    public async Task A_signed_delivery_is_taken_and_one_that_is_not_is_refused()
    {
        var body = Body(Changed("1", "jobtitle"));
        Assert.Equal(HttpStatusCode.NoContent, await worker.DeliverAsync(body));
        Assert.Equal(HttpStatusCode.NoContent, await worker.DeliverAsync(body));
        Assert.Equal(HttpStatusCode.Unauthorized, await worker.DeliverAsync(body, secret: "another secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await worker.DeliverAsync(body, signed: Body(Changed("2", "jobtitle"))));
        Assert.Equal(HttpStatusCode.Unauthorized, await worker.DeliverAsync(body, age: TimeSpan.FromMinutes(6)));
        Assert.Equal(HttpStatusCode.Unauthorized, await worker.DeliverAsync(body, age: TimeSpan.FromMinutes(-6)));
        Assert.Equal(HttpStatusCode.Unauthorized, await worker.DeliverAsync(body, address: "https://elsewhere.example/webhooks/hubspot/hub"));
    }

    [Fact]
    public async Task Only_a_connection_that_is_configured_for_it_takes_any()
    {
        Assert.Equal(HttpStatusCode.NotFound, await worker.DeliverAsync(Body(Changed("1", "jobtitle")), connection: "nobody"));
        Assert.Equal(HttpStatusCode.NotFound, await worker.DeliverAsync(Body(Changed("1", "jobtitle")), connection: "%20"));
    }

    [Fact]
    public async Task What_is_no_list_of_at_most_a_hundred_events_is_refused_and_strange_events_do_no_harm()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await worker.DeliverAsync("{}"u8.ToArray()));
        Assert.Equal(HttpStatusCode.BadRequest, await worker.DeliverAsync("not json"u8.ToArray()));
        Assert.Equal(HttpStatusCode.BadRequest, await worker.DeliverAsync(Body([.. Enumerable.Range(0, 101).Select(i => Changed($"{i}", "email"))])));
        Assert.Equal(HttpStatusCode.NoContent, await worker.DeliverAsync("""[null, {}, {"portalId":"x"}, {"portalId":44237313,"subscriptionType":"moon.rises","objectId":[]}]"""u8.ToArray()));
    }

    [Fact]
    public async Task A_changed_property_is_a_changed_stage_within_seconds()
    {
        var mqls = await worker.MqlsAsync();
        Assert.True(mqls.Count >= 10, $"only {mqls.Count} hand-overs to measure with");
        var latencies = new List<double>();
        foreach (var (verdict, stage) in new[] { ("accepted", "sal"), ("qualified", "sql") })
        {
            foreach (var id in mqls)
            {
                await worker.Sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { lq_verdict = verdict }, user = worker.User });
                // Twice, and with somebody else's in between: neither does harm.
                var body = Body(Changed(id, "lq_verdict"), Changed("1", "email"), Changed(id, "lq_verdict"));
                var since = Stopwatch.GetTimestamp();
                Assert.Equal(HttpStatusCode.NoContent, await worker.DeliverAsync(body));
                await ServingWorker.UntilAsync(() => worker.StageAsync(id), found => found == stage, $"{id} {verdict}", TimeSpan.FromMilliseconds(20));
                latencies.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            }
        }

        latencies.Sort();
        double At(double share) => latencies[(int)Math.Ceiling(share * latencies.Count) - 1];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"webhook to changed stage, {latencies.Count} times: median {At(0.5):0.000} s, p90 {At(0.9):0.000} s, p99 {At(0.99):0.000} s, longest {latencies[^1]:0.000} s"));
        // The promise is 2 s on a machine of its own; what runs beside the tests here is nobody's promise.
        Assert.True(At(0.9) < 15, $"p90 {At(0.9)} s");
    }

    private static object Changed(string id, string property) => new
    {
        eventId = 1,
        subscriptionId = 2,
        portalId = long.Parse(Portal, CultureInfo.InvariantCulture),
        appId = 3,
        occurredAt = 1_700_000_000_000,
        subscriptionType = "contact.propertyChange",
        attemptNumber = 0,
        objectId = long.Parse(id, CultureInfo.InvariantCulture),
        propertyName = property,
        propertyValue = "what stands here is not taken over",
        changeSource = "CRM_UI",
    };

    private static byte[] Body(params object[] events) => JsonSerializer.SerializeToUtf8Bytes(events);

    /// <summary>A portal with people, a worker that serves it, and hand-overs to answer.</summary>
    public sealed class Worker : IAsyncLifetime
    {
        private readonly HttpClient _http = new();
        private ServingWorker _serving = null!;

        public Workplace Workplace { get; } = new();

        public SandboxUnderTest Sandbox { get; private set; } = null!;

        /// <summary>Who enters verdicts.</summary>
        public string User { get; private set; } = "";

        public async Task InitializeAsync()
        {
            var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            Sandbox = await SandboxUnderTest.StartAsync("--contacts", "400", "--seed", "3", "--rate-limits", "off");
            await Workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), anHourAgo);
            await Workplace.GoLiveAsync(Sandbox.BaseUrl, Sandbox.Token, anHourAgo);
            await Workplace.RunAsync("sync", "hub", "--yes");
            (await Workplace.RunAsync("release", "--limit", "60", "--yes")).Expect(0);
            await Workplace.RunAsync("sync", "hub", "--yes");
            User = (await Sandbox.GetAsync("/crm/v3/owners"))["results"]![0]!["email"]!.GetValue<string>();
            Workplace.Environment["Connections__hub__Webhooks__ClientSecret"] = Secret;
            _serving = await ServingWorker.StartAsync(Workplace);
            using var admin = await _serving.SignInAsync("admin", _serving.Password!);
            await ServingWorker.UntilAsync(() => admin.JobStateAsync("sync:hub"), state => state == "done", "sync:hub");
        }

        public Task DisposeAsync()
        {
            _http.Dispose();
            _serving.Dispose();
            Sandbox.Dispose();
            Workplace.Dispose();
            return Task.CompletedTask;
        }

        public async Task<HttpStatusCode> DeliverAsync(
            byte[] body, string connection = "hub", string secret = Secret, byte[]? signed = null, TimeSpan age = default, string? address = null)
        {
            var url = new Uri(_serving.Console, $"webhooks/hubspot/{connection}");
            var timestamp = DateTimeOffset.UtcNow.Subtract(age).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            request.Headers.Add("X-HubSpot-Request-Timestamp", timestamp);
            byte[] text = [.. Encoding.UTF8.GetBytes("POST" + (address ?? url.ToString())), .. signed ?? body, .. Encoding.UTF8.GetBytes(timestamp)];
            request.Headers.Add("X-HubSpot-Signature-v3", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), text)));
            using var answer = await _http.SendAsync(request);
            return answer.StatusCode;
        }

        public async Task<IReadOnlyList<string>> MqlsAsync() =>
            [.. (await Sandbox.ContactsAsync("lq_stage", "lq_answer")).Where(contact => contact.Value["lq_stage"]?.GetValue<string>() == "mql").Select(contact => contact.Key)];

        public async Task<string> StageAsync(string id) =>
            (await Sandbox.GetAsync($"/crm/v3/objects/contacts/{id}?properties=lq_stage"))["properties"]!["lq_stage"]?.GetValue<string>() ?? "";
    }
}
