using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>An emulated portal, its calls recorded, and a ledger that is connected to it and live: what is missing is a worker that serves.</summary>
public abstract class ServedPortalTest : IAsyncLifetime
{
    protected const int People = 120;

    protected Workplace Workplace { get; } = new();

    protected SandboxUnderTest Sandbox { get; private set; } = null!;

    protected CallRecorder Recorder { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        Sandbox = await SandboxUnderTest.StartAsync("--contacts", $"{People}", "--seed", "3", "--rate-limits", "off");
        Recorder = await CallRecorder.StartAsync(Sandbox.BaseUrl);
        await Workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), anHourAgo);
        await Workplace.GoLiveAsync(Recorder.BaseUrl, Sandbox.Token, anHourAgo);
    }

    public async Task DisposeAsync()
    {
        await Recorder.DisposeAsync();
        Sandbox.Dispose();
        Workplace.Dispose();
    }
}
