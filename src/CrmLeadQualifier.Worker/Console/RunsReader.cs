using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.Jobs;

namespace CrmLeadQualifier.Worker.ConsolePages;

/// <summary>What the console shows of jobs and runs: of all workers, from the ledger.</summary>
internal sealed class RunsReader(ILedger ledger, Schedules schedules, TimeProvider clock)
{
    private const int MostRuns = 50;
    private static readonly TimeSpan NoSuccessAlert = TimeSpan.FromMinutes(15);

    public async Task<RunsView> ReadAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var now = Instant.Now(clock);
        var next = schedules.Next();
        var jobs = await transaction.Jobs.ListAsync();
        var connections = await transaction.Connections.ListAsync();
        var known = jobs.ToDictionary(job => job.Name);
        var names = next.Keys.Union(known.Keys).Order(StringComparer.Ordinal);
        var views = names.Select(name => JobView.Of(name, known.GetValueOrDefault(name), next.GetValueOrDefault(name), now)).ToList();
        return new RunsView(
            now,
            views,
            await WaitingAsync(transaction, connections, now),
            [.. (await transaction.Runs.ListAsync(MostRuns)).Select(RunView.Of)],
            [.. Overdue(await AgreementInForce.ReadAsync(transaction), now), .. Alerts(connections, known, now)]);
    }

    private static IEnumerable<string> Overdue(AgreementInForce? agreement, Instant now) =>
        agreement?.ReviewOverdue(now) is { } overdue ? [char.ToUpperInvariant(overdue[0]) + overdue[1..]] : [];

    private static async Task<IReadOnlyList<string>> WaitingAsync(ILedgerTransaction transaction, IReadOnlyList<ConnectionRow> connections, Instant now)
    {
        var waiting = new List<string>();
        if (await AgreementInForce.ReadAsync(transaction) is { } agreement)
        {
            var leads = await transaction.Leads.CountDueAsync(now, agreement.Definition.ScoringFingerprint);
            waiting.Add(string.Create(CultureInfo.InvariantCulture, $"{leads} leads to score"));
        }

        foreach (var connection in connections)
        {
            var counts = await transaction.Records.CountPushDueAsync(connection.Id, now);
            waiting.Add(string.Create(CultureInfo.InvariantCulture, $"{connection.Name}: {counts.PushDue} of {counts.Records} records to write"));
        }

        return waiting;
    }

    private static IEnumerable<string> Alerts(IReadOnlyList<ConnectionRow> connections, Dictionary<string, JobRow> jobs, Instant now)
    {
        foreach (var connection in connections)
        {
            if (connection.State is { } state)
            {
                yield return $"{connection.Name}: {state}";
            }

            if (jobs.GetValueOrDefault(JobNames.Sync(connection.Name)) is { } job && (job.SucceededAt ?? connection.CreatedAt) + NoSuccessAlert < now)
            {
                yield return $"{connection.Name}: no successful sync since {job.SucceededAt ?? connection.CreatedAt}";
            }
        }

        foreach (var job in jobs.Values.Where(job => job.State == JobState.Parked))
        {
            yield return $"{job.Name} is parked: {job.Message}";
        }
    }
}

internal sealed record RunsView(Instant At, IReadOnlyList<JobView> Jobs, IReadOnlyList<string> Waiting, IReadOnlyList<RunView> Runs, IReadOnlyList<string> Alerts);

/// <param name="State">A word for people, and the style that it has.</param>
/// <param name="Percent">Null where the whole is not known.</param>
/// <param name="CanBeReleased">Something keeps it from its next turn that an admin may lift.</param>
internal sealed record JobView(string Name, string State, string? Stage, int? Percent, string? Left, string? Worker, string? Started, string? Next, string? Message, bool CanBeReleased)
{
    public static JobView Of(string name, JobRow? job, ScheduledTurn? scheduled, Instant now)
    {
        var isAlive = job is not null && JobTurns.IsAlive(job, now);
        var state = job is null ? "new" : job.State == JobState.Running && !isAlive ? "lost" : job.State.ToString().ToLowerInvariant();
        var progress = isAlive ? job!.Progress : null;
        return new JobView(
            name,
            state,
            progress?.Stage,
            progress is { Total: > 0 and var total } ? (int)Math.Clamp(100 * progress.Done / total, 0, 100) : null,
            progress is null ? null : LeftOf(progress, now),
            isAlive ? JobOwner.ForPeople(job!.Owner) : null,
            job is null || job.Turn == 0 ? null : Text(job.StartedAt),
            scheduled is null ? null : scheduled.Error is { } error ? $"cannot be scheduled: {error}" : Text(Instant.Latest(scheduled.At ?? now, job?.NotBefore ?? now)),
            state == "lost" ? $"its worker ended without a word (attempt {job!.Attempts} of {JobTurns.MostAttempts})" : job?.Message,
            job is { State: JobState.Parked } || job?.NotBefore > now);
    }

    /// <summary>What is done, what is left, and how long that takes at the stage's speed so far.</summary>
    private static string LeftOf(JobProgress progress, Instant now)
    {
        if (progress.Total is not { } total)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0} so far");
        }

        var left = Math.Max(0, total - progress.Done);
        var seconds = (now - progress.Since).TotalSeconds;
        var estimate = progress.Done > 0 && seconds >= 1 ? $", about {Words(TimeSpan.FromSeconds(left * seconds / progress.Done))}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Done:N0} of {total:N0}, {left:N0} left{estimate}");
    }

    private static string Words(TimeSpan time) => time.TotalSeconds < 90
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):F0} s")
        : time.TotalMinutes < 90
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMinutes):F0} min")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:F1} h");

    private static string Text(Instant instant) => new Instant(instant.UnixMilliseconds / 1000 * 1000).ToString();
}

/// <summary>A run with its counts, as text.</summary>
internal sealed record RunView(string Id, string State, string Read, string Scored, string Written, string Fields, string Calls, string Seconds, string? Message)
{
    public static RunView Of(RunRow run)
    {
        var counts = run.Counts is null ? null : JsonNode.Parse(run.Counts) as JsonObject;
        return new RunView(
            run.Id, run.State, Sum(counts, "records_read"), counts?["leads"]?["scored"]?.ToString() ?? "", Sum(counts, "records_written"), Sum(counts, "fields_written"), Sum(counts, "calls"),
            counts?["seconds"]?.ToString() ?? "", run.Message);
    }

    private static string Sum(JsonObject? counts, string key) =>
        counts?["connections"]?.AsArray().Sum(connection => connection?[key]?.GetValue<long>() ?? 0).ToString(CultureInfo.InvariantCulture) ?? "";
}
