using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>The nightly reconcile as a job of a worker that serves, over real processes and HTTP.</summary>
public sealed class ReconcileTests : IAsyncLifetime
{
    private const int People = 120;
    private const int Deleted = 7;

    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;
    private CallRecorder _recorder = null!;

    public async Task InitializeAsync()
    {
        var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", $"{People}", "--seed", "3", "--rate-limits", "off");
        _recorder = await CallRecorder.StartAsync(_sandbox.BaseUrl);
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), anHourAgo);
        await _workplace.GoLiveAsync(_recorder.BaseUrl, _sandbox.Token, anHourAgo);
    }

    public async Task DisposeAsync()
    {
        await _recorder.DisposeAsync();
        _sandbox.Dispose();
        _workplace.Dispose();
    }

    [Fact]
    public async Task Contacts_that_were_deleted_are_known_to_be_gone_after_the_night()
    {
        using var worker = await ServingWorker.StartAsync(_workplace);
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
        using (var worker = await ServingWorker.StartAsync(_workplace))
        {
            password = worker.Password!;
            using var admin = await worker.SignInAsync("admin", password);
            await ServingWorker.UntilAsync(() => admin.JobStateAsync("sync:hub"), state => state == "done", "sync:hub");
            await DeleteAsync();
            _recorder.HoldAt(call => call.StartsWith("GET", StringComparison.Ordinal) && call.EndsWith("/contacts", StringComparison.Ordinal), number: 2);
            await admin.TriggerAsync("reconcile:hub");
            await _recorder.Held.WaitAsync(TimeSpan.FromMinutes(1));
            worker.Process.Kill();
            await worker.Process.FinishAsync();
        }

        _recorder.Restart();
        using var next = await ServingWorker.StartAsync(_workplace);
        using var again = await next.SignInAsync("admin", password);
        await ServingWorker.UntilAsync(() => again.PageAsync("runs"), page => page.Contains($"of {People - Deleted} records to write"), "the deleted");
        await ServingWorker.UntilAsync(() => again.JobStateAsync("reconcile:hub"), state => state == "done", "reconcile:hub");
    }

    private async Task DeleteAsync() => await _sandbox.PostAsync(
        "/crm/v3/objects/contacts/batch/archive", new { inputs = (await _sandbox.ContactsAsync("email")).Keys.Take(Deleted).Select(id => new { id }).ToArray() });
}
