using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Interruptions;

/// <summary>A sandbox with people, connections that are live, and a recorder before each CRM.</summary>
public sealed class Scenario : IAsyncDisposable
{
    public const string FirstSync = "2026-11-23T09:30:00Z";
    public const string SecondSync = "2026-11-23T09:40:00Z";

    private const string Start = "2026-11-23T09:00:00Z";

    private static readonly string[] Fields =
    [
        "lq_stage", "lq_status", "lq_answer", "lq_score", "lq_profile", "lq_behaviour", "lq_intent", "lq_grade", "lq_reasons", "lq_definition", "lq_handed_over_at",
        "lq_answer_due_at", "lq_first_contact_at", "lq_previous", "lq_verdict", "lq_rejection_reason", "lq_comment", "lq_recontact_on", "lq_verdict_at", "lq_verdict_by", "lifecyclestage",
    ];

    private readonly Workplace _workplace;
    private readonly SandboxUnderTest _sandbox;
    private readonly IReadOnlyDictionary<Crms, CallRecorder> _recorders;

    private Scenario(Workplace workplace, SandboxUnderTest sandbox, IReadOnlyDictionary<Crms, CallRecorder> recorders)
    {
        _workplace = workplace;
        _sandbox = sandbox;
        _recorders = recorders;
    }

    /// <summary>What the attempts said.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Signs and connects, in a workplace that scenarios are then copies of: the same seed gives every sandbox the same accounts and secrets.</summary>
    public static async Task GoLiveAsync(Workplace workplace, IReadOnlyDictionary<Crms, CallRecorder> recorders)
    {
        using var sandbox = await StartAsync(recorders);
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), Start);
        if (recorders.TryGetValue(Crms.HubSpot, out var hubSpot))
        {
            await workplace.GoLiveAsync(hubSpot.BaseUrl, sandbox.Token, Start);
        }

        if (recorders.TryGetValue(Crms.Salesforce, out var salesforce))
        {
            await workplace.GoLiveAsync(sandbox.Org!, Start, salesforce.BaseUrl);
        }
    }

    public static async Task<Scenario> PrepareAsync(Workplace prepared, IReadOnlyDictionary<Crms, CallRecorder> recorders)
    {
        var scenario = new Scenario(prepared.Copy(), await StartAsync(recorders), recorders);
        foreach (var connection in recorders.Keys.Select(NameOf))
        {
            (await scenario._workplace.RunAsync("provision", connection, "--at", Start)).Expect(0);
        }

        return scenario;
    }

    /// <summary>Syncs until it succeeds, one call of the first attempt cut; answers the calls of an undisturbed one.</summary>
    public async Task<IReadOnlyList<Call>> SyncAsync(string at, Call? cut = null, bool afterHandling = false)
    {
        Restart();
        if (cut is { } call)
        {
            _recorders[call.Crm].CutAt(call.IsAlike, call.Number, afterHandling);
        }

        for (var attempt = 1; ; attempt++)
        {
            var run = await _workplace.RunAsync("sync", "--yes", "--at", at);
            Said += run.Error;
            if (run.ExitCode == 0)
            {
                Assert.Equal(cut is null ? 0 : 1, _recorders.Values.Sum(recorder => recorder.Cuts));
                return [.. _recorders.SelectMany(crm => Call.Of(crm.Key, crm.Value.Calls))];
            }

            Assert.True(cut is not null && run.ExitCode == 1 && attempt < 4, $"attempt {attempt}, exit code {run.ExitCode}\n{run.Output}\n{run.Error}");
        }
    }

    /// <summary>Starts a sync, and kills its process in the middle of a call.</summary>
    public async Task KillAsync(string at, Call call, bool afterHandling)
    {
        Restart();
        _recorders[call.Crm].HoldAt(call.IsAlike, call.Number, afterHandling);
        using var run = _workplace.Start("sync", "--yes", "--at", at);
        var ended = run.FinishAsync();
        await Task.WhenAny(_recorders[call.Crm].Held, ended);
        Assert.False(ended.IsCompleted, $"the run ended before call {call}\n{run.Output}\n{run.Error}");
        run.Kill();
        await ended;
    }

    /// <summary>Releases whoever is held, and lets the CRMs' indexes catch up, so that the second sync reads the same echo however long the first took.</summary>
    public async Task ReleaseAsync()
    {
        (await _workplace.RunAsync("release", "--yes", "--at", SecondSync)).Expect(0);
        await _sandbox.AdvanceAsync("20m");
    }

    /// <summary>Of every record and field, the values that it passed through.</summary>
    public async Task<IReadOnlyDictionary<string, string>> HistoriesAsync()
    {
        var histories = new Dictionary<string, string>();
        if (_sandbox.HasHubSpot)
        {
            histories = new(await _sandbox.HistoriesAsync(Fields));
        }

        foreach (var (key, values) in _sandbox.Org is { } org ? await org.HistoriesAsync() : new Dictionary<string, string>())
        {
            histories[key] = values;
        }

        return histories;
    }

    public ValueTask DisposeAsync()
    {
        _sandbox.Dispose();
        _workplace.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string NameOf(Crms crm) => crm == Crms.HubSpot ? "hub" : "sf";

    private static async Task<SandboxUnderTest> StartAsync(IReadOnlyDictionary<Crms, CallRecorder> recorders)
    {
        var split = recorders.Count > 1 ? "both" : recorders.ContainsKey(Crms.HubSpot) ? "hubspot" : "salesforce";
        // So many that there are enough writes to cut, at 100 records each in HubSpot and 200 in Salesforce.
        var people = split switch { "hubspot" => 850, "salesforce" => 1_250, _ => 350 };
        var sandbox = await SandboxUnderTest.StartAsync("--contacts", $"{people}", "--seed", "7", "--split", split, "--rate-limits", "off", "--at", Start);
        foreach (var (crm, recorder) in recorders)
        {
            recorder.Target = crm == Crms.HubSpot ? sandbox.BaseUrl : sandbox.Org!.BaseUrl;
        }

        return sandbox;
    }

    private void Restart()
    {
        foreach (var recorder in _recorders.Values)
        {
            recorder.Restart();
        }
    }
}
