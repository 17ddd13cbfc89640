using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>A workplace that went live on an emulated org, once for all tests: each takes a copy, and an org of the same seed, which has the same id and secrets. It saves most processes.</summary>
internal static class PreparedOrg
{
    private const string Seed = "7";

    private static readonly Lazy<Task<(Workplace Workplace, string Address)>> Prepared = new(async () =>
    {
        using var sandbox = await StartAsync("--contacts", "1");
        var workplace = new Workplace();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => workplace.Dispose();
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), FaultyOrg.Start);
        await workplace.GoLiveAsync(sandbox.Org!, FaultyOrg.Start);
        return (workplace, sandbox.Org!.BaseUrl);
    });

    public static Task<SandboxUnderTest> StartAsync(params string[] people) =>
        SandboxUnderTest.StartAsync([.. people, "--seed", Seed, "--rate-limits", "off", "--split", "salesforce", "--at", FaultyOrg.Start]);

    /// <summary>A copy that leads to this org, which it provisions.</summary>
    public static async Task<Workplace> CopyAsync(OrgUnderTest org)
    {
        var (prepared, address) = await Prepared.Value;
        var copy = prepared.Copy();
        await copy.ExecuteAsync($"UPDATE connection SET settings = replace(settings, '{address}', '{org.BaseUrl}')");
        (await copy.RunAsync("provision", "sf", "--at", FaultyOrg.Start)).Expect(0);
        return copy;
    }
}
