using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Tests.Definitions;

namespace CrmLeadQualifier.Core.Tests.AgreementText;

public sealed class AgreementDiffTests
{
    private static readonly string English = File.ReadAllText(Path.Combine(Examples.Repository, "definitions", "b2b-software.en.yaml"));
    private static readonly string French = File.ReadAllText(Path.Combine(Examples.Repository, "definitions", "b2b-software.fr.yaml"));

    [Theory]
    [InlineData("definition: B2B software", "definition: B2B tools", "Name: B2B software -> B2B tools")]
    [InlineData("review_every: 90d", "review_every: 30d", "Review: every 90 days -> every 30 days")]
    [InlineData("  seats_wanted: number", "  seats_wanted: number\n  plan: text", "Own attribute added: plan (text)")]
    [InlineData("requires: [email, company]", "requires: [email]", "Scored only if we know: the e-mail address and the company name -> the e-mail address")]
    [InlineData("where: { url: { contains: /pricing } }\n      points: 15", "where: { url: { contains: /pricing } }\n      points: 20", "Viewed pricing: 15 -> 20 points")]
    [InlineData("at_most: 30                  # two", "at_most: 45                  # two", "Viewed pricing, maximum: 30 -> 45 points")]
    [InlineData("      at_most: 30                  # two visits say as much as ten\n", "", "Viewed pricing, maximum: 30 points -> none")]
    [InlineData("  cap: 60\n", "  cap: 80\n", "Behaviour, maximum: 60 -> 80 points")]
    [InlineData("lose: 50%, every: 30d", "lose: 25%, every: 30d", "Behaviour, fading: half of the points that it still has every 30 days -> a quarter of the points that it still has every 30 days")]
    [InlineData("label: Decision maker", "label: Boss", "Boss, name: Decision maker -> Boss")]
    [InlineData("\"managing director\"] } }, points: 35", "\"managing director\"] } }, points: 40", "Decision maker, case 1: 35 -> 40 points")]
    [InlineData("[VP, \"vice president\", director, \"head of\"]", "[VP, director, \"head of\", partner]", "Decision maker, case 2: added “partner”; removed “vice president”")]
    [InlineData("employees: { more_than: 1000 }", "employees: { more_than: 2000 }", "Company size, case 2: the company has more than 1,000 employees -> the company has more than 2,000 employees")]
    [InlineData("points: -20\n", "points: -10\n", "Personal mailbox: 20 points less -> 10 points less")]
    [InlineData("needs: 6 ", "needs: 4 ", "Came back often, at least: 6 -> 4")]
    [InlineData("within: 14d", "within: 30d", "Came back often, period: 14 days -> 30 days")]
    [InlineData("      at_most: 12\n      decay: none", "      at_most: 12", "Came back often, fading: none -> as its section")]
    [InlineData("- { profile: { at_least: 50 }, total: { at_least: 90 } }", "- { profile: { at_least: 50 }, total: { at_least: 70 } }", "MQL needs 70 instead of 90 (total score), with profile score at least 50")]
    [InlineData("      - { grade: { in: [A1, A2] } }\n", "", "No longer handed over when: the grade is A1 or A2")]
    [InlineData("{ grade: { in: [A1, A2] } }", "{ grade: { in: [A1, A2] } }\n      - { intent: { at_least: 90 } }", "Handed over also when: the intent score is at least 90")]
    [InlineData("always: [demo_request, contact_request]", "always: [demo_request]", "What ends a rest at once: “Asked for a demo” or “Wrote to us” -> “Asked for a demo”")]
    [InlineData("daily_limit: 25", "daily_limit: 40", "Held leads handed over a day: 25 -> 40")]
    [InlineData("  - id: competitor\n    label: Competitor\n    if: { email_domain: { in: [rival.example, other-rival.example] } }   # put yours here\n", "", "Exclusion removed: Competitor")]
    [InlineData("exclusions:\n", "exclusions:\n  - { id: press, label: Press, if: { job_title: { has_word: journalist } } }\n", "Exclusion added: Press (the job title contains the word “journalist”)")]
    [InlineData("unless: { on: form_submission, where: { form: { contains: demo } }, within: 60d }", "unless: { on: form_submission, where: { form: { contains: demo } }, within: 30d }", "Student or teacher, unless, period: 60 days -> 30 days")]
    [InlineData("engagement: { 1: 70", "engagement: { 1: 75", "Grade, digit: The digit says what they do and want: 1 from 70 points of behaviour and intent together, 2 from 40, 3 from 15, 4 below. -> The digit says what they do and want: 1 from 75 points of behaviour and intent together, 2 from 40, 3 from 15, 4 below.")]
    [InlineData("first_contact_within: 4h", "first_contact_within: 8h", "First contact within: 4 hours -> 8 hours")]
    [InlineData("two_step: true", "two_step: false", "What accepting a lead means: SAL -> SQL")]
    [InlineData("label: Bad timing, then: recycle, after: 90d", "label: Bad timing, then: recycle, after: 60d", "Bad timing: Back to marketing; may return after 90 days -> Back to marketing; may return after 60 days")]
    [InlineData("mql_to_sql: { at_least: 35% }", "mql_to_sql: { at_least: 40% }", "Promise, leads that become SQL: at least 35% -> at least 40%")]
    public void A_change_is_said_in_plain_words(string before, string after, string said)
    {
        Assert.Contains(before, English, StringComparison.Ordinal);
        var change = Assert.Single(Diff(English, English.Replace(before, after, StringComparison.Ordinal), Language.English).Changes);

        Assert.Equal(said, change.Text);
    }

