using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Worker.Tests.Jobs;

public sealed class AlertsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("alerts-");
    private readonly FakeTimeProvider _clock = new(Start);
    private SqliteLedger _ledger = null!;
    private Alerts _alerts = null!;

    private Instant Now => Instant.Now(_clock);

    public async Task InitializeAsync()
    {
        _ledger = new SqliteLedger(Path.Combine(_folder.FullName, "ledger.db"), TimeProvider.System);
        await _ledger.OpenAsync(default);
        _alerts = new Alerts(_ledger, new LogFile(Path.Combine(_folder.FullName, "logs")), _clock);
        await WriteAsync(ledger => ledger.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "1") { CreatedAt = Now, Mode = ConnectionMode.Live }));
        await SaveJobAsync(job => job with { SucceededAt = Now });
    }

    public async Task DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_alert_is_raised_once_keeps_its_instant_and_is_lowered_when_its_cause_is_gone()
    {
        await ChangeAsync(connection => connection with { Mode = ConnectionMode.Paused, State = "paused by an admin" });
        var alert = Assert.Single(await LookAsync());
        Assert.Equal(("hub", "paused", "hub: paused: paused by an admin"), (alert.Subject, alert.Cause, alert.Sentence));
        _clock.Advance(TimeSpan.FromMinutes(5));
        await ChangeAsync(connection => connection with { State = "many records are parked" });

        var later = Assert.Single(await LookAsync());

        Assert.Equal((alert.RaisedAt, "hub: paused: many records are parked"), (later.RaisedAt, later.Sentence));
        await ChangeAsync(connection => connection with { Mode = ConnectionMode.Live, State = null });
        Assert.Empty(await LookAsync());
        Assert.Empty(await LookAsync());
        Assert.Equal(["alert: raised: hub: paused: paused by an admin", "alert: lowered: hub: paused"], Logged());
    }

    [Fact]
    public async Task No_successful_sync_for_a_quarter_of_an_hour_is_an_alert_but_not_while_no_worker_ran()
    {
        await SaveJobAsync(job => job with { SucceededAt = Now - TimeSpan.FromDays(3) });
        Assert.Empty(await LookAsync());
        _clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal("hub: no successful sync since 2026-11-20T09:30:00Z", Assert.Single(await LookAsync()).Sentence);

        await SaveJobAsync(job => job with { SucceededAt = Now });
        Assert.Empty(await LookAsync());
    }

    [Fact]
    public async Task A_first_read_of_hours_is_no_alert_while_it_lives()
    {
        _clock.Advance(TimeSpan.FromHours(2));
        await SaveJobAsync(job => job with { State = JobState.Running, BringsHistory = true, Owner = JobOwner.Current, HeartbeatAt = Now });
        Assert.Empty(await LookAsync());
        _clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("no successful sync", Assert.Single(await LookAsync()).Cause);
    }

    [Theory]
    [InlineData("hub: The token was revoked. Make another one.", true, "refused", "hub: the CRM refuses us: The token was revoked. Make another one.")]
    [InlineData("hub: stopped before the first write: it would write 60 of 100 records (limit 50)", false, "breaker", "hub: stopped before the first write: it would write 60 of 100 records (limit 50)")]
    [InlineData("hub: the connection broke", false, null, null)]
    public async Task What_the_last_sync_said_is_an_alert_where_a_person_has_to_act(string message, bool refused, string? cause, string? sentence)
    {
        await SaveJobAsync(job => job with { State = JobState.Failed, Message = message, IsRefused = refused });

        var alerts = await LookAsync();

        Assert.Equal((cause, sentence), (alerts.SingleOrDefault()?.Cause, alerts.SingleOrDefault()?.Sentence));
        await SaveJobAsync(job => job with { State = JobState.Done, IsRefused = false });
        Assert.Empty(await LookAsync());
    }

    [Fact]
    public async Task A_parked_job_is_an_alert()
    {
        await SaveJobAsync(job => job with { State = JobState.Parked, Message = "begun 3 times" });

        Assert.Equal("sync:hub is parked: begun 3 times", Assert.Single(await LookAsync()).Sentence);
    }

    [Fact]
    public async Task A_connection_that_became_blind_is_an_alert()
    {
        await ChangeAsync(connection => connection with { Settings = new ConnectionSettings { BlindOn = ["opted_out"] }.Write() });

        Assert.StartsWith("hub: blind: opted_out can no longer be read", Assert.Single(await LookAsync()).Sentence);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Quarantine_over_one_percent_is_an_alert(int quarantined, bool isRaised)
    {
        await WriteAsync(async ledger =>
        {
            await ledger.Records.SaveAsync([.. Enumerable.Range(0, 200).Select(i => new RecordRow(0, 1, "contact", $"{i}"))]);
            await ledger.Writes.QuarantineAsync([.. Enumerable.Range(0, quarantined).Select(i => new QuarantineRow(0, 1, "contacts", $"{i}", "why", Now))]);
            return 0;
        });

        Assert.Equal(isRaised ? ["quarantine"] : [], (await LookAsync()).Select(alert => alert.Cause));
    }

    [Theory]
    [InlineData(80, 350, new string[0])]
    [InlineData(81, 350, new[] { "calls" })]
    [InlineData(50, 351, new[] { "share" })]
    public async Task The_accounts_calls_running_out_and_our_share_of_them_are_alerts(int usedPercent, int ours, string[] causes)
    {
        var early = await RunAsync(Now - TimeSpan.FromHours(25), 900, 10);
        await RunAsync(Now - TimeSpan.FromHours(1), ours - 50, 10);
        await RunAsync(Now, 50, 10 * usedPercent);

        Assert.NotEqual("", early);
        Assert.Equal(causes, (await LookAsync()).Select(alert => alert.Cause));
    }

    private Task<string> RunAsync(Instant at, long calls, long used) => WriteAsync(async ledger =>
    {
        var run = await ledger.Runs.StartAsync(at);
        var report = new RunReport(run, [new ConnectionReport("hub", "hubspot") { Calls = calls, Quota = new Crm.CallQuota(used, 1000) }], await ledger.Leads.CountAsync(), 0, 1);
        await ledger.Runs.EndAsync(run, "done", RunReportJson.Write(report), null);
        return run;
    });

    private async Task<IReadOnlyList<AlertRow>> LookAsync()
    {
        var count = await _alerts.LookAsync(default);
        await using var transaction = await _ledger.BeginReadAsync(default);
        var alerts = await transaction.Alerts.ListAsync();
        Assert.Equal(count, alerts.Count);
        return alerts;
    }

    private Task ChangeAsync(Func<ConnectionRow, ConnectionRow> change) =>
        WriteAsync(async ledger => await ledger.Connections.SaveAsync(change((await ledger.Connections.FindAsync("hub"))!)));

    private Task SaveJobAsync(Func<JobRow, JobRow> change) => WriteAsync(async ledger =>
    {
        await ledger.Jobs.SaveAsync(change(await ledger.Jobs.LockAsync("sync:hub")));
        return 0;
    });

    private async Task<T> WriteAsync<T>(Func<ILedgerTransaction, Task<T>> write)
    {
        await using var transaction = await _ledger.BeginAsync(null, default);
        var answer = await write(transaction);
        await transaction.CommitAsync(default);
        return answer;
    }

    private IEnumerable<string> Logged() => Directory.EnumerateFiles(Path.Combine(_folder.FullName, "logs")).SelectMany(File.ReadLines).Select(line => line[(line.IndexOf(']') + 2)..]);
}
