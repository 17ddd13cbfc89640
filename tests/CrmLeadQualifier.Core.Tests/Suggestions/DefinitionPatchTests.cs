using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Tests.Definitions;

namespace CrmLeadQualifier.Core.Tests.Suggestions;

public sealed class DefinitionPatchTests
{
    private const string Exclusion = """{ id: small, label: "employees < 50", if: { employees: { less_than: 50 } } }""";

    [Fact]
    public void A_change_keeps_the_words_the_layout_and_the_comments_around_it()
    {
        var before = Examples.Language;
        var patch = new DefinitionPatch(before);
        patch.SetPoints("pricing_page", 0, 20);
        patch.SetPoints("company_size", 1, -5);
        patch.Remove("decision_maker");
        patch.Remove("repeated_visits");
        patch.AddExclusion(Exclusion);
        patch.AddCriterion("profile", """{ id: everybody, label: Everybody, if: { email: { known: true } }, points: 7 }""");
        patch.SetProfileCap(150);

        var (yaml, after) = patch.Apply("a.yaml")!.Value;

        Assert.Equal(
            ["everybody", "company_size", "freemail", "pricing_page", "blog_reader", "demo_request"], after.Criteria.Select(criterion => criterion.Id));
        Assert.Equal((20, 40), after.Criteria.OfType<ActivityCriterion>().Where(criterion => criterion.Id == "pricing_page").Select(criterion => (criterion.Points, criterion.AtMost!.Value)).Single());
        Assert.Equal([30, -5], after.Criteria.OfType<AttributeCriterion>().Single(criterion => criterion.Id == "company_size").Tiers.Select(tier => tier.Points));
        Assert.Equal(["small", "student", "competitor"], after.Exclusions.Select(exclusion => exclusion.Id));
        Assert.Equal(150, after.Profile.Cap);
        var kept = before.Split('\n').Where(line => line.Contains('#')).ToList();
        Assert.True(kept.Count > 5);
        Assert.All(kept, line => Assert.Contains(line.TrimEnd(), yaml));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    [InlineData("third")]
    public void A_criterion_goes_from_a_list_in_brackets_too(string id)
    {
        var patch = new DefinitionPatch("""
            definition: Brackets
            schema: 1
            profile: { criteria: [ { id: first, label: "a, b}", if: { job_title: CEO }, points: 50 }, { id: second, label: It's, if: { country: FR }, points: 20 },
                                   { id: third, label: C, if: { phone: { known: true } }, points: 10 } ] }
            exclusions: []
            mql: { when: { total: { at_least: 10 } } }
            """);
        patch.Remove(id);
        patch.AddExclusion(Exclusion);
        patch.SetProfileCap(60);
        patch.Set(Assert.Single(patch.Thresholds), 5);

        var (yaml, after) = patch.Apply("a.yaml")!.Value;

        Assert.Equal(new[] { "first", "second", "third" }.Where(other => other != id), after.Criteria.Select(criterion => criterion.Id));
        Assert.Equal("small", Assert.Single(after.Exclusions).Id);
        Assert.Equal(60, after.Profile.Cap);
        Assert.Contains("at_least: 5 }", yaml);
    }

    [Fact]
    public void A_section_that_is_not_there_is_added_at_the_end()
    {
        var patch = new DefinitionPatch("""
            definition: Intent only
            schema: 1
            intent: { criteria: [ { id: demo, label: Demo, on: form_submission, points: 50 } ] }
            mql: { when: { total: { at_least: 10 } } }
            """);
        patch.AddCriterion("profile", """{ id: boss, label: Boss, if: { job_title: CEO }, points: 7 }""");
        patch.AddExclusion(Exclusion);

        var after = patch.Apply("a.yaml")!.Value.Definition;

        Assert.Equal(["boss", "demo"], after.Criteria.Select(criterion => criterion.Id));
        Assert.Single(after.Exclusions);
    }
}