    [Fact]
    public void In_french_too()
    {
        var diff = Diff(French, French.Replace("points: 15\n      at_most: 30                  # deux", "points: 20\n      at_most: 30                  # deux").Replace("total: { at_least: 90 }", "total: { at_least: 70 }"), Language.French);

        Assert.Equal(["Page tarifs consultée\u00A0: 15 -> 20\u00A0points", "Un MQL exige 70 au lieu de 90 (score total), avec score de profil au moins 50"], diff.Changes.Select(change => change.Text));
        Assert.Equal("2 changements\u00A0; à l’entrée en vigueur, tous les leads seront notés de nouveau.", diff.Summary);
    }

    [Fact]
    public void What_changes_words_only_scores_nobody_again()
    {
        var diff = Diff(English, English.Replace("label: Viewed pricing", "label: Looked at prices"), Language.English);

        Assert.False(diff.Rescores);
        Assert.Equal("1 change; no score changes.", diff.Summary);
    }

    [Fact]
    public void Another_order_of_the_same_rules_is_said_to_be_that()
    {
        var diff = Diff(English, English.Replace("requires: [email, company]", "requires: [company, email]"), Language.English);
        var shorter = Diff(English, English.Replace("country: { in: [United", "country: { in: [United").Replace("{ is_customer: true }", "{ is_customer: { is: true } }"), Language.English);

        Assert.Single(diff.Changes);
        Assert.Equal(["The same, written otherwise (the order of criteria, a short form or a long one)."], shorter.Changes.Select(change => change.Text));
    }

    [Fact]
    public void The_same_content_has_no_change()
    {
        var diff = Diff(English, English + "\n# a comment", Language.English);

        Assert.True(diff.IsSame);
        Assert.Empty(diff.Changes);
        Assert.Equal("Both say exactly the same.", diff.Summary);
    }

    [Fact]
    public void A_page_of_changes_has_what_a_reader_may_not_inject()
    {
        var html = DiffFormats.AsHtml(Diff(English, English.Replace("label: Viewed pricing", "label: <script>x</script>"), Language.English), "version 1", "<b>");

        Assert.Contains("&lt;script&gt;x&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    private static AgreementDiff Diff(string before, string after, Language language) =>
        AgreementDiff.Between(Read(before), Read(after), language);

    private static Definition Read(string yaml)
    {
        var reading = Examples.Read(yaml);
        return reading.Definition ?? throw new InvalidDataException(string.Join('\n', reading.Problems));
    }
}
