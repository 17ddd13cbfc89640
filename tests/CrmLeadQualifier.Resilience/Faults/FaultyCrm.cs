using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>An emulated CRM whose faults can be switched, and a worker that is live on it.</summary>
/// <param name="connection">The worker's name for it.</param>
public abstract class FaultyCrm(SandboxUnderTest sandbox, Workplace workplace, string connection) : IDisposable
{
    public const string Start = "2026-11-23T09:00:00Z";

    public const string Salesperson = "claire.dubois@vendor.example";

    public SandboxUnderTest Sandbox => sandbox;

    public Workplace Workplace => workplace;

    /// <summary>What the runs said on standard error, and how often they had to be started.</summary>
    public string Said { get; private set; } = "";

    /// <summary>From now on these faults; at random ones where a rate is given.</summary>
    public Task FaultsAsync(string list, double rate = 0, int seed = 1) => Sandbox.PostAsync("/__sandbox/faults", new { faults = list, rate, seed });

    /// <summary>How often each fault was met since the start.</summary>
    public async Task<IReadOnlyDictionary<string, long>> FaultsMetAsync() =>
        (await Sandbox.GetAsync("/__sandbox/stats"))["faults"]!.AsObject().ToDictionary(fault => fault.Key, fault => fault.Value!.GetValue<long>());

    /// <summary>One run, however it ends.</summary>
    public async Task<Finished> RunAsync(string at)
    {
        var run = await Workplace.RunAsync("sync", connection, "--yes", "--at", at, "--format", "json");
        Said += $"sync --at {at}: exit code {run.ExitCode}\n{run.Error}\n";
        return run;
    }

    /// <summary>Runs again, at the same instant, until all is done.</summary>
    public async Task<Finished> SyncAsync(string at, int attempts = 10)
    {
        for (var attempt = 1; ; attempt++)
        {
            var run = await RunAsync(at);
            if (run.ExitCode == 0)
            {
                return run;
            }

            Assert.True(run.ExitCode == 1 && attempt < attempts, $"attempt {attempt}, exit code {run.ExitCode}\n{run.Output}\n{Said}");
        }
    }

    public async Task ReleaseAsync(string at) => (await Workplace.RunAsync("release", "--yes", "--at", at)).Expect(0);

    /// <summary>Nobody ever had two instants of being handed over.</summary>
    public static void AssertHandedOverOnce(IReadOnlyDictionary<string, string> histories)
    {
        var handed = histories.Where(history => history.Key.EndsWith(" lq_handed_over_at", StringComparison.Ordinal) || history.Key.EndsWith(" LQ_Handed_Over_At__c", StringComparison.Ordinal))
            .Select(history => (history.Key, Count: history.Value.Split(" > ").Count(value => value.Length > 0))).ToList();
        Assert.Contains(handed, history => history.Count == 1);
        Assert.DoesNotContain(handed, history => history.Count > 1);
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        Workplace.Dispose();
        GC.SuppressFinalize(this);
    }
}
