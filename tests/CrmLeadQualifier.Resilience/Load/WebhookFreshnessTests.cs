using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How soon a change that HubSpot tells by webhook is another stage in HubSpot: a worker that serves and goes on polling every minute, a portal at its usual latency and limits that delivers signed
/// events as it does. Both instants are the portal's own, as its property history keeps them: the change, told at once, and the stage's.
/// </summary>
public sealed class WebhookFreshnessTests(ITestOutputHelper output)
{
    private const string Job = "sync:hub";

    private readonly LoadFigures _figures = new(output);

    /// <summary>On a machine that runs other tests beside it; only a worker that stopped hearing, or waits for its schedule, takes longer.</summary>
    [Fact]
    public Task A_change_told_by_webhook_is_a_stage_long_before_the_schedule_of_a_twentieth() => MeasureAsync(LoadFigures.Twentieth, people: 8, goal: 15);

    [SkippableFact]
    public async Task A_change_told_by_webhook_is_a_stage_within_two_seconds()
    {
        Skip.IfNot(LoadFigures.AreWanted, "A portal of 100,000 contacts takes minutes: tests/run.sh --load runs it.");
        await MeasureAsync(LoadFigures.Whole, people: 100, goal: 2);
    }

    private async Task MeasureAsync(int contacts, int people, double goal)
    {
        // The portal's clock begins an hour ago, so that it can be moved past its search's lag and still be where the worker's is.
        using var portal = await LoadPortal.StartAsync(contacts, "190", latency: 250, DateTimeOffset.UtcNow.AddHours(-1));
        await portal.SyncAsync();
        (await portal.Workplace.RunAsync("release", "--limit", $"{people}", "--yes")).Expect(0);
        await portal.Sandbox.AdvanceAsync("15m");
        await portal.SyncAsync();
        await portal.Sandbox.AdvanceToAsync(DateTimeOffset.UtcNow);
        var mqls = await portal.MqlsAsync();
        Assert.True(mqls.Count >= people, $"only {mqls.Count} hand-overs to answer");

        portal.Workplace.Environment["Connections__hub__Webhooks__ClientSecret"] = portal.Sandbox.ClientSecret;
        using var serving = await ServingWorker.StartAsync(portal.Workplace);
        using var admin = await serving.SignInAsync("admin", serving.Password!);
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);
        await portal.Sandbox.PostAsync("/__sandbox/webhooks", new { url = new Uri(serving.Console, "webhooks/hubspot/hub"), subscriptions = new[] { "contact.propertyChange:lq_verdict" } });
        var user = (await portal.Sandbox.GetAsync("/crm/v3/owners"))["results"]![0]!["email"]!.GetValue<string>();

        var answered = mqls.Take(people).ToList();
        var random = new Random(people);
        foreach (var verdict in new[] { "accepted", "qualified" })
        {
            foreach (var id in answered)
            {
                await portal.Sandbox.PostAsync($"/__sandbox/people/contacts/{id}", new { properties = new { lq_verdict = verdict }, user });
                await Task.Delay(TimeSpan.FromSeconds(1 + (2 * random.NextDouble())));
            }
        }

        var seconds = await ServingWorker.UntilAsync(() => AgesAsync(portal, answered), ages => ages.Count == 2 * people, "stages", TimeSpan.FromSeconds(5));
        _figures.Say($"webhook, {contacts} contacts, 250 ms: of {seconds.Count} changes the stage is written {Quantiles.Words(seconds)} after the change was told");
        _figures.Goal(Quantiles.Of(seconds, 0.99) <= goal, string.Join(", ", seconds.Select(age => age.ToString("F2", CultureInfo.InvariantCulture))));
        _figures.AssertGoals();
    }

    /// <summary>Of every verdict that has become a stage: how long that took.</summary>
    private static async Task<IReadOnlyList<double>> AgesAsync(LoadPortal portal, IReadOnlyList<string> ids)
    {
        var ages = new List<double>();
        foreach (var chunk in ids.Chunk(50))
        {
            var answer = await portal.Sandbox.PostAsync("/crm/v3/objects/contacts/batch/read", new
            {
                propertiesWithHistory = new[] { "lq_verdict", "lq_stage" },
                properties = Array.Empty<string>(),
                inputs = chunk.Select(id => new { id }),
            });
            foreach (var history in answer!["results"]!.AsArray().Select(contact => contact!["propertiesWithHistory"]!))
            {
                foreach (var (verdict, stage) in new[] { ("accepted", "sal"), ("qualified", "sql") })
                {
                    if (At(history["lq_verdict"], verdict) is { } told && At(history["lq_stage"], stage) is { } written)
                    {
                        ages.Add((written - told).TotalSeconds);
                    }
                }
            }
        }

        return ages;
    }

    private static DateTimeOffset? At(JsonNode? history, string value) =>
        history?.AsArray().FirstOrDefault(version => version!["value"]?.GetValue<string>() == value)?["timestamp"]!.GetValue<DateTimeOffset>();
}
