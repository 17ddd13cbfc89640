using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Suggestions;

public sealed class ModelHealthTests
{
    private const string Graded = """
        definition: Graded
        schema: 1
        requires: []
        profile:
          criteria:
            - { id: boss, label: { en: Boss, fr: Patron }, if: { job_title: { has_word: ceo } }, points: 60 }
            - { id: large, label: { en: Large, fr: Grande }, if: { employees: { at_least: 100 } }, points: 20 }
        grades:
          profile: { A: 60, B: 20 }
          engagement: { 1: 50 }
        mql: { when: { total: { at_least: 20 } } }
        """;

    private static readonly PlantedLeads Planted = new(Graded);

    [Theory]
    [InlineData(51, true)]
    [InlineData(50, false)]
    public void A_criterion_that_asks_for_what_is_unknown_for_most_leads_is_found(int unknown, bool isFound)
    {
        var findings = Of(Leads(100, i => i < unknown ? Person("ceo", null) : Person(i % 2 == 0 ? "ceo" : "clerk", i % 3 == 0 ? "200" : "10")));

        Assert.Equal(isFound ? [("large", $"Large: employees is unknown for {unknown}.0% ({unknown}/100) of the leads.")] : [], Said(findings, HealthFinding.Unknown));
    }

    [Theory]
    [InlineData(0, HealthFinding.NeverFires, "Boss: it held for none of 100 leads.")]
    [InlineData(1, null, null)]
    [InlineData(98, null, null)]
    [InlineData(99, HealthFinding.AlwaysFires, "Boss: it holds for 99.0% (99/100) of the leads, so it tells nobody apart.")]
    [InlineData(100, HealthFinding.AlwaysFires, "Boss: it holds for 100.0% (100/100) of the leads, so it tells nobody apart.")]
    public void A_criterion_that_never_or_always_fires_is_found(int firing, string? kind, string? sentence)
    {
        var findings = Of(Leads(100, i => Person(i < firing ? "ceo" : "clerk", i % 2 == 0 ? "200" : "10")));

        Assert.Equal(kind is null ? [] : [(kind, "boss", sentence!)], findings.Select(finding => (finding.Kind, finding.Subject, finding.Sentence.In(Language.English))));
    }

    [Fact]
    public void Of_fewer_than_fifty_leads_nothing_is_said() => Assert.Empty(Of(Leads(49, _ => Person("clerk", null))));

    [Theory]
    [InlineData(20, 40, true)]
    [InlineData(20, 20, false)]
    [InlineData(40, 20, false)]
    public void Scores_that_rise_at_equal_age_are_found(int older, int newer, bool isFound)
    {
        // Whoever is not of that age yet does not count, however high.
        var leads = Leads(300, i => Person(i % 2 == 0 ? "ceo" : "clerk", i % 3 == 0 ? "200" : "10"), i => i >= 250 ? null : (i < 125 ? older : newer) + (i % 5));

        var finding = Said(Of(leads), HealthFinding.Inflation);

        Assert.Equal(isFound ? [("total", $"Scores rise: at the age of 14 days half of the leads created since {(PlantedLeads.Beginning + TimeSpan.FromHours(125)).ToString()[..10]} have 42 points or more; of those before it was 22.")] : [], finding);
    }

    [Theory]
    [InlineData(10, 30, true)]
    [InlineData(30, 10, false)]
    [InlineData(20, 22, false)]
    public void A_worse_grade_that_is_accepted_more_often_for_sure_is_found(int acceptedOfA, int acceptedOfB, bool isFound)
    {
        List<JudgedLead> cohort =
        [
            .. Enumerable.Range(0, 40).Select(i => Planted.Lead(i, i < acceptedOfA, Person("ceo", "10"))),
            .. Enumerable.Range(40, 40).Select(i => Planted.Lead(i, i - 40 < acceptedOfB, Person("clerk", "200"))),
        ];

        var findings = ModelHealth.Of(Planted.Definition.Definition, [], cohort);

        Assert.Equal(isFound ? [("A4", "Grade B4 is accepted more often than A4: 75.0% (30/40) against 25.0% (10/40).")] : [], Said(findings, HealthFinding.Grade));
    }

    [Fact]
    public void A_grade_of_fewer_than_twenty_verdicts_is_not_compared()
    {
        List<JudgedLead> cohort =
        [
            .. Enumerable.Range(0, 19).Select(i => Planted.Lead(i, false, Person("ceo", "10"))), .. Enumerable.Range(19, 40).Select(i => Planted.Lead(i, true, Person("clerk", "200"))),
        ];

        Assert.Empty(ModelHealth.Of(Planted.Definition.Definition, [], cohort));
    }

    [Theory]
    [InlineData(20, 10, 55, "20 MQLs a week, and sales answers 10 of them in time. A threshold of 55 for the total would fit.", "20 MQL par semaine, et le commercial répond à temps à 10. Un seuil de 55 pour le total conviendrait.")]
    [InlineData(20.5, 0, null, "20.5 MQLs a week, and sales answers 0 of them in time.", "20,5 MQL par semaine, et le commercial répond à temps à 0.")]
    [InlineData(10.9, 10, 55, null, null)]
    [InlineData(0.9, 0, 55, null, null)]
    public void More_mqls_than_sales_answers_in_time_are_told_with_the_threshold_that_would_fit(double mqls, double answered, int? fitting, string? english, string? french)
    {
        var finding = ModelHealth.Volume(mqls, answered, fitting);

        Assert.Equal((english, french), (finding?.Sentence.In(Language.English), finding?.Sentence.In(Language.French)));
        Assert.Equal(english is null ? null : fitting, finding?.Threshold);
    }

    private static IReadOnlyList<HealthFinding> Of(IReadOnlyList<SampledLead> leads) => ModelHealth.Of(Planted.Definition.Definition, leads, []);

    private static IEnumerable<(string Subject, string Sentence)> Said(IReadOnlyList<HealthFinding> findings, string kind) =>
        findings.Where(finding => finding.Kind == kind).Select(finding => (finding.Subject, finding.Sentence.In(Language.English)));

    private static IReadOnlyList<SampledLead> Leads(int count, Func<int, Dictionary<string, string>> person, Func<int, int?>? totalAtAge = null) =>
    [
        .. Enumerable.Range(0, count).Select(i => new SampledLead(Planted.Lead(i, true, person(i)).Facts, PlantedLeads.Beginning + TimeSpan.FromDays(60), PlantedLeads.Beginning + TimeSpan.FromHours(i), totalAtAge?.Invoke(i))),
    ];

    private static Dictionary<string, string> Person(string title, string? employees)
    {
        var person = new Dictionary<string, string> { ["job_title"] = title };
        if (employees is not null)
        {
            person["employees"] = employees;
        }

        return person;
    }
}
