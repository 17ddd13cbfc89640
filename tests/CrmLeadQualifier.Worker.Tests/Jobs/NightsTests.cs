using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Jobs;
using Hangfire;
using Hangfire.InMemory;

namespace CrmLeadQualifier.Worker.Tests.Jobs;

public sealed class NightsTests
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("a connection of today", null, null, 1.0, null, 0)]
    [InlineData("a connection that had no night yet", null, null, 26.0, null, 1)]
    [InlineData("last night was done", JobState.Done, 24.0, 90.0, null, 0)]
    [InlineData("a night fell into hours without a worker", JobState.Done, 26.0, 90.0, null, 1)]
    [InlineData("it failed and has waited", JobState.Failed, 2.0, 90.0, -0.1, 1)]
    [InlineData("it failed and waits", JobState.Failed, 26.0, 90.0, 0.1, 0)]
    [InlineData("its worker was stopped", JobState.Stopped, 2.0, 90.0, null, 1)]
    [InlineData("its worker died", JobState.Running, 2.0, 90.0, null, 1)]
    [InlineData("it is parked", JobState.Parked, 26.0, 90.0, null, 0)]
    public async Task A_night_that_was_not_ended_is_made_up_for(string story, JobState? state, double? succeededHoursAgo, double createdHoursAgo, double? waitsHours, int made)
    {
        var folder = Directory.CreateTempSubdirectory("nights-");
        await using var ledger = new SqliteLedger(Path.Combine(folder.FullName, "ledger.db"), TimeProvider.System);
        await ledger.OpenAsync(default);
        await using (var transaction = await ledger.BeginAsync(null, default))
        {
            await transaction.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "1") { CreatedAt = Before(createdHoursAgo) });
            if (state is { } known)
            {
                await transaction.Jobs.SaveAsync(await transaction.Jobs.LockAsync("reconcile:hub") with
                {
                    State = known,
                    SucceededAt = Before(succeededHoursAgo!.Value),
                    NotBefore = waitsHours is { } hours ? Before(-hours) : null,
                    Owner = "another machine:1",
                    HeartbeatAt = Before(1),
                });
            }

            await transaction.CommitAsync(default);
        }

        using var storage = new InMemoryStorage();
        var schedules = new Schedules(ledger, new RecurringJobManager(storage), new BackgroundJobClient(storage), storage, new LogFile(Path.Combine(folder.FullName, "logs")));
        await schedules.AssertAsync(default);

        Assert.True(made == await schedules.MakeUpForNightsAsync(Now, default), story);

        Assert.Equal(made, storage.GetMonitoringApi().EnqueuedCount(JobEngine.ReconcileQueue));
        folder.Delete(recursive: true);
    }

    private static Instant Before(double hours) => Now - TimeSpan.FromHours(hours);
}
