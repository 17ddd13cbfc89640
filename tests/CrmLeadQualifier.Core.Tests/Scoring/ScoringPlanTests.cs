using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>Sections, tiers, exclusions, grades and status (definition language, sections 4 and 5).</summary>
public sealed class ScoringPlanTests
{
    private static string Profile(string criteria, string more = "") => $$"""
        definition: Profile
        schema: 1
        profile:
          cap: 50
          criteria: [{{criteria}}]
        mql: { when: { total: { at_least: 20 } } }
        {{more}}
        """;

    private static string Points(string id, string country, int points) => $$"""{ id: {{id}}, label: L, if: { country: {{country}} }, points: {{points}} }""";

    private static string Lead(string attributes, params string[] activities) =>
        $$"""{"id": "L", "attributes": {"email": "a@acme.fr"{{attributes}} }, "activities": [{{string.Join(", ", activities)}}]}""";

    private static string Form(TimeSpan age, string form = "demo") =>
        $$"""{"kind": "form_submission", "at": "{{Scored.At(Scored.Now) - age}}", "attributes": {"form": "{{form}}" } }""";

    [Theory]
    [InlineData(120, 30)]
    [InlineData(500, 30)]
    [InlineData(501, 20)]
    [InlineData(49, 0)]
    public void The_first_tier_that_holds_counts(int employees, int expected) => Assert.Equal(expected, Scored.Score(
        Profile("{ id: c, label: L, tiers: [ { if: { employees: { between: [50, 500] } }, points: 30 }, { if: { employees: { at_least: 100 } }, points: 20 } ] }"),
        Lead($", \"employees\": {employees}")).Profile);

    [Theory]
    [InlineData("FR", 50, -10L)]
    [InlineData("BE", 0, 40L)]
    [InlineData("CH", 50, null)]
    [InlineData("DE", 0, null)]
    public void A_section_is_held_between_0_and_its_cap(string country, int expected, long? adjustment)
    {
        var score = Scored.Score(
            Profile(string.Join(", ", Points("a", "FR", 45), Points("b", "[FR, CH]", 15), Points("c", "BE", -40), Points("d", "CH", 35))),
            Lead($", \"country\": \"{country}\""));

        Assert.Equal(expected, score.Profile);
        Assert.Equal(adjustment is null ? [] : [new("profile", adjustment.Value)], score.Adjustments);
    }

    [Fact]
    public void A_lead_without_what_is_required_is_unscorable_and_nothing_else()
    {
        var line = Scored.Line(Scored.Score(
            Profile(Points("a", "FR", 45), "requires: [company, email, country]"), """{"id": "L", "attributes": {"country": "FR"}}"""));

        Assert.Equal(
            """
            {"id": "L", "status": "unscorable", "profile": null, "behaviour": null, "intent": null, "total": null, "grade": null, "criteria": {}, "adjustments": {}, "excluded_by": [], "missing": ["company", "email"], "next_change_at": null}

            """, line);
    }

    [Fact]
    public void An_excluded_lead_has_its_scores_and_every_exclusion_that_matches()
    {
        var score = Scored.Score(
            Profile(Points("a", "FR", 45), """
                exclusions:
                  - { id: x1, label: L, if: { city: Lyon } }
                  - { id: x2, label: L, if: { city: Paris } }
                  - { id: x3, label: L, if: { country: FR } }
                """),
            Lead(", \"country\": \"FR\", \"city\": \"Lyon\""));

        Assert.Equal((LeadStatus.Excluded, 45), (score.Status, score.Total));
        Assert.Equal(["x1", "x3"], score.ExcludedBy);
    }

