using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>A worker that serves, told to stop, killed, and started again: the jobs come to their end all the same.</summary>
public sealed class ServingTests : ServedPortalTest
{
    private const string Job = "sync:hub";
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task It_syncs_by_itself_and_shows_what_it_did()
    {
        using var worker = await ServingWorker.StartAsync(Workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);

        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);

        Assert.Equal(People, await FieldsSetAsync());
        var runs = await admin.PageAsync("runs");
        Assert.Contains("records read", runs);
        Assert.Contains($"hub: 0 of {People} records to write", runs);
        Assert.Contains(Job, await admin.PageAsync("hangfire/jobs/succeeded"));
        Assert.Contains("live", await admin.PageAsync(""));
        Assert.Contains("data-run=", await admin.PageAsync("runs?handler=live"));
    }

    [Fact]
    public async Task Told_to_stop_it_ends_at_the_next_page_and_the_next_worker_goes_on()
    {
        Recorder.HoldAt(CallRecorder.IsAny, 12, false);
        using (var worker = await ServingWorker.StartAsync(Workplace))
        {
            await Recorder.Held.WaitAsync(TimeSpan.FromMinutes(1));
            worker.Process.Terminate();
            var ended = (await worker.Process.FinishAsync().WaitAsync(StopsWithin)).Expect(0);
            Assert.DoesNotContain("unforeseen", ended.Error);
        }

        Assert.Equal("stopped", (await Workplace.RunAsync("runs", "--format", "json")).Expect(0).Json[0]!["state"]!.GetValue<string>());
        Recorder.Restart();
        using var next = await ServingWorker.StartAsync(Workplace);
        Assert.Null(next.Password);
        await ServingWorker.UntilAsync(FieldsSetAsync, set => set == People, "fields set");
    }

    [Fact]
    public async Task A_job_that_kills_its_worker_three_times_is_parked_until_an_admin_starts_it_again()
    {
        string? password = null;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Recorder.HoldAt(CallRecorder.IsAny, 3 + attempt, attempt % 2 == 0);
            using var worker = await ServingWorker.StartAsync(Workplace);
            await Recorder.Held.WaitAsync(TimeSpan.FromMinutes(1));
            password ??= worker.Password;
            worker.Process.Kill();
            await worker.Process.FinishAsync();
        }

        Recorder.Restart();
        using var last = await ServingWorker.StartAsync(Workplace);
        using var admin = await last.SignInAsync("admin", password!);
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "parked", Job);
        var page = await admin.PageAsync("runs");
        Assert.Contains("begun 3 times, and each time its worker ended without a word", page);
        Assert.Contains("begun 3 times", await admin.PageAsync("hangfire/jobs/failed"));
        Assert.Empty(Recorder.Calls);
        // What it left behind as running is not said to run for ever.
        await admin.TriggerAsync("watch");
        await ServingWorker.UntilAsync(() => admin.PageAsync("runs"), text => !text.Contains("state running"), "dead runs");
        Assert.Contains($"data-alert=\"{Job} parked\"", await admin.PageAsync("runs"));
        Assert.Contains($"{Job} is parked", await admin.PageAsync(""));

        using var started = await admin.PostFormAsync("runs?handler=release", await admin.TokenAsync("runs"), ("name", Job));

        Assert.Equal(System.Net.HttpStatusCode.Redirect, started.StatusCode);
        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "done", Job);
        Assert.Equal(People, await FieldsSetAsync());
        await admin.TriggerAsync("watch");
        await ServingWorker.UntilAsync(() => admin.PageAsync(""), text => !text.Contains("is parked"), "the alert is lowered");
    }

    [Fact]
    public async Task A_worker_that_was_killed_twice_is_no_poison()
    {
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Recorder.HoldAt(CallRecorder.IsAny, 2 * attempt, false);
            using var worker = await ServingWorker.StartAsync(Workplace);
            await Recorder.Held.WaitAsync(TimeSpan.FromMinutes(1));
            worker.Process.Kill();
            await worker.Process.FinishAsync();
        }

        Recorder.Restart();
        using var last = await ServingWorker.StartAsync(Workplace);
        await ServingWorker.UntilAsync(FieldsSetAsync, set => set == People, "fields set");
    }

    [Fact]
    public async Task A_failed_job_says_why_and_waits_longer_each_time()
    {
        await Sandbox.FaultsAsync(string.Join(',', Enumerable.Range(1, 200).Select(call => $"cut-before@{call}")));
        using var worker = await ServingWorker.StartAsync(Workplace);
        using var admin = await worker.SignInAsync("admin", worker.Password!);

        await ServingWorker.UntilAsync(() => admin.JobStateAsync(Job), state => state == "failed", Job);

        Assert.Contains("Start again", await admin.PageAsync("runs"));
        Assert.Contains("JobFailedException", await admin.PageAsync("hangfire/jobs/failed"));
        await admin.TriggerAsync(Job);
        await ServingWorker.UntilAsync(() => admin.PageAsync("hangfire/jobs/succeeded"), page => page.Contains(Job), "a turn that was skipped");

        await Sandbox.FaultsAsync("");
        using var started = await admin.PostFormAsync("runs?handler=release", await admin.TokenAsync("runs"), ("name", Job));
        await ServingWorker.UntilAsync(FieldsSetAsync, set => set == People, "fields set");
    }

    [Fact]
    public async Task An_embedded_ledger_takes_one_worker_and_says_so()
    {
        using var worker = await ServingWorker.StartAsync(Workplace);

        var second = await Workplace.RunAsync("serve", "--port", "0");

        Assert.Contains("Another worker serves", second.Expect(2).Error);
        (await Workplace.RunAsync("connections")).Expect(0);
        var taken = new Workplace();
        Assert.Contains("Name another port", (await taken.RunAsync("serve", "--port", $"{worker.Console.Port}")).Expect(2).Error);
        taken.Dispose();
    }

    private async Task<int> FieldsSetAsync() => (await Sandbox.ContactsAsync("lq_stage")).Values.Count(contact => contact["lq_stage"]?.GetValue<string>() is { Length: > 0 });
}
