using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Tests.Backtest;

public sealed class LedgerBacktestTests : SyncTest
{
    private static readonly string Eager = TestAgreement.Replace("total: { at_least: 60 }", "total: { at_least: 50 }", StringComparison.Ordinal);

    [Fact]
    public async Task A_candidate_is_replayed_over_the_ledger_against_the_agreement_in_force()
    {
        await NewMqlAsync();
        await NewManagerAsync("2");
        Crm.Visit("2");
        await SyncWellAsync();
        Crm.Say("1", "accepted");
        await SyncWellAsync();

        var report = await BacktestAsync(Eager);

        Assert.Equal((2, 1), (report.Candidate.Mqls, report.Against!.Mqls));
        Assert.Equal("person2@company.example", Assert.Single(report.Gained).Name);
        Assert.Equal((30 + 20, 50), (report.Gained[0].AtMql.Total, report.Gained[0].Other.Total));
        Assert.Empty(report.Lost);
        Assert.Equal((1, 2), (report.Candidate.MqlToSql.Rate.Count, report.Candidate.MqlToSql.Rate.Of));
        Assert.Equal((1, 1), (report.Outcomes[0].Accepted.Count, report.Outcomes[0].Accepted.Of));
    }

    [Fact]
    public async Task An_attribute_counts_from_when_it_changed_and_facts_of_the_future_not_at_all()
    {
        await NewManagerAsync();
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Clerk");
        Crm.Visit("1");
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromDays(3));
        var before = Now;
        var was = await BacktestAsync(Eager, before);
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Manager");
        await SyncWellAsync();
        var promoted = Now;
        Crm.Visit("1");
        await SyncWellAsync();

        var report = await BacktestAsync(Eager);
        var still = await BacktestAsync(Eager, before);

        Assert.Equal(promoted, Assert.Single(report.Candidate.Cohort.Members).Mql.At);
        Assert.Equal(0, still.Candidate.Mqls);
        Assert.Equal(Json(was), Json(still));

        static string Json(BacktestReport report)
        {
            var json = BacktestJson.Build(report);
            // When it was computed.
            json.Remove("known_at");
            json["against"]!.AsObject().Remove("known_at");
            return json.ToJsonString();
        }
    }

    [Fact]
    public async Task It_is_said_of_how_many_leads_the_attributes_are_of_today()
    {
        Crm.Add("1", "old@company.example", ("job_title", "Manager"), ("created_at", "2026-01-05T10:00:00Z"));
        Crm.AskForDemo("1", Start - TimeSpan.FromDays(100));
        await SyncWellAsync();

        var report = await BacktestAsync(Eager);

        Assert.Equal((1, 1), (report.AttributesOfToday.Count, report.AttributesOfToday.Of));
        Assert.Equal(Start - TimeSpan.FromDays(100), Assert.Single(report.Candidate.Cohort.Members).Mql.At);
    }

    private Task<BacktestReport> BacktestAsync(string yaml, Instant? to = null) => LedgerBacktest.RunAsync(
        Ledger, new(DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "test").Definition!, "candidate"), null, null, to, Now, null, default);
}
