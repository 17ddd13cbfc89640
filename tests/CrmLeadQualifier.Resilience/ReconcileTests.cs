using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>The nightly reconcile as a job of a worker that serves, over real processes and HTTP.</summary>
public sealed class ReconcileTests : ServedPortalTest
{
    private const int Deleted = 7;

    [Fact]
    public async Task Contacts_that_were_deleted_are_known_to_be_gone_after_the_night()
    {
        using var worker = await ServingWorker.StartAsync(Workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);
        await ServingWorker.UntilAsync(() => admin.JobStateAsync("sync:hub"), state => state == "done", "sync:hub");
        await DeleteAsync();

        await admin.TriggerAsync("reconcile:hub");
        await ServingWorker.UntilAsync(() => admin.PageAsync("runs"), page => page.Contains($"of {People - Deleted} records to write"), "the deleted");

        await ServingWorker.UntilAsync(() => admin.JobStateAsync("reconcile:hub"), state => state == "done", "reconcile:hub");
        // One that a sync wanted to write meanwhile is known already.
        Assert.Matches(@"\d contacts are no longer in the CRM", await admin.PageAsync("runs"));
        Assert.Contains("reconcile:hub", await admin.PageAsync("hangfire/recurring"));
    }

    [Fact]
    public async Task Killed_in_the_middle_the_night_goes_on_with_the_next_worker()
    {
        string password;
        using (var worker = await ServingWorker.StartAsync(Workplace))
        {
            password = worker.Password!;
            using var admin = await worker.SignInAsync("admin", password);
            await ServingWorker.UntilAsync(() => admin.JobStateAsync("sync:hub"), state => state == "done", "sync:hub");
            await DeleteAsync();
            Recorder.HoldAt(call => call.StartsWith("GET", StringComparison.Ordinal) && call.EndsWith("/contacts", StringComparison.Ordinal), number: 2);
            await admin.TriggerAsync("reconcile:hub");
            await Recorder.Held.WaitAsync(TimeSpan.FromMinutes(1));
            worker.Process.Kill();
            await worker.Process.FinishAsync();
        }

        Recorder.Restart();
        using var next = await ServingWorker.StartAsync(Workplace);
        using var again = await next.SignInAsync("admin", password);
        await ServingWorker.UntilAsync(() => again.PageAsync("runs"), page => page.Contains($"of {People - Deleted} records to write"), "the deleted");
        await ServingWorker.UntilAsync(() => again.JobStateAsync("reconcile:hub"), state => state == "done", "reconcile:hub");
    }

    private async Task DeleteAsync() => await Sandbox.PostAsync(
        "/crm/v3/objects/contacts/batch/archive", new { inputs = (await Sandbox.ContactsAsync("email")).Keys.Take(Deleted).Select(id => new { id }).ToArray() });
}
