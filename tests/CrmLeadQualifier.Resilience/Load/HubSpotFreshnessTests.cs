using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How soon a change in HubSpot is another value of ours in HubSpot: a worker that serves, a portal at its usual latency and limits. What sales said is told by webhook, in signed events as HubSpot
/// delivers them; another property is not, so that the polling of every minute finds it: that is as old as HubSpot's lag, the schedule and ours. The instants are the portal's own, as its property
/// history keeps them; when a poll began, its run says.
/// </summary>
public sealed class HubSpotFreshnessTests(ITestOutputHelper output)
{
    private const string Job = "sync:hub";

    private readonly LoadFigures _figures = new(output);

    /// <summary>On a machine that runs other tests beside it; only a worker that stopped hearing, or waits for its schedule, takes longer.</summary>
    [Fact]
    public Task A_change_told_by_webhook_is_a_stage_long_before_the_schedule_of_a_twentieth() => MeasureAsync(LoadFigures.Twentieth, people: 8, told: 15, ours: 30);

    [SkippableFact]
    public async Task A_change_told_by_webhook_is_a_stage_within_two_seconds_and_one_that_is_polled_within_three_of_the_poll()
    {
        Skip.IfNot(LoadFigures.AreWanted, "A portal of 100,000 contacts takes minutes: tests/run.sh --load runs it.");
        await MeasureAsync(LoadFigures.Whole, people: 100, told: 2, ours: 3);
    }

    private async Task MeasureAsync(int contacts, int people, double told, double ours)
    {
        // The portal's clock begins an hour ago, so that it can be moved past its search's lag and still be where the worker's is.
        using var portal = await LoadPortal.StartAsync(contacts, "190", latency: 250, DateTimeOffset.UtcNow.AddHours(-1));
        await portal.SyncAsync();
        (await portal.Workplace.RunAsync("release", "--limit", $"{people}", "--yes")).Expect(0);
        await portal.Sandbox.AdvanceAsync("15m");
        await portal.SyncAsync();
        await portal.Sandbox.AdvanceToAsync(DateTimeOffset.UtcNow);
        var answered = await portal.ContactsAsync("l.stage = 'mql'", people);
        var polled = await portal.ContactsAsync("l.stage = 'lead' AND l.is_held = 0 AND l.status = 'not_yet'", 2 * people);
        Assert.True(answered.Count == people && polled.Count == 2 * people, $"{answered.Count} hand-overs, {polled.Count} others");

        portal.Workplace.Environment["Connections__hub__Webhooks__ClientSecret"] = portal.Sandbox.ClientSecret;
        using var serving = await ServingWorker.StartAsync(portal.Workplace);
        using var admin = await serving.SignInAsync("admin", serving.Password!);
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);
        await portal.Sandbox.PostAsync("/__sandbox/webhooks", new { url = new Uri(serving.Console, "webhooks/hubspot/hub"), subscriptions = new[] { "contact.propertyChange:lq_verdict" } });

        var random = new Random(people);
        foreach (var (id, verdict, other) in new[] { "accepted", "qualified" }.SelectMany(verdict => answered.Select(id => (id, verdict))).Zip(polled, (first, other) => (first.id, first.verdict, other)))
        {
            await portal.ChangeAsync(id, "lq_verdict", verdict);
            await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble()));
            await portal.ChangeAsync(other, "jobtitle", "Student");
            await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble()));
        }

        var heard = await ServingWorker.UntilAsync(
            () => AgesAsync(portal, answered, [("lq_verdict", "accepted", "lq_stage", "sal"), ("lq_verdict", "qualified", "lq_stage", "sql")]),
            ages => ages.Count == 2 * people, "stages", TimeSpan.FromSeconds(5));
        var found = await ServingWorker.UntilAsync(
            () => AgesAsync(portal, polled, [("jobtitle", "Student", "lq_status", "excluded")]), ages => ages.Count == polled.Count, "polled changes", TimeSpan.FromSeconds(5));
        var runs = await portal.RunsOfWritesAsync("status");
        var sinceRuns = found.Select(change => (change.WrittenAt - runs[change.Id]).TotalSeconds).ToList();
        var secondsHeard = heard.Select(change => change.Seconds).ToList();
        _figures.Say($"webhook, {contacts} contacts, 250 ms: of {heard.Count} changes the stage is written {Quantiles.Words(secondsHeard)} after the change was told");
        _figures.Say($"polling every minute, {contacts} contacts, 250 ms: of {found.Count} changes found by {found.Select(change => runs[change.Id]).Distinct().Count()} polls ours is {Quantiles.Words(sinceRuns)}; "
            + $"with HubSpot's lag and the schedule {Quantiles.Words([.. found.Select(change => change.Seconds)])}");
        _figures.Goal(Quantiles.Of(secondsHeard, 0.99) <= told, Words(secondsHeard));
        _figures.Goal(Quantiles.Of(sinceRuns, 0.99) <= ours, Words(sinceRuns));
        _figures.AssertGoals();
    }

    /// <summary>Of every change that has come to a value of ours: when that was, and how long after the change.</summary>
    private static async Task<IReadOnlyList<Written>> AgesAsync(LoadPortal portal, IReadOnlyList<string> ids, (string Property, string Value, string Ours, string Becomes)[] changes)
    {
        var ages = new List<Written>();
        foreach (var chunk in ids.Chunk(50))
        {
            var answer = await portal.Sandbox.PostAsync("/crm/v3/objects/contacts/batch/read", new
            {
                propertiesWithHistory = changes.SelectMany(change => new[] { change.Property, change.Ours }).Distinct(),
                properties = Array.Empty<string>(),
                inputs = chunk.Select(id => new { id }),
            });
            foreach (var contact in answer!["results"]!.AsArray())
            {
                var history = contact!["propertiesWithHistory"]!;
                ages.AddRange(
                    from change in changes
                    let told = At(history[change.Property], change.Value)
                    let written = At(history[change.Ours], change.Becomes)
                    where told is not null && written is not null
                    select new Written(contact["id"]!.GetValue<string>(), written.Value, (written.Value - told.Value).TotalSeconds));
            }
        }

        return ages;
    }

    private static DateTimeOffset? At(JsonNode? history, string value) =>
        history?.AsArray().FirstOrDefault(version => version!["value"]?.GetValue<string>() == value)?["timestamp"]!.GetValue<DateTimeOffset>();

    private static string Words(IEnumerable<double> seconds) => string.Join(", ", seconds.Select(age => age.ToString("F2", CultureInfo.InvariantCulture)));

    private sealed record Written(string Id, DateTimeOffset WrittenAt, double Seconds);
}
