using System.Text;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Tests.Suggestions;

/// <summary>Suggestions by what was won and lost, whatever sales said at first; and the volume that health compares with what sales answers.</summary>
public sealed class WonOutcomeTests : SyncTest
{
    private const string Sizes = """
        definition: Sizes
        schema: 1
        requires: []
        profile:
          criteria:
            - { id: boss, label: Boss, if: { job_title: { has_word: ceo } }, points: 30 }
            - { id: large, label: Large, if: { employees: { at_least: 100 } }, points: 5 }
            - { id: anybody, label: Anybody, if: { email: { known: true } }, points: 10 }
        mql: { when: { total: { at_least: 10 } }, expires_after: 7d }
        """;

    [Fact]
    public async Task What_was_won_teaches_other_points_than_what_was_accepted()
    {
        // Sales accepts bosses; what is won is won from large companies.
        var leads = Leads(hasVerdicts: true);

        var won = await RunAsync(leads, new(SuggestionOutcome.Won));
        var accepted = await RunAsync(leads, new(SuggestionOutcome.Verdict));

        Assert.Equal(SuggestionOutcome.Won, won.Proposal.Outcome);
        Assert.True(won.Proposal.Improvement!.Interval.Low > 0);
        Assert.True(Points(won, "large") > Math.Abs(Points(won, "boss")), "what is won is won from large companies");
        Assert.NotNull(accepted.Proposal.WhyNone);
        Assert.True(accepted.Proposal.Present!.Area > won.Proposal.Present!.Area + 0.1, "bosses first is what sales accepts, and the present definition says so");
        Assert.Contains("won", won.Suggestions.First(suggestion => suggestion.Change.Where == "large").Change.Why.In(Language.English));
    }

    [Fact]
    public async Task Deals_that_are_open_are_no_outcome()
    {
        var report = await RunAsync([.. Leads(hasVerdicts: true).Select(lead => lead.Replace("\"won\":", "\"note\":"))], new(SuggestionOutcome.Won));

        Assert.Equal(0, report.Proposal.Good.Of);
        Assert.Contains("a deal that was won or lost", report.Proposal.WhyNone!.In(Language.English));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Won_against_lost_is_refused_where_over_a_fifth_of_the_won_deals_names_no_person(int withoutPerson, bool isDone)
    {
        var hub = (await ConnectionAsync()).Id;
        await WriteAsync(async ledger =>
        {
            await ledger.Feedback.SaveDealsAsync([.. Enumerable.Range(0, 10).Select(i =>
                new DealRow(hub, new Deal($"d{i}", Now - TimeSpan.FromDays(20), DealOutcome.Won, Now - TimeSpan.FromDays(2))) { RecordIds = i < withoutPerson ? [] : ["1"] })]);
            return true;
        });
        var agreement = await ReadAsync(AgreementInForce.ReadAsync);
        var written = await ReadAsync(ledger => LedgerSuggestions.WrittenAsync(ledger, agreement!));

        var suggest = () => LedgerSuggestions.RunAsync(Ledger, written, new(SuggestionOutcome.Won), Now, default);

        if (isDone)
        {
            Assert.NotNull((await suggest()).Proposal.WhyNone);
        }
        else
        {
            Assert.Contains("3 of 10 won opportunities", (await Assert.ThrowsAsync<ConfigurationException>(suggest)).Message);
        }

        // Verdicts are another matter, and the report tells it beside the rates.
        await LedgerSuggestions.RunAsync(Ledger, written, new(SuggestionOutcome.Verdict), Now, default);
        var report = await new ReportRun(Ledger).MakeAsync(new ReportRequest(), Now, default);
        Assert.Equal(withoutPerson, ReportJson.Build(report)["won_without_person"]!["count"]!.GetValue<int>());
        Assert.Contains(ReportText.Sections(report)[0].Sentences, sentence => sentence.Contains($"({withoutPerson} of 10) of the won opportunities carry no person", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_threshold_that_fits_what_sales_answers_in_time_gives_no_more_mqls_than_that()
    {
        var leads = Leads(hasVerdicts: false);

        var finding = Assert.Single((await RunAsync(leads, new(SuggestionOutcome.Won))).Health, one => one.Kind == HealthFinding.Volume);

        var threshold = finding.Threshold!.Value;
        Assert.True(threshold > 10);
        Instant from = Now - TimeSpan.FromDays(90), last = Now - TimeSpan.FromDays(7);
        var present = Backtest(leads, Sizes, from);
        var due = present.Candidate.Cohort.Members.Where(member => member.Mql.At <= last).ToList();
        var answered = (double)present.Candidate.Mqls * due.Count(member => member.AnsweredAt is not null) / due.Count;
        Assert.True(present.Candidate.Mqls > 1.1 * answered);
        Assert.InRange(Backtest(leads, Sizes.Replace("at_least: 10 }", $"at_least: {threshold} }}"), from).Candidate.Mqls, 1, (int)answered);
    }

    private BacktestReport Backtest(IReadOnlyList<string> leads, string definition, Instant from) =>
        new FileBacktest(() => Stream(leads), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}")).Run(new(Read(definition), "one"), null, from, Now, Now, default);

    private Task<SuggestionReport> RunAsync(IReadOnlyList<string> leads, SuggestionOptions options) =>
        new FileSuggestions(() => Stream(leads), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}")).RunAsync(new WrittenDefinition(Read(Sizes), Sizes, "present"), options, Now, default);

    private static int Points(SuggestionReport report, string criterion) => report.Proposal.Amended!.Definition.Criteria.OfType<AttributeCriterion>().SingleOrDefault(of => of.Id == criterion)?.Tiers[0].Points ?? 0;

    private static Definition Read(string yaml) => DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "a.yaml").Definition!;

    private static MemoryStream Stream(IReadOnlyList<string> leads) => new(Encoding.UTF8.GetBytes(string.Join('\n', leads)));

    /// <param name="hasVerdicts">Else only one lead in three was ever answered.</param>
    private List<string> Leads(bool hasVerdicts)
    {
        var draw = new Random(11);
        List<string> leads = [];
        for (var i = 0; i < 800; i++)
        {
            var (isBoss, isLarge) = (draw.NextDouble() < 0.4, draw.NextDouble() < 0.4);
            var created = new Instant(Now.UnixMilliseconds - (long)TimeSpan.FromHours(4 * (800 - i) + 200).TotalMilliseconds);
            var lead = new JsonObject
            {
                ["id"] = $"L{i}",
                ["attributes"] = new JsonObject { ["email"] = $"l{i}@c{i}.example", ["job_title"] = isBoss ? "CEO" : "Clerk", ["employees"] = isLarge ? 500 : 20, ["created_at"] = created.ToString() },
                ["deals"] = new JsonArray(new JsonObject
                {
                    ["id"] = $"D{i}", ["created_at"] = (created + TimeSpan.FromDays(3)).ToString(), ["closed_at"] = (created + TimeSpan.FromDays(6)).ToString(), ["won"] = draw.NextDouble() < (isLarge ? 0.8 : 0.2),
                }),
            };
            if (hasVerdicts || i % 3 == 0)
            {
                lead["verdicts"] = new JsonArray(new JsonObject { ["value"] = draw.NextDouble() < (isBoss ? 0.8 : 0.2) ? "qualified" : "rejected", ["at"] = (created + TimeSpan.FromDays(1)).ToString() });
            }

            leads.Add(lead.ToJsonString());
        }

        return leads;
    }
}
