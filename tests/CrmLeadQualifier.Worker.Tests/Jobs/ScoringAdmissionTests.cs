using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Worker.Jobs;

namespace CrmLeadQualifier.Worker.Tests.Jobs;

/// <summary>Leads that only time makes due are not decided about while what sales said during an absence is still unread: a deadline that nobody let pass would be one.</summary>
public sealed class ScoringAdmissionTests
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("polled a minute ago", JobState.Done, 1, true)]
    [InlineData("a poll is under way, the last one ended a minute ago", JobState.Running, 1, true)]
    [InlineData("the worker was away for a day and has not polled yet", JobState.Done, 1_440, false)]
    [InlineData("the first poll after a day is under way", JobState.Running, 1_440, false)]
    [InlineData("stopped in the middle of the first poll after a day", JobState.Stopped, 1_440, false)]
    [InlineData("the CRM cannot be read, perhaps for days: time goes on", JobState.Failed, 1_440, true)]
    [InlineData("polling kills its worker and is parked", JobState.Parked, 1_440, true)]
    [InlineData("never polled", null, 0, false)]
    public async Task Leads_are_scored_by_time_once_every_connection_was_read_again_or_could_not_be(string story, JobState? state, int minutesAgo, bool isAdmitted)
    {
        var folder = Directory.CreateTempSubdirectory("admission-");
        await using (var ledger = new SqliteLedger(Path.Combine(folder.FullName, "ledger.db"), TimeProvider.System))
        {
            await ledger.OpenAsync(default);
            await using var transaction = await ledger.BeginAsync(null, default);
            await transaction.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "1") { CreatedAt = Now });
            if (state is { } known)
            {
                await transaction.Jobs.SaveAsync(await transaction.Jobs.LockAsync("sync:hub") with { State = known, SucceededAt = Now - TimeSpan.FromMinutes(minutesAgo), HeartbeatAt = Now });
            }

            Assert.True(isAdmitted == (await Stages.AdmitScoringAsync(transaction, Now)).Refusal is null, story);
        }

        folder.Delete(recursive: true);
    }
}
