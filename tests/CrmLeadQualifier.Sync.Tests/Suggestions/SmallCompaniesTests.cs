using System.Text;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Tests.Suggestions;

/// <summary>Sales rejects small companies, which the agreement lets through because any number of employees gives points.</summary>
public sealed class SmallCompaniesTests
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    private const string Agreement = """
        # Read aloud on Mondays.
        definition: Any size
        schema: 1
        profile:
          cap: 100
          criteria:
            - id: boss
              label: Decision maker            # who signs
              if: { job_title: { has_word: [CEO, director] } }
              points: 20
            - { id: known_company, label: { en: We know the company, fr: Entreprise connue }, if: { employees: { at_least: 1 } }, points: 40 }
        intent:
          criteria:
            - { id: demo, label: Demo, on: form_submission, where: { form: { contains: demo } }, points: 30, at_most: 30 }
        mql: { when: { total: { at_least: 40 } } }
        sales: { rejection_reasons: [ { id: not_target, label: Out of target, then: disqualify }, { id: no_need, label: No need, then: recycle, after: 90d } ] }
        """;

    [Theory]
    [InlineData(0.0, ProposedChange.Exclusion)]
    [InlineData(0.1, ProposedChange.Criterion)]
    public async Task The_segment_what_let_it_through_and_an_amendment_with_the_effect_that_a_backtest_finds(double smallAccepted, string kind)
    {
        var leads = Leads(smallAccepted);
        var report = await RunAsync(leads, new(SuggestionOutcome.Verdict));

        var segment = report.RejectedSegments[0];
        Assert.Equal(("employees", "< 50", "not_target", "known_company"), (segment.Segment.Name, segment.Segment.Value, segment.Segment.MainReason, segment.Segment.LetThroughBy));
        Assert.True(segment.Segment.Q <= 0.05);
        Assert.Contains("We know the company", segment.Sentence.In(Language.English));
        Assert.Contains("Entreprise connue", segment.Sentence.In(Language.French));

        var amendment = Assert.Single(report.Suggestions, suggestion => suggestion.Change.Where == "employees_below_50");
        Assert.Equal(kind, amendment.Change.Kind);
        Assert.True(report.Proposal.Improvement!.Interval.Low > 0);
        Assert.Contains("# Read aloud on Mondays.", report.Proposal.Amended!.Yaml);
        Assert.Contains("# who signs", report.Proposal.Amended.Yaml);
        foreach (var suggestion in report.Suggestions)
        {
            AssertEffect(leads, suggestion.Change.Amended!, suggestion.Effect!);
        }

        AssertEffect(leads, report.Proposal.Amended, report.Effect!);
        if (kind == ProposedChange.Exclusion)
        {
            Assert.NotEmpty(amendment.Effect!.Lost);
            Assert.All(amendment.Effect.Lost, lead => Assert.Equal(Core.Lifecycle.VerdictValue.Rejected, lead.Verdict!.Value));
        }
    }

    [Theory]
    [InlineData(Language.English, "Systematically rejected", "We know the company")]
    [InlineData(Language.French, "Systématiquement rejetés", "Entreprise connue")]
    public async Task The_weekly_report_names_the_segment_what_let_it_through_and_each_change_with_its_effect(Language language, string title, string criterion)
    {
        var report = await RunAsync(Leads(0.0), new(SuggestionOutcome.Verdict));

        var sections = SuggestionsText.ReportSections(report, language);

        var rejected = Assert.Single(sections, section => section.Title == title);
        Assert.Contains(criterion, rejected.Sentences[0]);
        var suggested = Assert.Single(sections, section => section.Title == "Suggestions");
        Assert.Equal(report.Suggestions.Count, suggested.Rows.Count);
        var amendment = report.Suggestions.Single(suggestion => suggestion.Change.Where == "employees_below_50");
        var row = Assert.Single(suggested.Rows, row => row[1] == "employees_below_50");
        Assert.StartsWith($"{amendment.Effect!.Lost.Count} (0 ", row[5]);
        Assert.Equal(amendment.Change.Why.In(language), row[6]);
        Assert.All(suggested.Rows, one => Assert.Equal(suggested.Columns.Count, one.Count));
    }

    [Fact]
    public async Task A_threshold_is_chosen_for_a_stated_capacity()
    {
        var leads = Leads(0.1);
        var report = await RunAsync(leads, new(SuggestionOutcome.Verdict, Capacity: 30));

        var threshold = Assert.Single(report.Suggestions, suggestion => suggestion.Change.Where == "mql.total");
        Assert.InRange(threshold.Effect!.ProposedMqls / (90 / 7.0), 1, 30);
        AssertEffect(leads, threshold.Change.Amended!, threshold.Effect);
    }

    [Fact]
    public async Task Few_outcomes_give_the_sentence_that_says_so()
    {
        var report = await RunAsync([.. Leads(0.1).Take(99)], new(SuggestionOutcome.Verdict));

        Assert.Empty(report.Suggestions);
        Assert.Null(report.Proposal.Amended);
        Assert.Contains("99", report.Proposal.WhyNone!.In(Language.English));
        Assert.Null((string?)SuggestionsJson.Build(report, Language.English)["patch"]);
    }

    /// <summary>The amended text, read anew, in a backtest of the same days.</summary>
    private static void AssertEffect(IReadOnlyList<string> leads, WrittenDefinition amended, SuggestionEffect effect)
    {
        var candidate = Read(amended.Yaml);
        var backtest = new FileBacktest(() => Stream(leads), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}"))
            .Run(new(candidate, "amended"), new(Read(Agreement), "present"), effect.From, effect.To, Now, default);

        Assert.Equal(backtest.Candidate.Mqls, effect.ProposedMqls);
        Assert.Equal(backtest.Against!.Mqls, effect.PresentMqls);
        Assert.Equal(backtest.Gained.Select(lead => (lead.Name, lead.MqlAt, lead.Verdict)), effect.Gained.Select(lead => (lead.Name, lead.MqlAt, lead.Verdict)));
        Assert.Equal(backtest.Lost.Select(lead => (lead.Name, lead.MqlAt, lead.Verdict)), effect.Lost.Select(lead => (lead.Name, lead.MqlAt, lead.Verdict)));
    }

    private static Task<SuggestionReport> RunAsync(IReadOnlyList<string> leads, SuggestionOptions options) =>
        new FileSuggestions(() => Stream(leads), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}")).RunAsync(new WrittenDefinition(Read(Agreement), Agreement, "present"), options, Now, default);

    private static Definition Read(string yaml) => DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "a.yaml").Definition!;

    private static MemoryStream Stream(IReadOnlyList<string> leads) => new(Encoding.UTF8.GetBytes(string.Join('\n', leads)));

    /// <summary>Of companies below 50 employees sales accepts next to nobody, of the others six in ten, and bosses more than others.</summary>
    private static IReadOnlyList<string> Leads(double smallAccepted)
    {
        var draw = new Random(7);
        List<string> leads = [];
        for (var i = 0; i < 1500; i++)
        {
            var employees = (int)Math.Exp(draw.NextDouble() * 7.5) + 1;
            var isBoss = draw.NextDouble() < 0.4;
            var created = Now.UnixMilliseconds - (long)TimeSpan.FromHours(3 * (1500 - i) + 200).TotalMilliseconds;
            var isGood = draw.NextDouble() < (employees < 50 ? smallAccepted : isBoss ? 0.75 : 0.5);
            var lead = new JsonObject
            {
                ["id"] = $"L{i}",
                ["attributes"] = new JsonObject
                {
                    ["email"] = $"lead{i}@company{i}.example", ["job_title"] = isBoss ? "Director" : "Engineer", ["employees"] = employees, ["created_at"] = new Instant(created).ToString(), ["source"] = i % 3 == 0 ? "Ads" : "Search",
                },
                ["activities"] = draw.NextDouble() < 0.3
                    ? new JsonArray(new JsonObject { ["kind"] = "form_submission", ["at"] = new Instant(created + 3_600_000).ToString(), ["attributes"] = new JsonObject { ["form"] = "demo" } })
                    : [],
                ["verdicts"] = new JsonArray(new JsonObject
                {
                    ["value"] = isGood ? "qualified" : "rejected", ["reason"] = isGood ? null : employees < 50 ? "not_target" : "no_need", ["at"] = new Instant(created + 2 * 86_400_000L).ToString(),
                }),
            };
            leads.Add(lead.ToJsonString());
        }

        return leads;
    }
}
