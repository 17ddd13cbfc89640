using System.Text.Json;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using NodaTime;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class ExampleDefinitionsTests
{
    [Theory]
    [InlineData("b2b-software.en.yaml", Language.English)]
    [InlineData("b2b-software.fr.yaml", Language.French)]
    [InlineData("x-education.yaml", Language.English)]
    public void The_example_agreements_are_valid_and_without_a_warning(string file, Language language)
    {
        var reading = DefinitionReader.Read(File.ReadAllBytes(Path.Combine(Examples.Repository, "definitions", file)), file);

        Assert.Empty(reading.Problems);
        Assert.Equal(language, reading.Definition!.Language);
        Assert.All(reading.Definition.Criteria, criterion => Assert.NotEmpty(criterion.Label.In(language)));
    }

    [Fact]
    public void The_two_b2b_examples_agree_on_all_but_words()
    {
        var english = DefinitionReader.Read(File.ReadAllBytes(Path.Combine(Examples.Repository, "definitions", "b2b-software.en.yaml")), "en").Definition!;
        var french = DefinitionReader.Read(File.ReadAllBytes(Path.Combine(Examples.Repository, "definitions", "b2b-software.fr.yaml")), "fr").Definition!;

        Assert.Equal(english.Criteria.Select(c => c.Id), french.Criteria.Select(c => c.Id));
        Assert.Equal(english.Exclusions.Select(e => e.Id), french.Exclusions.Select(e => e.Id));
        Assert.Equal(english.Sales.RejectionReasons.Select(r => (r.Id, r.Then, r.After)), french.Sales.RejectionReasons.Select(r => (r.Id, r.Then, r.After)));
        Assert.Equal(english.Grades, french.Grades);
        Assert.Equal(english.Targets, french.Targets);
    }

    [SkippableFact]
    public void The_x_education_agreement_fits_its_leads()
    {
        var leads = Path.Combine(Examples.Repository, "..", "shared", "data", "x-education.leads.jsonl");
        Skip.IfNot(File.Exists(leads), $"{leads} is not here.");
        var definition = DefinitionReader.Read(File.ReadAllBytes(Path.Combine(Examples.Repository, "definitions", "x-education.yaml")), "x").Definition!;
        var reasons = definition.Sales.RejectionReasons.Select(reason => reason.Id).ToHashSet();

        foreach (var line in File.ReadLines(leads))
        {
            using var lead = JsonDocument.Parse(line);
            Assert.All(lead.RootElement.GetProperty("attributes").EnumerateObject(), attribute => Assert.True(definition.Attributes.IndexOf(attribute.Name) >= 0, attribute.Name));
            Assert.All(lead.RootElement.GetProperty("verdicts").EnumerateArray(), verdict => Assert.True(
                !verdict.TryGetProperty("reason", out var reason) || reasons.Contains(reason.GetString()!), line));
        }

        // A rejection must recycle, whatever its reason, and an acceptance must be an SQL at once.
        Assert.All(definition.Sales.RejectionReasons, reason => Assert.Equal(AfterRejection.Recycle, reason.Then));
        Assert.False(definition.Sales.TwoStep);
        Assert.Equal(["email"], definition.Requires);
    }

    [Fact]
    public void The_language_page_s_example_is_read_into_the_model()
    {
        var definition = Examples.Valid(Examples.Language);

        Assert.Equal("B2B SaaS France", definition.Name);
        Assert.Equal(new LocalizedText("Industrial companies of 50 to 500 people", "PME industrielles de 50 à 500 salariés"), definition.IdealCustomer);
        Assert.Equal(Language.French, definition.Language);
        Assert.Equal(TimeSpan.FromDays(90), definition.ReviewEvery);
        Assert.Equal([new LeadAttribute("seats_wanted", AttributeType.Number)], definition.Attributes.Declared);
        Assert.Equal(["email", "company"], definition.Requires);
        Assert.Equal([100, 60, 100], definition.Sections.Select(section => section.Cap));
        Assert.Equal(
            ["decision_maker", "company_size", "freemail", "pricing_page", "blog_reader", "repeated_visits", "demo_request"],
            definition.Criteria.Select(criterion => criterion.Id));

        var tier = Assert.Single(Assert.IsType<AttributeCriterion>(definition.Profile.Criteria[0]).Tiers);
        Assert.Equal(30, tier.Points);
        var decisionMaker = Assert.IsType<SubjectCondition>(Assert.Single(Assert.IsType<AllOf>(tier.If).Parts));
        Assert.Equal("job_title", decisionMaker.Subject);
        Assert.Equal(Operator.HasWord, Assert.Single(decisionMaker.Tests).Operator);
        Assert.Equal(["ceo", "cto", "vp", "directeur", "directrice", "head of"], decisionMaker.Tests[0].Texts);
        Assert.Equal([30, 20], Assert.IsType<AttributeCriterion>(definition.Profile.Criteria[1]).Tiers.Select(t => t.Points));

        var pricing = Assert.IsType<ActivityCriterion>(definition.Behaviour.Criteria[0]);
        Assert.Equal((15, 30, 1, new Decay(50, TimeSpan.FromDays(30))), (pricing.Points, pricing.AtMost, pricing.Needs, pricing.Decay));
        Assert.Equal([ActivityKind.Find("page_view")!], pricing.On);
        Assert.Equal("url", Assert.IsType<ActivityCriterion>(definition.Behaviour.Criteria[1]).DistinctBy);
        var repeated = Assert.IsType<ActivityCriterion>(definition.Behaviour.Criteria[2]);
        Assert.Equal((5, TimeSpan.FromDays(14), 10), (repeated.Needs, repeated.Within!.Value, repeated.AtMost!.Value));
        var demo = Assert.IsType<ActivityCriterion>(definition.Intent.Criteria[0]);
        Assert.Null(demo.Decay);
        Assert.Equal(["demo", "demonstration"], Assert.IsType<SubjectCondition>(Assert.IsType<AllOf>(demo.Where).Parts[0]).Tests[0].Texts);

        var student = definition.Exclusions[0];
        Assert.IsType<AnyOf>(Assert.IsType<AllOf>(student.Matching.If).Parts[0]);
        Assert.Empty(student.Matching.On);
        Assert.Equal(TimeSpan.FromDays(60), student.Unless!.Within);
        Assert.Null(definition.Exclusions[1].Unless);
        Assert.Equal(new Grades(60, 40, 20, 60, 30, 10), definition.Grades);

        var branches = Assert.IsType<AnyOf>(Assert.IsType<AllOf>(definition.Mql.When).Parts[0]).Parts;
        Assert.Equal(["profile", "total"], Assert.IsType<AllOf>(branches[0]).Parts.Cast<SubjectCondition>().Select(part => part.Subject));
        Assert.Equal(["profile", "criterion.demo_request"], Assert.IsType<AllOf>(branches[1]).Parts.Cast<SubjectCondition>().Select(part => part.Subject));
        Assert.Equal(["demo_request"], definition.Mql.Always);
        Assert.Equal((40, TimeSpan.FromDays(60)), (definition.Mql.DailyLimit!.Value, definition.Mql.ExpiresAfter!.Value));
        Assert.Equal(["need", "budget", "timeframe"], definition.Sql!.Evidence!.Of);
        Assert.Equal(2, definition.Sql.Evidence.AtLeast);

        Assert.Equal(TimeSpan.FromHours(8), definition.Sales.FirstContactWithin);
        Assert.Equal("Europe/Paris", definition.Sales.BusinessHours.Zone.Id);
        Assert.Equal([new LocalDate(2026, 12, 25)], definition.Sales.BusinessHours.Holidays);
        Assert.False(definition.Sales.TwoStep);
        Assert.Equal((TimeSpan.FromDays(30), TimeSpan.FromDays(90)), (definition.Sales.CoolDownFor("expired"), definition.Sales.CoolDownFor("deal_lost")));
        Assert.Equal(
            [("not_target", AfterRejection.Disqualify, null), ("no_need", AfterRejection.Recycle, 180), ("bad_timing", AfterRejection.Recycle, 90),
                ("no_authority", AfterRejection.Recycle, 30), ("unreachable", AfterRejection.Recycle, 30)],
            definition.Sales.RejectionReasons.Select(reason => (reason.Id, reason.Then, (int?)reason.After?.TotalDays)));
        Assert.Equal(new Targets(new NumberRange(15, 25), 0.35, 0.9, 0.95), definition.Targets);
        Assert.Matches("^[0-9a-f]{64}$", definition.AgreementFingerprint);
        Assert.Matches("^[0-9a-f]{64}$", definition.ScoringFingerprint);
    }

    [Fact]
    public void What_a_definition_leaves_out_has_its_default()
    {
        var definition = Examples.Valid(Examples.Minimal());

        Assert.Null(definition.IdealCustomer);
        Assert.Equal(Language.English, definition.Language);
        Assert.Equal(TimeSpan.FromDays(90), definition.ReviewEvery);
        Assert.Empty(definition.Attributes.Declared);
        Assert.Equal(["email"], definition.Requires);
        Assert.Equal([100, 100, 100], definition.Sections.Select(section => section.Cap));
        Assert.Empty(definition.Behaviour.Criteria);
        Assert.Empty(definition.Intent.Criteria);
        Assert.Empty(definition.Exclusions);
        Assert.Null(definition.Grades);
        Assert.Empty(definition.Mql.Always);
        Assert.Null(definition.Mql.DailyLimit);
        Assert.Null(definition.Mql.ExpiresAfter);
        Assert.Null(definition.Sql);
        Assert.Null(definition.Targets);
        Assert.Equal(TimeSpan.FromHours(8), definition.Sales.FirstContactWithin);
        Assert.False(definition.Sales.TwoStep);
        Assert.Empty(definition.Sales.RejectionReasons);
        Assert.All(["expired", "deal_lost", "reason missing"], cause => Assert.Equal(TimeSpan.FromDays(90), definition.Sales.CoolDownFor(cause)));
        var hours = definition.Sales.BusinessHours;
        Assert.Equal((DateTimeZone.Utc, new LocalTime(9, 0), new LocalTime(18, 0)), (hours.Zone, hours.From, hours.To));
        Assert.Equal([IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday], hours.Days.Order());
        Assert.Empty(hours.Holidays);
    }

    [Fact]
    public void A_cause_that_cool_down_does_not_name_rests_90_days()
    {
        var sales = Examples.Valid(Examples.Minimal("sales: { cool_down: { deal_lost: 1w } }")).Sales;

        Assert.Equal(TimeSpan.FromDays(7), sales.CoolDownFor("deal_lost"));
        Assert.Equal(TimeSpan.FromDays(90), sales.CoolDownFor("expired"));
    }

    [Fact]
    public void An_activity_criterion_leaves_out_what_it_does_not_need()
    {
        var criterion = Assert.IsType<ActivityCriterion>(Examples.Valid(Examples.Minimal("behaviour: { criteria: [ { id: a, label: A, on: chat, points: 1 } ] }")).Behaviour.Criteria[0]);

        Assert.Equal((null, null, null, null, 1, null, null),
            (criterion.Where, criterion.If, criterion.AtMost, criterion.Within, criterion.Needs, criterion.DistinctBy, criterion.Decay));
    }

    [Theory]
    [InlineData("decay: { lose: 10%, every: 1w }", "", 10, 7)]
    [InlineData("decay: { lose: 10%, every: 1w }", "decay: { lose: 0%, every: 24h }", 0, 1)]
    [InlineData("decay: { lose: 10%, every: 1w }", "decay: none", null, null)]
    [InlineData("cap: 5", "decay: { lose: 100%, every: 1440m }", 100, 1)]
    [InlineData("decay: none", "", null, null)]
    public void A_criterion_s_decay_is_its_own_else_the_section_s(string section, string own, int? lose, int? days)
    {
        var yaml = Examples.Minimal($"behaviour: {{ {section}, criteria: [ {{ id: a, label: A, on: chat, points: 1{(own.Length > 0 ? ", " + own : "")} }} ] }}");

        var decay = Assert.IsType<ActivityCriterion>(Examples.Valid(yaml).Behaviour.Criteria[0]).Decay;

        Assert.Equal(lose is null ? null : new Decay(lose.Value, TimeSpan.FromDays(days!.Value)), decay);
    }

    [Theory]
    [InlineData("label: Plain", "Plain", "Plain")]
    [InlineData("label: 2026", "2026", "2026")]
    [InlineData("label: { en: One }", "One", "One")]
    [InlineData("label: { fr: Un }", "Un", "Un")]
    [InlineData("label: { en: One, fr: Un }", "One", "Un")]
    public void A_label_is_one_text_or_one_per_language(string label, string english, string french)
    {
        var read = Examples.Valid(Examples.Minimal($"intent: {{ criteria: [ {{ id: a, {label}, on: chat, points: 1 }} ] }}")).Intent.Criteria[0].Label;

        Assert.Equal((english, french), (read.In(Language.English), read.In(Language.French)));
    }
}
