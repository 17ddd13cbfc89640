using CrmLeadQualifier.Core.Indicators;
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

        Assert.Equal("mql", Assert.Single((await FactsAsync(new ReportInstants(T, T))).Stages).To.Word());
        Assert.Empty((await FactsAsync(new ReportInstants(T - Day, T))).Stages);
        Assert.Equal([VerdictValue.Accepted], await VerdictsAsync(new ReportInstants(T + 5 * Day, T + 2 * Day)));
        Assert.Equal([VerdictValue.Accepted, VerdictValue.Rejected], await VerdictsAsync(new ReportInstants(T + 5 * Day, T + 5 * Day)));
        Assert.Equal([VerdictValue.Accepted], await VerdictsAsync(new ReportInstants(T + TimeSpan.FromHours(2), T + 5 * Day)));

        async Task<IEnumerable<VerdictValue>> VerdictsAsync(ReportInstants instants) => 
            (await FactsAsync(instants)).Verdicts.OrderBy(verdict => verdict.Number).OrderBy(verdict => verdict.Verdict.At).Select(verdict => verdict.Verdict.Value);
    }

    [SkippableFact]
    public async Task Hand_overs_come_row_by_row_as_they_were_known()
    {
        var lead = await MqlAsync("1");
        var handedOver = new HandOverRow(lead, T) { HandedOverAt = T + Day, DueAt = T + 2 * Day, SeenAt = T + Day };
        await WriteAsync(tx => tx.HandOvers.AddAsync([new HandOverRow(lead, T) { SeenAt = T }, handedOver]));
        await WriteAsync(tx => tx.HandOvers.AddAsync([handedOver with { FirstContact = new ContactMade(T + 3 * Day, "call", false, false), SeenAt = T + 4 * Day }]));
        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead])));

        var known = (await FactsAsync(new ReportInstants(T + 5 * Day, T + 2 * Day))).HandOvers.OrderBy(row => row.Number).ToList();
        Assert.Equal([(null, null), (T + Day, (Instant?)(T + 2 * Day))], known.Select(row => (row.HandedOverAt, row.DueAt)));
        var now = await FactsAsync(new ReportInstants(T + 5 * Day, T + 5 * Day));
        Assert.Equal((lead, T, T + 3 * Day, T + 4 * Day), now.HandOvers.OrderBy(row => row.Number).Select(row => (row.LeadId, row.MqlAt, row.FirstContactAt!.Value, row.SeenAt)).Last());
        Assert.Empty(now.Unconfirmed);
        Assert.Empty((await FactsAsync(new ReportInstants(T - Day, T + 5 * Day))).HandOvers);

        await WriteAsync(tx => tx.Records.SaveAsync([record with { HandOverDue = 1 }]));
        Assert.Equal([lead], (await FactsAsync(new ReportInstants(T, T))).Unconfirmed);
    }

    [SkippableFact]
    public async Task Deals_come_as_they_were_known_to_stand()
    {
        var lead = await MqlAsync("1");
        await AddLeadAsync("2");
        var open = new DealRow(Hub, new Deal("d", T, DealOutcome.Open, null)) { RecordIds = ["1", "2"], SeenAt = T + Day };
        var won = open with { Deal = new Deal("d", T, DealOutcome.Won, T + 2 * Day), SeenAt = T + 3 * Day };
        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([open]));
        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([won]));
        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([won with { Amount = 12, SeenAt = T + 6 * Day }]));

        Assert.Empty(await DealsAsync(T));
        Assert.Equal([(lead, "d", DealOutcome.Open, null)], await DealsAsync(T + 2 * Day));
        Assert.Equal([(lead, "d", DealOutcome.Won, (Instant?)(T + 2 * Day))], await DealsAsync(T + 3 * Day));
        Assert.Equal(T + Day, Assert.Single((await ReadAsync(tx => tx.Feedback.DealsAsync([lead])))[lead]).SeenAt);

        async Task<IEnumerable<(long, string, DealOutcome, Instant?)>> DealsAsync(Instant knownAt) =>
            (await FactsAsync(new ReportInstants(T + 9 * Day, knownAt))).Deals.Select(pair => (pair.LeadId, pair.Deal.Deal.Id, pair.Deal.Deal.Outcome, pair.Deal.Deal.ClosedAt));
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
        Assert.True(await WriteAsync(tx => tx.Reports.AddAsync(report, [])));
        Assert.False(await WriteAsync(tx => tx.Reports.AddAsync(report with { Html = "other", MadeAt = T + Day }, [])));
        Assert.Equal(report, await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")));
        Assert.True(await WriteAsync(tx => tx.Reports.AddAsync(report with { Week = "2026-W48" }, [])));

        Assert.Equal(["2026-W48", "2026-W47"], await ReadAsync(tx => tx.Reports.WeeksAsync()));
        await WriteAsync(tx => tx.Reports.MarkMailedAsync("2026-W47", T + Day));
        await WriteAsync(tx => tx.Reports.MarkMailedAsync("2026-W47", T + 2 * Day));
        Assert.Equal(T + Day, (await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")))!.MailedAt);
        Assert.Null(await ReadAsync(tx => tx.Reports.FindAsync("2026-W01")));
    }

    [SkippableFact]
    public async Task Who_is_erased_goes_from_stored_reports_and_their_numbers_stay()
    {
        var (ann, ben) = (await AddLeadAsync("1", "ann@company.example"), await AddLeadAsync("2", "ben@company.example"));
        var names = new[] { new ReportName(1, ann, "Ann@company.example"), new ReportName(2, ben, "ben@company.example"), new ReportName(3, ann, "Ann \"left\" <us>"), new ReportName(4, 0, "ann@former.example") };
        var report = new ReportRow("2026-W47", T, T, T, "en", "{\"mqls\":2,\"leads\":[\"\u27E61\u27E7\",\"\u27E62\u27E7\",\"\u27E63\u27E7\",\"\u27E64\u27E7\"]}", "<td>\u27E61\u27E7, \u27E62\u27E7</td><td>\u27E63\u27E7</td>");
        await WriteAsync(tx => tx.Reports.AddAsync(report, names));
        await WriteAsync(tx => tx.Reports.AddAsync(report with { Week = "2026-W48", Language = "fr" }, names));

        var whole = (await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")))!;
        Assert.Equal("{\"mqls\":2,\"leads\":[\"Ann@company.example\",\"ben@company.example\",\"Ann \\\"left\\\" <us>\",\"ann@former.example\"]}", whole.Json);
        Assert.Equal("<td>Ann@company.example, ben@company.example</td><td>Ann &quot;left&quot; &lt;us&gt;</td>", whole.Html);

        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([ann]))).Id;
        await WriteAsync(tx => tx.Leads.AddAttributeValuesAsync([new AttributeValueRow(record, "email", "Ann@former.example", T, T)]));
        await WriteAsync(tx => tx.Erasures.EraseAsync([record], "erased"));

        var erased = (await ReadAsync(tx => tx.Reports.FindAsync("2026-W47")))!;
        Assert.Equal("{\"mqls\":2,\"leads\":[\"(erased)\",\"ben@company.example\",\"(erased)\",\"(erased)\"]}", erased.Json);
        Assert.Equal("<td>(erased), ben@company.example</td><td>(erased)</td>", erased.Html);
        Assert.Contains("(effacé)", (await ReadAsync(tx => tx.Reports.FindAsync("2026-W48")))!.Html, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Leads_are_counted_by_what_was_known_of_them_at_an_instant()
    {
        var (one, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        var row = Standing(one, T) with { Known = ["country", "industry"], Connections = [Hub, Hub + 1] };
        await SaveAsync(row, Standing(other, T) with { Known = ["country", "industry"], Connections = [Hub, Hub + 1] });
        await SaveAsync(row with { Since = T + Day, Known = ["country"] });

        Assert.Empty((await FactsAsync(new ReportInstants(T - Day, T + 9 * Day))).Known);
        var then = Assert.Single((await FactsAsync(new ReportInstants(T, T + 9 * Day))).Known);
        Assert.Equal(("country,industry", $"{Hub},{Hub + 1}", 2), (string.Join(',', then.Attributes), string.Join(',', then.Connections), then.Count));
        Assert.Equal(["country 1", "country,industry 1"], (await FactsAsync(new ReportInstants(T + Day, T + 9 * Day))).Known.Select(known => $"{string.Join(',', known.Attributes)} {known.Count}").Order(StringComparer.Ordinal));
        Assert.Equal(["country"], Assert.Single(await ReadAsync(tx => tx.Reports.StandingsAsync([one]))).Known);
    }

    [SkippableFact]
    public async Task Who_moved_a_record_is_noted_once_for_each_entry()
    {
        var lead = await MqlAsync("1");
        var record = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
        await WriteAsync(tx => tx.Reports.AddSightingsAsync([new(record, T - Day, "mql", false), new(record, T, "mql", true), new(record, T + Day, "sql", true), new(record, T + 2 * Day, "other", true)]));

        var open = await ReadAsync(tx => tx.Reports.UnexplainedEntriesAsync(Hub, ["mql", "sql"], 10));
        Assert.Equal([new UnexplainedEntry(record, T + Day, "sql", "contact", "1"), new UnexplainedEntry(record, T, "mql", "contact", "1")], open);
        Assert.Equal("sql", Assert.Single(await ReadAsync(tx => tx.Reports.UnexplainedEntriesAsync(Hub, ["mql", "sql"], 1))).Stage);
        Assert.Empty(await ReadAsync(tx => tx.Reports.UnexplainedEntriesAsync(Hub + 1, ["mql", "sql"], 10)));

        await WriteAsync(tx => tx.Reports.ExplainEntriesAsync([(open[0], "import"), (open[1], "")]));

        Assert.Empty(await ReadAsync(tx => tx.Reports.UnexplainedEntriesAsync(Hub, ["mql", "sql"], 10)));
        Assert.Equal(["", "import"], (await ReadAsync(tx => tx.Reports.LifecycleEntriesAsync(T, T + 5 * Day, ["mql", "sql"]))).OrderBy(entry => entry.At).Select(entry => entry.MovedBy));
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

    private async Task<IReadOnlyList<StandingRow>> AsOfAsync(Instant at) => (await FactsAsync(new ReportInstants(at, T + 9 * Day))).Standings;

    private async Task<Taken> FactsAsync(ReportInstants instants)
    {
        var taken = new Taken();
        await using var transaction = await Ledger.BeginReadAsync(default);
        await transaction.Reports.ReadFactsAsync(T - Day, T + Day, instants, new ReportedFactsTaker
        {
            Stage = taken.Stages.Add,
            Standing = taken.Standings.Add,
            Verdict = taken.Verdicts.Add,
            Deal = (lead, deal) => taken.Deals.Add((lead, deal)),
            HandOver = taken.HandOvers.Add,
            UnconfirmedHandOver = taken.Unconfirmed.Add,
            OtherNewLeads = taken.Others.Add,
            Known = taken.Known.Add,
        });
        Assert.Equivalent(await transaction.Reports.OtherNewLeadsAsync(T - Day, T + Day, instants), taken.Others, strict: true);
        return taken;
    }

    private sealed record Taken
    {
        public List<ReportedStage> Stages { get; } = [];

        public List<StandingRow> Standings { get; } = [];

        public List<ReportedVerdict> Verdicts { get; } = [];

        public List<(long LeadId, DealRow Deal)> Deals { get; } = [];

        public List<ReportedHandOver> HandOvers { get; } = [];

        public List<long> Unconfirmed { get; } = [];

        public List<NewLeadGroup> Others { get; } = [];

        public List<KnownAttributes> Known { get; } = [];
    }
}
