using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class LeadFieldValuesTests
{
    private static readonly LeadScore Score = new()
    {
        Status = LeadStatus.Qualified,
        Profile = 45,
        Behaviour = 60,
        Intent = 60,
        Grade = "B1",
        Criteria =
        [
            new CriterionValue("decision_maker", 30), new CriterionValue("company_size", 30), new CriterionValue("freemail", -15),
            new CriterionValue("pricing_page", 75), new CriterionValue("demo_request", 60),
        ],
        Adjustments = [new("behaviour", -15)],
    };

    private static readonly Dictionary<string, Instant> Counted = new()
    {
        ["demo_request"] = Agreement.At("2026-11-21T10:00:00Z"),
        ["pricing_page"] = Agreement.At("2026-07-31T22:30:00Z"),
    };

    [Fact]
    public void The_hand_over_record_carries_every_field_in_normal_form()
    {
        var state = ALead.In(Stage.Mql) with
        {
            HandedOverAt = Agreement.At("2026-11-05T10:00:00.750Z"),
            PreviousVerdict = ALead.Says(VerdictValue.Rejected, -80, "bad_timing") with { By = "M. Roy" },
        };
        var expected = new Dictionary<string, string>
        {
            ["stage"] = "mql",
            ["status"] = "qualified",
            ["answer"] = "to_answer",
            ["score"] = "165",
            ["profile"] = "45",
            ["behaviour"] = "60",
            ["intent"] = "60",
            ["grade"] = "B1",
            ["reasons"] = "+75 Viewed pricing (1 Aug) · +60 Demo requested (21 Nov) · +30 Decision maker · +30 Company size · -15 Personal mailbox · -15 Cap on behaviour (60)",
            ["definition"] = "B2B SaaS France, version 3",
            ["handed_over_at"] = "2026-11-05T10:00:00Z",
            ["answer_due_at"] = "2026-11-30T09:00:00Z",
            ["first_contact_at"] = "",
            ["previous"] = "Rejected 12 Aug by M. Roy: bad timing",
            ["verdict_at"] = "",
            ["verdict_by"] = "",
        };
        Assert.Equal(expected, Values(state, Score));
    }

    [Fact]
    public void A_french_agreement_speaks_french()
    {
        var previous = ALead.Says(VerdictValue.Rejected, -80, "bad_timing") with { By = "M. Roy" };
        var values = Values(ALead.In(Stage.Mql) with { PreviousVerdict = previous }, Score, Agreement.French);
        Assert.Equal(
            "+75 Page tarifs consultée (1er août) · +60 Démo demandée (21 nov.) · +30 Décideur · +30 Taille d'entreprise · -15 Adresse personnelle · -15 Plafond du comportement (60)",
            values["reasons"]);
        Assert.Equal("Rejeté le 12 août par M. Roy\u00A0: mauvais timing", values["previous"]);
        Assert.Equal("B2B SaaS France, version 3", values["definition"]);
    }

    [Fact]
    public void The_points_in_the_reasons_add_up_to_the_score()
    {
        var points = Values(ALead.In(Stage.Lead), Score)["reasons"].Split(" · ").Sum(reason => int.Parse(reason.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Score.Total, points);
    }

    [Theory]
    [InlineData(Language.English, "-15 Personal mailbox · +15 Floor on profile (0)")]
    [InlineData(Language.French, "-15 Adresse personnelle · +15 Plancher du profil (0)")]
    public void A_section_lifted_to_zero_says_so(Language language, string reasons)
    {
        var score = new LeadScore { Status = LeadStatus.NotYet, Criteria = [new CriterionValue("freemail", -15)], Adjustments = [new("profile", 15)] };
        Assert.Equal(reasons, Values(ALead.In(Stage.Lead), score, Agreement.OneStep with { Language = language })["reasons"]);
    }

    [Theory]
    [InlineData(Language.English, "Cannot be scored, missing: company, job title, seats wanted")]
    [InlineData(Language.French, "Impossible à noter, il manque\u00A0: entreprise, fonction, seats wanted")]
    public void An_unscorable_lead_has_no_scores_and_says_what_is_missing(Language language, string reasons)
    {
        var score = new LeadScore { Status = LeadStatus.Unscorable, Missing = ["company", "job_title", "seats_wanted"] };
        var values = Values(ALead.In(Stage.Lead), score, Agreement.OneStep with { Language = language });
        Assert.Equal(reasons, values["reasons"]);
        Assert.All(["score", "profile", "behaviour", "intent", "grade"], field => Assert.Equal("", values[field]));
        Assert.Equal("unscorable", values["status"]);
    }

    [Theory]
    [InlineData(Language.English, "Excluded: Student, Competitor · +30 Decision maker")]
    [InlineData(Language.French, "Exclu\u00A0: Étudiant, Concurrent · +30 Décideur")]
    public void An_excluded_lead_has_its_scores_and_says_why_first(Language language, string reasons)
    {
        var score = new LeadScore { Status = LeadStatus.Excluded, Profile = 30, Criteria = [new CriterionValue("decision_maker", 30)], ExcludedBy = ["student", "competitor"] };
        var values = Values(ALead.In(Stage.Lead), score, Agreement.OneStep with { Language = language });
        Assert.Equal((reasons, "30", "excluded"), (values["reasons"], values["score"], values["status"]));
    }

    [Fact]
    public void The_clock_of_a_withdrawn_hand_over_shows_no_due_time() =>
        Assert.Equal("", Values(ALead.In(Stage.Mql) with { Answer = Answer.Withdrawn }, Score)["answer_due_at"]);

    [Theory]
    [InlineData(Language.English, "+30 Decision maker · see hub:7")]
    [InlineData(Language.French, "+30 Décideur · voir hub:7")]
    public void The_leads_other_records_name_the_hand_over_record(Language language, string reasons)
    {
        var score = new LeadScore { Status = LeadStatus.Qualified, Profile = 30, Criteria = [new CriterionValue("decision_maker", 30)] };
        var verdict = ALead.Says(VerdictValue.Qualified, 15) with { By = "automation" };
        var state = ALead.In(Stage.Mql) with { PreviousVerdict = verdict, Verdict = verdict };
        var definition = Agreement.OneStep with { Language = language };
        var values = LeadFieldValues.Of(definition, 1, state, score, Counted, isHandOverRecord: false, "hub:7");
        Assert.Equal(reasons, values["reasons"]);
        Assert.All(["answer", "handed_over_at", "answer_due_at", "previous"], field => Assert.Equal("", values[field]));
        Assert.Equal(("mql", "30", "2026-11-15T09:00:00Z"), (values["stage"], values["score"], values["verdict_at"]));
        Assert.Equal(language == Language.French ? "automatisation" : "automation", values["verdict_by"]);

        var nothing = LeadFieldValues.Of(definition, 1, state, Agreement.NotYet, Counted, isHandOverRecord: false, "hub:7");
        Assert.Equal(language == Language.French ? "voir hub:7" : "see hub:7", nothing["reasons"]);
        Assert.Equal("+30", LeadFieldValues.Of(definition, 1, state, score, Counted, false, null)["reasons"].Split(' ')[0]);
    }

    [Fact]
    public void Reasons_are_cut_to_fit_the_field_but_the_reference_stays()
    {
        var label = LocalizedText.Same(new string('x', 31_990) + "🙂🙂🙂🙂🙂🙂🙂");
        var definition = Agreement.OneStep with { Profile = new Section("profile", 100, [new AttributeCriterion("long", label, [])]) };
        var score = new LeadScore { Status = LeadStatus.NotYet, Profile = 1, Criteria = [new CriterionValue("long", 1)] };
        var own = LeadFieldValues.Of(definition, 1, ALead.In(Stage.Lead), score, Counted, true, null)["reasons"];
        var other = LeadFieldValues.Of(definition, 1, ALead.In(Stage.Lead), score, Counted, false, "hub:7")["reasons"];
        Assert.InRange(own.Length, 31_999, 32_000);
        Assert.EndsWith("🙂…", own, StringComparison.Ordinal);
        Assert.InRange(other.Length, 31_999, 32_000);
        Assert.EndsWith("… · see hub:7", other, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VerdictValue.Rejected, null, null, "Rejected 15 Nov, no reason given", "Rejeté le 15 nov., sans motif")]
    [InlineData(VerdictValue.Rejected, "moved", "A. Petit", "Rejected 15 Nov by A. Petit: moved", "Rejeté le 15 nov. par A. Petit\u00A0: moved")]
    [InlineData(VerdictValue.Accepted, null, "automation", "Accepted 15 Nov by automation", "Accepté le 15 nov. par automatisation")]
    [InlineData(VerdictValue.Qualified, null, null, "Qualified 15 Nov", "Qualifié le 15 nov.")]
    [InlineData(VerdictValue.Reopened, null, null, "Reopened 15 Nov", "Rouvert le 15 nov.")]
    public void The_previous_answer_is_a_sentence(VerdictValue value, string? reason, string? by, string english, string french)
    {
        var state = ALead.In(Stage.Mql) with { PreviousVerdict = ALead.Says(value, 15, reason) with { By = by } };
        Assert.Equal(english, Values(state, Score)["previous"]);
        Assert.Equal(french, Values(state, Score, Agreement.French)["previous"]);
    }

    [Fact]
    public void Every_field_has_texts_in_both_languages_and_every_choice_a_label()
    {
        var fields = FieldTexts.All.Select(text => text.Name).ToHashSet();
        Assert.Superset(Values(ALead.In(Stage.Lead), Score).Keys.ToHashSet(), fields);
        Assert.Equal(20, fields.Count);
        var texts = FieldTexts.All.SelectMany(text => new[] { text.Label, text.Description }.Concat(text.Choices.Select(choice => choice.Label)));
        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text.English) || string.IsNullOrWhiteSpace(text.French)));
        Assert.Equal(Enum.GetValues<Stage>().Select(stage => stage.Word()), FieldTexts.Of("stage").Choices.Select(choice => choice.Value));
        Assert.Equal(
            Enum.GetValues<LeadStatus>().Select(status => status.Word()).Order(),
            FieldTexts.Of("status").Choices.Select(choice => choice.Value).Order());
        Assert.Equal(Enum.GetValues<Answer>().Skip(1).Select(answer => answer.Word()), FieldTexts.Of("answer").Choices.Select(choice => choice.Value));
        Assert.Equal(Enum.GetValues<VerdictValue>().Select(verdict => verdict.Word()), FieldTexts.Of("verdict").Choices.Select(choice => choice.Value));
        Assert.Equal(("No need (retired)", "Pas de besoin (retiré)"), (FieldTexts.Retired("No need", Language.English), FieldTexts.Retired("Pas de besoin", Language.French)));
    }

    private static IReadOnlyDictionary<string, string> Values(LeadState state, LeadScore score, Definition? definition = null) =>
        LeadFieldValues.Of(definition ?? Agreement.OneStep, 3, state, score, Counted, isHandOverRecord: true, null);
}
