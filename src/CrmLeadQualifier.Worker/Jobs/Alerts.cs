using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Sync.Reconcile;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>What is wrong and needs a person: raised once for each cause, however often it is seen, and lowered when it is gone. The ledger keeps what stands, the log both.</summary>
internal sealed class Alerts(ILedger ledger, LogFile log, TimeProvider clock)
{
    private static readonly TimeSpan SyncedWithin = TimeSpan.FromMinutes(15);

    /// <summary>Of the account's daily calls we may use so much, and an alert says when so much of that is gone.</summary>
    private const double Share = 0.5;
    private const double MostOfTheShare = 0.7;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>More runs than a day has, for a few connections.</summary>
    private const int RunsOfADay = 5_000;

    /// <summary>Nobody synced while no worker ran, and that is no alert.</summary>
    private readonly Instant _workingSince = Instant.Now(clock);

    /// <summary>Answers how many stand.</summary>
    public async Task<int> LookAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var now = Instant.Now(clock);
        var found = (await FindAsync(transaction, now)).ToDictionary(alert => (alert.Subject, alert.Cause));
        var standing = (await transaction.Alerts.ListAsync()).ToDictionary(alert => (alert.Subject, alert.Cause));
        foreach (var (key, alert) in found)
        {
            if (!standing.TryGetValue(key, out var before))
            {
                log.Write("alert", $"raised: {alert.Sentence}");
            }

            if (before?.Sentence != alert.Sentence)
            {
                await transaction.Alerts.SaveAsync(alert with { RaisedAt = before?.RaisedAt ?? now });
            }
        }

        foreach (var (key, alert) in standing.Where(alert => !found.ContainsKey(alert.Key)))
        {
            log.Write("alert", $"lowered: {alert.Subject}: {alert.Cause}");
            await transaction.Alerts.DeleteAsync(key.Subject, key.Cause);
        }

        await transaction.CommitAsync(cancellation);
        return found.Count;
    }

    private async Task<IReadOnlyList<AlertRow>> FindAsync(ILedgerTransaction transaction, Instant now)
    {
        var jobs = (await transaction.Jobs.ListAsync()).ToDictionary(job => job.Name);
        var connections = await transaction.Connections.ListAsync();
        var usage = UsageOf(await transaction.Runs.ListAsync(RunsOfADay), now - Day);
        var alerts = jobs.Values.Where(job => job.State == JobState.Parked)
            .Select(job => new AlertRow(job.Name, "parked", $"{job.Name} is parked: {job.Message}", now))
            .ToList();
        if ((await AgreementInForce.ReadAsync(transaction))?.ReviewOverdue(now) is { } overdue)
        {
            alerts.Add(new AlertRow("agreement", "review overdue", char.ToUpperInvariant(overdue[0]) + overdue[1..], now));
        }

        foreach (var connection in connections)
        {
            void Raise(string cause, string sentence) => alerts.Add(new AlertRow(connection.Name, cause, $"{connection.Name}: {sentence}", now));

            OfState(connection, Raise);
            OfSync(connection, jobs.GetValueOrDefault(JobNames.Sync(connection.Name)), now, Raise);
            OfQuarantine((await transaction.Writes.QuarantinedAsync(connection.Id)).Count, (await transaction.Records.CountPushDueAsync(connection.Id, now)).Records, Raise);
            OfCalls(usage.GetValueOrDefault(connection.Name), Raise);
        }

        return alerts;
    }

    private static void OfState(ConnectionRow connection, Action<string, string> raise)
    {
        if (connection.Mode == ConnectionMode.Paused)
        {
            raise("paused", $"paused: {connection.State}");
        }

        if (ConnectionSettings.Read(connection.Settings).BlindOn is { Count: > 0 } blindOn)
        {
            raise("blind", $"blind: {string.Join(", ", blindOn)} can no longer be read, and the agreement decides by it; no lead becomes MQL until it can");
        }
    }

    private void OfSync(ConnectionRow connection, JobRow? job, Instant now, Action<string, string> raise)
    {
        var said = job is { State: JobState.Failed, Message: { } message } ? message.Replace($"{connection.Name}: ", "", StringComparison.Ordinal) : "";
        if (said.Length > 0 && job!.IsRefused)
        {
            raise("refused", $"the CRM refuses us: {said}");
        }

        if (said.Contains(Breaker.Tripped, StringComparison.Ordinal))
        {
            raise("breaker", said);
        }

        // A first read may take hours, and shows how far it is.
        var isAtFirstRead = job is { BringsHistory: true } && JobTurns.IsAlive(job, now);
        var since = job?.SucceededAt ?? connection.CreatedAt;
        if (!isAtFirstRead && Instant.Latest(since, _workingSince) + SyncedWithin < now)
        {
            raise("no successful sync", $"no successful sync since {since}");
        }
    }

    private static void OfQuarantine(int quarantined, int records, Action<string, string> raise)
    {
        if (quarantined * 100L > records)
        {
            raise("quarantine", string.Create(CultureInfo.InvariantCulture, $"{quarantined} of {records} records are in quarantine, more than 1 %; `quarantine` says why"));
        }
    }

    private static void OfCalls(CallUsage? usage, Action<string, string> raise)
    {
        if (usage is not { Quota: { Allowed: > 0 } quota })
        {
            return;
        }

        if (quota.Left < quota.Allowed * ReconcileStage.Floor)
        {
            raise("calls", string.Create(CultureInfo.InvariantCulture, $"only {quota.Left} of the account's {quota.Allowed} daily calls are left, whoever used them; the nightly reconcile waits"));
        }

        if (usage.Ours > quota.Allowed * Share * MostOfTheShare)
        {
            raise("share", string.Create(
                CultureInfo.InvariantCulture, $"our {usage.Ours} calls of the last 24 hours are more than {MostOfTheShare:P0} of our share, half of the account's {quota.Allowed}"));
        }
    }

    /// <summary>By connection: our calls since an instant, and the account's quota as the latest run met it.</summary>
    private static Dictionary<string, CallUsage> UsageOf(IReadOnlyList<RunRow> newestFirst, Instant since)
    {
        var usage = new Dictionary<string, CallUsage>();
        foreach (var counts in newestFirst.TakeWhile(run => run.At >= since).Where(run => run.Counts is not null).Select(run => JsonNode.Parse(run.Counts!)))
        {
            foreach (var connection in counts?["connections"]?.AsArray() ?? [])
            {
                var name = connection!["name"]!.GetValue<string>();
                var before = usage.GetValueOrDefault(name) ?? new CallUsage(0, null);
                var quota = connection["quota"] is { } told ? new CallQuota(told["used"]!.GetValue<long>(), told["allowed"]!.GetValue<long>()) : (CallQuota?)null;
                usage[name] = new CallUsage(before.Ours + connection["calls"]!.GetValue<long>(), before.Quota ?? quota);
            }
        }

        return usage;
    }

    private sealed record CallUsage(long Ours, CallQuota? Quota);
}