    [Theory]
    [InlineData("if: { city: Lyon }", true)]
    [InlineData("if: { city: Paris }", false)]
    [InlineData("on: form_submission", true)]
    [InlineData("on: [form_submission, call], where: { form: { contains: demo } }, within: 2d", true)]
    [InlineData("on: form_submission, where: { form: { contains: demo } }, within: 1d", false)]
    [InlineData("on: form_submission, where: { form: { contains: contact } }", false)]
    [InlineData("on: call", false)]
    [InlineData("on: form_submission, if: { city: Lyon }", true)]
    [InlineData("on: form_submission, if: { city: Paris }", false)]
    [InlineData("on: call, if: { city: Lyon }", false)]
    [InlineData("if: { city: Lyon }, unless: { on: form_submission, within: 2d }", false)]
    [InlineData("if: { city: Lyon }, unless: { on: form_submission, within: 1d }", true)]
    [InlineData("if: { city: Lyon }, unless: { if: { country: FR } }", false)]
    [InlineData("if: { city: Lyon }, unless: { if: { country: BE } }", true)]
    [InlineData("if: { city: Lyon }, unless: { if: { country: FR }, on: call }", true)]
    [InlineData("if: { city: Lyon }, unless: { if: { country: FR }, on: form_submission }", false)]
    public void An_exclusion_matches_unless_it_is_lifted(string exclusion, bool expected)
    {
        var score = Scored.Score(
            Profile(Points("a", "FR", 45), $$"""exclusions: [ { id: x, label: L, {{exclusion}} } ]"""),
            Lead(", \"country\": \"FR\", \"city\": \"Lyon\"", Form(TimeSpan.FromDays(1))));

        Assert.Equal(expected ? ["x"] : [], score.ExcludedBy);
        Assert.Equal(expected ? LeadStatus.Excluded : LeadStatus.Qualified, score.Status);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(", where: { url: { known: false } }", false)]
    public void An_approximate_activity_excludes_only_without_where(string where, bool expected)
    {
        var score = Scored.Score(
            Profile(Points("a", "FR", 45), $$"""exclusions: [ { id: x, label: L, on: page_view{{where}} } ]"""),
            Lead("", Scored.PageView(TimeSpan.Zero, more: ", \"approximate\": true")));

        Assert.Equal(expected ? 1 : 0, score.ExcludedBy.Count);
    }

    [Theory]
    [InlineData(50, 3, "A4")]
    [InlineData(45, 4, "A3")]
    [InlineData(44, 4, "C3")]
    [InlineData(20, 20, "C1")]
    [InlineData(19, 19, "D3")]
    [InlineData(0, 0, "D4")]
    public void Grades_are_the_first_thresholds_reached(int profile, int intent, string expected)
    {
        var score = Scored.Score($$"""
            definition: Grades
            schema: 1
            profile: { criteria: [ {{Points("a", "FR", profile == 0 ? 1 : profile)}} ] }
            intent: { criteria: [ { id: i, label: L, on: form_submission, points: {{(intent == 0 ? 1 : intent)}} } ] }
            grades:
              profile: { A: 45, C: 20 }
              engagement: { 1: 20, 3: 4 }
            mql: { when: { any: [ { grade: [A4, d3] }, { total: { at_least: 5000 } } ] } }
            """.Replace(", { total: { at_least: 5000 } }", "", StringComparison.Ordinal),
            Lead(profile == 0 ? "" : ", \"country\": \"FR\"", intent == 0 ? [] : [Form(TimeSpan.Zero)]));

        Assert.Equal(expected, score.Grade);
        Assert.Equal(expected is "A4" or "D3" ? LeadStatus.Qualified : LeadStatus.NotYet, score.Status);
    }

    [Theory]
    [InlineData("{ profile: { at_least: 30 } }", true)]
    [InlineData("{ profile: { more_than: 30 } }", false)]
    [InlineData("{ behaviour: 7 }", true)]
    [InlineData("{ intent: { between: [9, 11] } }", true)]
    [InlineData("{ total: { at_least: 47 } }", true)]
    [InlineData("{ total: { at_least: 48 } }", false)]
    [InlineData("{ criterion.i: { at_least: 10 } }", true)]
    [InlineData("{ criterion.b: { at_least: 10 } }", false)]
    [InlineData("{ profile: { at_least: 30 }, total: { at_least: 100 } }", false)]
    [InlineData("{ any: [ { total: { at_least: 100 } }, { criterion.b: 7 } ] }", true)]
    [InlineData("{ none: [ { criterion.b: 7 } ] }", false)]
    public void Qualified_is_what_mql_when_says(string when, bool expected)
    {
        var score = Scored.Score($$"""
            definition: Quantities
            schema: 1
            profile: { criteria: [ {{Points("a", "FR", 30)}}, {{Points("z", "BE", 40)}} ] }
            behaviour: { criteria: [ { id: b, label: L, on: page_view, points: 7 } ] }
            intent: { criteria: [ { id: i, label: L, on: form_submission, points: 10 } ] }
            mql: { when: {{when}} }
            """, Lead(", \"country\": \"FR\"", Form(TimeSpan.Zero), Scored.PageView(TimeSpan.Zero)));

        Assert.Equal(expected ? LeadStatus.Qualified : LeadStatus.NotYet, score.Status);
    }

    [Fact]
    public void Facts_of_another_definition_s_attributes_are_refused()
    {
        var definition = Scored.Definition(Profile(Points("a", "FR", 45), "attributes: { seats: number }"));
        var plan = ScoringPlan.Compile(definition);
        var standard = new LeadFactsBuilder(AttributeSchema.Standard).Build();

        Assert.Throws<ArgumentException>(() => plan.Score(standard, Scored.At(Scored.Now)));
    }
}
