using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class ReportCompliance(LedgerStore store) : LedgerCompliance(store)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [SkippableFact]
    public async Task A_lead_stands_as_it_did_at_any_instant()
    {
        var lead = await MqlAsync("1");
        var first = Standing(lead, T) with { Source = "ads", Country = "France" };
        var second = Standing(lead, T + Day) with { Source = "ads", Status = LeadStatus.Excluded, Because = ["student", "supplier"] };
        await SaveAsync(first);
        await SaveAsync(second);

        Assert.Empty(await AsOfAsync(T - Day));
        Assert.Equivalent(first, Assert.Single(await AsOfAsync(T + TimeSpan.FromHours(23))), strict: true);
        Assert.Equivalent(second, Assert.Single(await AsOfAsync(T + Day)), strict: true);
        Assert.Equivalent(second, Assert.Single(await ReadAsync(tx => tx.Reports.StandingsAsync([lead]))), strict: true);

        await SaveAsync(second with { Country = "Spain" });
        Assert.Equal("Spain", Assert.Single(await AsOfAsync(T + Day)).Country);
        await WriteAsync(tx => tx.Reports.EndStandingsAsync([lead], T + 2 * Day));
        Assert.Empty(await AsOfAsync(T + 2 * Day));
        Assert.Single(await AsOfAsync(T + Day));
    }

    [SkippableFact]
    public async Task Leads_without_a_row_of_their_own_are_counted_together()
    {
        var mql = await MqlAsync("1");
        await SaveAsync(
            Standing(mql, T) with { Source = "ads" },
            Standing(await AddLeadAsync("2"), T) with { Source = "ads" },
            Standing(await AddLeadAsync("3"), T) with { Source = "ads" },
            Standing(await AddLeadAsync("4"), T) with { Status = LeadStatus.Unscorable, Because = ["email"] },
            Standing(await AddLeadAsync("5"), T) with { CreatedAt = T - 9 * Day },
            Standing(await AddLeadAsync("6"), T) with { CreatedAt = null },
            Standing(await AddLeadAsync("7"), T + Day) with { Source = "later" });

        var groups = await ReadAsync(tx => tx.Reports.OtherNewLeadsAsync(T - Day, T + Day, new ReportInstants(T, T + 5 * Day)));

        Assert.Equal([(null, LeadStatus.Unscorable, "email", 1), ("ads", LeadStatus.NotYet, "", 2)], groups.OrderBy(group => group.Count).Select(group => (group.Source, group.Status!.Value, string.Join(',', group.Because), group.Count)));
    }

    [SkippableFact]
    public async Task Stages_and_verdicts_come_by_their_instants_and_by_when_they_were_seen()
    {
        var lead = await MqlAsync("1");
        await AddLeadAsync("2");
        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
        await WriteAsync(tx => tx.Feedback.AddVerdictsAsync([
            new VerdictRow(record, new Verdict("r", VerdictValue.Rejected, T + Day) { Reason = "no_need" }) { SeenAt = T + 3 * Day },
            new VerdictRow(record, new Verdict("r", VerdictValue.Accepted, T + TimeSpan.FromHours(1))) { SeenAt = T + Day }]));

        Assert.Equal("mql", Assert.Single(await ReadAsync(tx => tx.Reports.StagesAsync(new ReportInstants(T, T)))).Change.To.Word());
        Assert.Empty(await ReadAsync(tx => tx.Reports.StagesAsync(new ReportInstants(T - Day, T))));
        Assert.Equal([VerdictValue.Accepted], await VerdictsAsync(new ReportInstants(T + 5 * Day, T + 2 * Day)));
        Assert.Equal([VerdictValue.Accepted, VerdictValue.Rejected], await VerdictsAsync(new ReportInstants(T + 5 * Day, T + 5 * Day)));
        Assert.Equal([VerdictValue.Accepted], await VerdictsAsync(new ReportInstants(T + TimeSpan.FromHours(2), T + 5 * Day)));

        async Task<IEnumerable<VerdictValue>> VerdictsAsync(ReportInstants instants) => (await ReadAsync(tx => tx.Reports.VerdictsAsync(instants))).Select(verdict => verdict.Verdict.Value);
    }

    [SkippableFact]
    public async Task Clocks_contacts_and_deals_of_the_leads_that_became_mql()
    {
        var lead = await MqlAsync("1");
        await AddLeadAsync("2");
        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
        await WriteAsync(async tx =>
        {
            await tx.Writes.AddAsync([
                new WriteRow(0, "r", Hub, record, "handed_over_at", "", "2026-11-23T09:31:00Z", WriteState.Confirmed, T),
                new WriteRow(0, "r", Hub, record, "answer_due_at", "", "2026-11-23T17:31:00Z", WriteState.Sent, T),
                new WriteRow(0, "r", Hub, record, "score", "", "60", WriteState.Confirmed, T),
                new WriteRow(0, "r", Hub, record, "handed_over_at", "x", "", WriteState.Confirmed, T)]);
            await tx.Activities.SaveAsync([
                new ActivityRow(Hub, "c1", "1", "call", T + Day) { LeadId = lead, UserId = "u", SeenAt = T + Day, Attributes = Texts(("direction", "outbound")) },
                new ActivityRow(Hub, "c2", "1", "call", T) { LeadId = lead, SeenAt = T },
                new ActivityRow(Hub, "c3", "1", "call", T) { LeadId = lead, UserId = "u", SeenAt = T, CopyOf = "c1" },
                new ActivityRow(Hub, "n1", "1", "note", T) { LeadId = lead, UserId = "u", SeenAt = T },
                new ActivityRow(Hub, "c4", "2", "call", T) { UserId = "u", SeenAt = T }]);
            await tx.Feedback.SaveDealsAsync([new DealRow(Hub, new Deal("d", T, DealOutcome.Won, T + Day)) { RecordIds = ["1", "2"] }]);
        });
        var instants = new ReportInstants(T + 5 * Day, T + 5 * Day);

        var clocks = await ReadAsync(tx => tx.Reports.ClocksAsync(instants));
        Assert.Equal([(false, true), (true, false)], clocks.Select(clock => (clock.IsDue, clock.IsConfirmed)));
        Assert.All(clocks, clock => Assert.Equal((lead, T), (clock.LeadId, clock.SentAt)));
        var contact = Assert.Single(await ReadAsync(tx => tx.Reports.ContactsAsync(instants)));
        Assert.Equal((lead, T + Day, "call", "{\"direction\":\"outbound\"}"), (contact.LeadId, contact.At, contact.Kind, contact.Attributes));
        Assert.Equal((lead, "d"), Assert.Single((await ReadAsync(tx => tx.Reports.DealsAsync(instants))).Select(pair => (pair.LeadId, pair.Deal.Deal.Id))));
    }

    [SkippableFact]
    public async Task The_portals_stages_are_seen_entered_and_written()
    {
        var lead = await MqlAsync("1");
        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
        await WriteAsync(async tx =>
        {
            await tx.Reports.AddSightingsAsync([new(record, T, "lead", false), new(record, T + Day, "mql", true)]);
            await tx.Writes.AddAsync([new WriteRow(0, "r", Hub, record, "lifecycle", "mql", "sql", WriteState.Confirmed, T + 2 * Day)]);
        });

        var entries = await ReadAsync(tx => tx.Reports.LifecycleEntriesAsync(T, T + 5 * Day, ["lead", "mql", "sql"]));
        Assert.Equal([("mql", false), ("sql", true)], entries.OrderBy(entry => entry.At).Select(entry => (entry.Stage, entry.IsOurs)));
        Assert.Empty(await ReadAsync(tx => tx.Reports.LifecycleEntriesAsync(T, T + Day, ["mql"])));
        Assert.Equal("lead", Assert.Single(await ReadAsync(tx => tx.Reports.LifecyclesAsync([lead], T))).Stage);
        Assert.Equal("mql", Assert.Single(await ReadAsync(tx => tx.Reports.LifecyclesAsync([lead], T + Day))).Stage);
    }

    [SkippableFact]
    public async Task A_stored_report_stays_as_it_is()
    {
        var report = new ReportRow("2026-W47", T, T, T, "fr", "{\"mqls\":1}", "<p>é\0</p>");
        Assert.True(await WriteAsync(tx => tx.Reports.AddAsync(report)));
        Assert.False(await WriteAsync(tx => tx.Reports.AddAsync(report with { Html = "other", MadeAt = T + Day })));
        Assert.Equal(report, await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")));
        Assert.True(await WriteAsync(tx => tx.Reports.AddAsync(report with { Week = "2026-W48" })));

        Assert.Equal(["2026-W48", "2026-W47"], await ReadAsync(tx => tx.Reports.WeeksAsync()));
        await WriteAsync(tx => tx.Reports.MarkMailedAsync("2026-W47", T + Day));
        await WriteAsync(tx => tx.Reports.MarkMailedAsync("2026-W47", T + 2 * Day));
        Assert.Equal(T + Day, (await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")))!.MailedAt);
        Assert.Null(await ReadAsync(tx => tx.Reports.FindAsync("2026-W01")));
    }

    [SkippableFact]
    public async Task A_lead_that_joined_another_stands_no_more()
    {
        var (from, to) = (await MqlAsync("1"), await AddLeadAsync("2"));
        await SaveAsync(Standing(from, T), Standing(to, T));

        await WriteAsync(tx => tx.Leads.JoinAsync(from, to));

        Assert.Equal(to, Assert.Single(await AsOfAsync(T)).LeadId);
    }

    private async Task<long> MqlAsync(string externalId)
    {
        var lead = await AddLeadAsync(externalId);
        await WriteAsync(tx => tx.Leads.AddTransitionsAsync([
            new TransitionRow(lead, new Transition(Stage.Lead, Stage.Mql, T, TransitionCause.Qualified)) { SeenAt = T, Source = "ads", Grade = "A1", OwnerId = "7", AgreementFingerprint = "a" }]));
        return lead;
    }

    private static StandingRow Standing(long lead, Instant since) => new(lead, since, T, null, null, null, LeadStatus.NotYet);

    private Task SaveAsync(params StandingRow[] rows) => WriteAsync(tx => tx.Reports.SaveStandingsAsync(rows));

    private Task<IReadOnlyList<StandingRow>> AsOfAsync(Instant at) => ReadAsync(tx => tx.Reports.StandingsAsync(new ReportInstants(at, T + 9 * Day)));
}
