using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Shadow;

namespace CrmLeadQualifier.Sync.Tests.Shadow;

public sealed class ShadowScoringTests : SyncTest
{
    private static readonly string Other = TestAgreement.Replace("total: { at_least: 60 }", "total: { at_least: 50, at_most: 85 }", StringComparison.Ordinal);

    [Fact]
    public async Task A_shadowed_version_scores_beside_the_active_one_and_writes_nothing_but_the_days_difference()
    {
        await NewMqlAsync();
        await NewManagerAsync("2");
        Crm.Visit("2");
        await SyncWellAsync();
        await ShadowAsync(Other);
        var (before, writes) = (await LeadAsync("1"), Crm.Log.Count);

        var day = (await new ShadowScoring(Ledger).RunAsync(Now, default))!;
        await SyncWellAsync();

        // The one with 90 points has too many for it, the one with 50 enough.
        Assert.Equal((2, 1, 1, 1, 1), (day.Leads, day.Qualified, day.ActiveQualified, day.Gained, day.Lost));
        Assert.Equal([(await LeadAsync("2")).Id], day.GainedLeads);
        Assert.Equal([before.Id], day.LostLeads);
        Assert.Equal("2026-11-23", day.Day);
        Assert.Equal(writes, Crm.Log.Count);
        Assert.Equivalent(before.State, (await LeadAsync("1")).State);
        Assert.Equal("Version 2, beside version 1 on 2026-11-23: of 2 leads it qualifies 1 instead of 1; 1 only by it, 1 no longer.", ShadowScoring.InWords(day));
        Assert.Single(await ReadAsync(ledger => ledger.Shadows.DaysAsync(2, 10)));
    }

    [Fact]
    public async Task Without_a_shadowed_version_there_is_nothing_to_do()
    {
        await NewMqlAsync();

        Assert.Null(await new ShadowScoring(Ledger).RunAsync(Now, default));
    }

    private Task ShadowAsync(string yaml) => WriteAsync(async ledger =>
    {
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "test").Definition!;
        var version = await ledger.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, yaml, Now, "test", null);
        await ledger.Shadows.SetAsync(new ShadowRow(version, Now));
        return version;
    });
}
