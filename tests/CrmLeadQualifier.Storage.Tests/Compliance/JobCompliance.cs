using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class JobCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [Fact]
    public async Task A_job_that_was_never_seen_is_new_and_is_not_listed_before_it_is_saved()
    {
        Assert.Equal(new JobRow("sync:hub"), await WriteAsync(tx => tx.Jobs.LockAsync("sync:hub")));

        Assert.Empty(await ReadAsync(tx => tx.Jobs.ListAsync()));
    }

    [Fact]
    public async Task A_job_is_read_as_it_was_saved_in_the_order_of_names()
    {
        JobRow[] rows =
        [
            new("score:due")
            {
                Turn = 8, State = JobState.Failed, Owner = "me", Failures = 2, StartedAt = T, HeartbeatAt = T, EndedAt = T + TimeSpan.FromMinutes(1), SucceededAt = T - TimeSpan.FromDays(1),
                NotBefore = T + TimeSpan.FromHours(1), IsRefused = true, Message = "a\nb é",
            },
            new("sync:hub")
            {
                Turn = 3, State = JobState.Running, Owner = JobOwner.Current, Attempts = 2, StartedAt = T, HeartbeatAt = T + TimeSpan.FromSeconds(9),
                Progress = new JobProgress("hub: push", T, 100, 12_000_000_000), BringsHistory = true,
            },
            new("watch") { Turn = 1, State = JobState.Parked, StartedAt = T, HeartbeatAt = T, Progress = new JobProgress("look", T, 0, null) },
        ];
        foreach (var row in rows.Reverse())
        {
            await WriteAsync(async tx =>
            {
                await tx.Jobs.LockAsync(row.Name);
                await tx.Jobs.SaveAsync(row with { Message = "before" });
                await tx.Jobs.SaveAsync(row);
            });
        }

        Assert.Equal(rows, await ReadAsync(tx => tx.Jobs.ListAsync()));
        Assert.Equal(rows[1], await WriteAsync(tx => tx.Jobs.LockAsync("sync:hub")));

        await WriteAsync(tx => tx.Jobs.DeleteAsync("sync:hub"));
        Assert.Equal([rows[0], rows[2]], await ReadAsync(tx => tx.Jobs.ListAsync()));
    }

    [Fact]
    public async Task Who_locks_a_job_reads_what_the_one_before_saved()
    {
        const int turns = 20;
        await Task.WhenAll(Enumerable.Range(0, turns).Select(_ => Task.Run(() => WriteAsync(async tx =>
        {
            var row = await tx.Jobs.LockAsync("sync:hub");
            await Task.Yield();
            await tx.Jobs.SaveAsync(row with { Turn = row.Turn + 1 });
        }))));

        Assert.Equal(turns, Assert.Single(await ReadAsync(tx => tx.Jobs.ListAsync())).Turn);
    }

    [Fact]
    public void A_process_knows_itself_alive_and_another_start_of_its_number_gone()
    {
        Assert.False(JobOwner.IsGone(JobOwner.Current));
        Assert.True(JobOwner.IsGone(JobOwner.Current + "0"));
        Assert.False(JobOwner.IsGone("another machine|1|1"));
        Assert.EndsWith($"process {Environment.ProcessId}", JobOwner.ForPeople(JobOwner.Current));
    }
}
