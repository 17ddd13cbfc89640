using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// How soon a change in HubSpot is another value of ours in HubSpot: a worker that serves, a portal at its usual latency and limits. First what sales said, which is told by webhook, in signed events as
/// HubSpot delivers them, while polls go on; then other properties, submissions and e-mails, which are not, so that the polling of every minute finds them: these are as old as HubSpot's lag, the
/// schedule and ours. The instants are the portal's own, as its property history keeps them; when a poll began, its run says.
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
        foreach (var (id, verdict) in new[] { "accepted", "qualified" }.SelectMany(verdict => answered.Select(id => (id, verdict))))
        {
            await portal.ChangeAsync(id, "lq_verdict", verdict);
            await Task.Delay(TimeSpan.FromSeconds(2 * random.NextDouble()));
        }

        var heard = await ServingWorker.UntilAsync(() => VerdictsAsync(portal, answered), ages => ages.Count == 2 * people, "stages", TimeSpan.FromSeconds(5));
        var changes = new List<Polled>();
        foreach (var id in polled)
        {
            changes.Add(await ChangeUntoldAsync(portal, id, changes.Count % 3));
            await Task.Delay(TimeSpan.FromSeconds(3 * random.NextDouble()));
        }

        var found = await ServingWorker.UntilAsync(() => FoundAsync(portal, changes), ages => ages.Count == changes.Count, "polled changes", TimeSpan.FromSeconds(5));
        var runs = await portal.RunsOfWritesAsync();
        var sinceRuns = found.Select(change => (change.WrittenAt - runs[change.Id]).TotalSeconds).ToList();
        var secondsHeard = heard.Select(change => change.Seconds).ToList();
        _figures.Say($"webhook, {contacts} contacts, 250 ms: of {heard.Count} changes the stage is written {Quantiles.Words(secondsHeard)} after the change was told");
        _figures.Say($"polling every minute, {contacts} contacts, 250 ms: of {found.Count} changes found by {found.Select(change => runs[change.Id]).Distinct().Count()} polls ours is {Quantiles.Words(sinceRuns)}; "
            + $"with HubSpot's lag and the schedule {Quantiles.Words([.. found.Select(change => change.Seconds)])}");
        _figures.Goal(Quantiles.Of(secondsHeard, 0.99) <= told, Words(secondsHeard));
        _figures.Goal(Quantiles.Of(sinceRuns, 0.99) <= ours, Words(sinceRuns));
        _figures.AssertGoals();
    }

    /// <summary>Something that only polling finds: a new title excludes the person, a submission and an answered e-mail give points.</summary>
    private static async Task<Polled> ChangeUntoldAsync(LoadPortal portal, string id, int sort)
    {
        var at = DateTimeOffset.UtcNow;
        switch (sort)
        {
            case 0:
                await portal.ChangeAsync(id, "jobtitle", "Student");
                return new Polled(id, at, "lq_status");
            case 1:
                await portal.ActAsync(id, "form_submission", new() { ["form"] = "Ask for a demo" });
                return new Polled(id, at, "lq_score");
            default:
                await portal.ActAsync(id, "email_reply", new() { ["subject"] = "Re: Your question" });
                return new Polled(id, at, "lq_score");
        }
    }

    /// <summary>Of the verdicts that have come to a stage: when that was, and how long after the verdict.</summary>
    private static async Task<IReadOnlyList<Written>> VerdictsAsync(LoadPortal portal, IReadOnlyList<string> ids)
    {
        var histories = await HistoriesAsync(portal, ids, "lq_verdict", "lq_stage");
        return [..
            from id in ids
            from step in new[] { (Verdict: "accepted", Stage: "sal"), (Verdict: "qualified", Stage: "sql") }
            let told = histories[id]["lq_verdict"].FirstOrDefault(version => version.Value == step.Verdict).At
            let written = histories[id]["lq_stage"].FirstOrDefault(version => version.Value == step.Stage).At
            where told != default && written != default
            select new Written(id, written, (written - told).TotalSeconds)];
    }

    /// <summary>Of the changes that polling has found: when the first value of ours was written after them.</summary>
    private static async Task<IReadOnlyList<Written>> FoundAsync(LoadPortal portal, IReadOnlyList<Polled> changes)
    {
        var histories = await HistoriesAsync(portal, [.. changes.Select(change => change.Id)], "lq_status", "lq_score");
        return [..
            from change in changes
            let written = histories[change.Id][change.Ours].LastOrDefault(version => version.At > change.At).At
            where written != default
            select new Written(change.Id, written, (written - change.At).TotalSeconds)];
    }

    /// <summary>By contact and property its values, the newest first.</summary>
    private static async Task<Dictionary<string, ILookup<string, (string? Value, DateTimeOffset At)>>> HistoriesAsync(LoadPortal portal, IReadOnlyList<string> ids, params string[] properties)
    {
        var histories = new Dictionary<string, ILookup<string, (string?, DateTimeOffset)>>();
        foreach (var chunk in ids.Chunk(50))
        {
            var answer = await portal.Sandbox.PostAsync(
                "/crm/v3/objects/contacts/batch/read", new { propertiesWithHistory = properties, properties = Array.Empty<string>(), inputs = chunk.Select(id => new { id }) });
            foreach (var contact in answer!["results"]!.AsArray())
            {
                histories[contact!["id"]!.GetValue<string>()] = properties
                    .SelectMany(property => (contact["propertiesWithHistory"]![property]?.AsArray() ?? []).Select(version => (Property: property, Version: version!)))
                    .ToLookup(row => row.Property, row => (row.Version["value"]?.GetValue<string>(), row.Version["timestamp"]!.GetValue<DateTimeOffset>()));
            }
        }

        return histories;
    }

    private static string Words(IEnumerable<double> seconds) => string.Join(", ", seconds.Select(age => age.ToString("F2", CultureInfo.InvariantCulture)));

    /// <param name="Ours">The property of ours that it changes.</param>
    private sealed record Polled(string Id, DateTimeOffset At, string Ours);

    private sealed record Written(string Id, DateTimeOffset WrittenAt, double Seconds);
}
