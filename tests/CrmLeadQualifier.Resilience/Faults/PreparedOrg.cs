using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>A workplace that is live on an emulated org, to be copied by each test of a class, and the address at which each test's own org answers.</summary>
public sealed class PreparedOrg : IAsyncLifetime
{
    public Workplace Workplace { get; } = new();

    public CallRecorder Recorder { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        using var sandbox = await FaultyOrg.StartSandboxAsync("--contacts", "1");
        Recorder = await CallRecorder.StartAsync(sandbox.Org!.BaseUrl);
        await FaultyOrg.GoLiveAsync(Workplace, sandbox.Org, Recorder.BaseUrl);
    }

    public async Task DisposeAsync()
    {
        await Recorder.DisposeAsync();
        Workplace.Dispose();
    }
}
