namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>
/// One org in which nine things keep eleven Leads from being written, each for a reason of its own, all in the first collection of the first sync; a second sync follows once the org's people have mended what they can.
/// </summary>
public sealed class RefusedRecords : IAsyncLifetime
{
    public const int Leads = 60;

    private FaultyOrg? _org;

    public FaultyOrg Org => _org!;

    /// <summary>The exit code of the first sync, of those that refused rows make.</summary>
    public int FirstExitCode { get; private set; }

    public string SaidFirst { get; private set; } = "";

    /// <summary>Owners before anything was written.</summary>
    public IReadOnlyDictionary<string, string> Owners { get; private set; } = new Dictionary<string, string>();

    /// <summary>Who was in quarantine after the first sync, and why.</summary>
    public IReadOnlyDictionary<string, string> Quarantine { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> QuarantineInTheEnd { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> HistoriesFirst { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Histories { get; private set; } = new Dictionary<string, string>();

    /// <summary>Who another transaction held, and holds no longer in the end.</summary>
    public string Held { get; private set; } = "";

    /// <summary>Who a validation rule kept until somebody filled in the city.</summary>
    public string Invalid { get; private set; } = "";

    public (string One, string Other) Twins { get; private set; }

    public async Task InitializeAsync()
    {
        _org = await FaultyOrg.StartWithLeadsAsync(Leads);
        Owners = await Org.ValuesAsync("OwnerId");
        var leads = Owners.Keys.ToList();
        (Invalid, Twins) = (leads[^1], (leads[^2], leads[^3]));
        await Org.EditAsync(Twins.Other, new { Email = await Org.ValueAsync(Twins.One, "Email") }, "2026-11-23T09:00:00Z");
        await Org.Sandbox.PostAsync("/__sandbox/validation-rules",
            new { @object = "Lead", condition = $"Email = '{await Org.ValueAsync(Invalid, "Email")}' AND City = null", message = "A person without a city cannot be visited." });
        await Org.Sandbox.AdvanceAsync("10m");
        await Org.FaultsAsync("record-held,approval-locked,access-lost,trigger-fails,flow-fails,deleted-ids,converted-ids,merged-ids,duplicate-block");

        FirstExitCode = (await Org.RunAsync("2026-11-23T09:30:00Z")).ExitCode;
        SaidFirst = Org.Said;
        Quarantine = await Org.QuarantineAsync();
        HistoriesFirst = await Org.Org.HistoriesAsync();
        var held = (await Org.Workplace.QueryAsync("SELECT DISTINCT r.external_id FROM write w JOIN record r ON r.id = w.record_id WHERE w.reason LIKE 'UNABLE_TO_LOCK_ROW%'")).Select(row => (string)row[0]).ToList();
        Held = Assert.Single(held);

        await Org.FaultsAsync("");
        await Org.Sandbox.PostAsync("/__sandbox/locks", new { id = Held, @for = "1ms" });
        await Org.EditAsync(Invalid, new { City = "Lyon" }, "2026-11-23T09:10:00Z");
        await Org.Sandbox.AdvanceAsync("40m");
        await Org.RunAsync("2026-11-23T10:00:00Z");
        await Org.Sandbox.AdvanceAsync("20m");
        await Org.RunAsync("2026-11-23T10:20:00Z");
        QuarantineInTheEnd = await Org.QuarantineAsync();
        Histories = await Org.Org.HistoriesAsync();
    }

    public Task DisposeAsync()
    {
        _org?.Dispose();
        return Task.CompletedTask;
    }
}
