namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>Every operator on every type that has it, on values that hold, that do not, and that are unknown (definition language, section 3).</summary>
public sealed class OperatorTests
{
    private const string Holds = "holds";
    private const string Fails = "fails";

    [Theory]
    // is, is_not, in, not_in on texts, folded
    [InlineData("country: FR", """{"country": "fr"}""", Holds)]
    [InlineData("country: FR", """{"country": "  ＦＲ "}""", Holds)]
    [InlineData("country: FR", """{"country": "FRA"}""", Fails)]
    [InlineData("country: FR", "{}", Fails)]
    [InlineData("country: { is: Île-de-France }", """{"country": "ile-de-france"}""", Holds)]
    [InlineData("country: { is_not: FR }", """{"country": "BE"}""", Holds)]
    [InlineData("country: { is_not: FR }", """{"country": "FR"}""", Fails)]
    [InlineData("country: { is_not: FR }", "{}", Fails)]
    [InlineData("country: { is_not: FR }", """{"country": " "}""", Fails)]
    [InlineData("country: [FR, BE]", """{"country": "BE"}""", Holds)]
    [InlineData("country: { in: [FR, BE] }", """{"country": "CH"}""", Fails)]
    [InlineData("country: { in: [FR, BE] }", "{}", Fails)]
    [InlineData("country: { not_in: [FR, BE] }", """{"country": "CH"}""", Holds)]
    [InlineData("country: { not_in: [FR, BE] }", """{"country": "FR"}""", Fails)]
    [InlineData("country: { not_in: [FR, BE] }", "{}", Fails)]
    [InlineData("postal_code: 01000", """{"postal_code": "01000"}""", Holds)]
    [InlineData("postal_code: 01000", """{"postal_code": 1000}""", Fails)]
    [InlineData("country: NO", """{"country": "no"}""", Holds)]
    // contains, not_contains
    [InlineData("job_title: { contains: tech }", """{"job_title": "Biotechnology"}""", Holds)]
    [InlineData("job_title: { contains: [sales, tech] }", """{"job_title": "Head of TECH"}""", Holds)]
    [InlineData("job_title: { contains: [sales, tech] }", """{"job_title": "Buyer"}""", Fails)]
    [InlineData("job_title: { contains: tech }", "{}", Fails)]
    [InlineData("job_title: { not_contains: [sales, tech] }", """{"job_title": "Buyer"}""", Holds)]
    [InlineData("job_title: { not_contains: [sales, tech] }", """{"job_title": "Presales"}""", Fails)]
    [InlineData("job_title: { not_contains: tech }", "{}", Fails)]
    [InlineData("job_title: { contains: C++ }", """{"job_title": "c++ developer"}""", Holds)]
    [InlineData("job_title: { contains: [aab, ab] }", """{"job_title": "aaab"}""", Holds)]
    [InlineData("job_title: { contains: x }", """{"job_title": "x"}""", Holds)]
    // has_word, has_no_word
    [InlineData("job_title: { has_word: CTO }", """{"job_title": "CTO & co-founder"}""", Holds)]
    [InlineData("job_title: { has_word: CTO }", """{"job_title": "Director"}""", Fails)]
    [InlineData("job_title: { has_word: CTO }", """{"job_title": "Director, CTO"}""", Holds)]
    [InlineData("job_title: { has_word: CTO }", """{"job_title": "CTO2"}""", Fails)]
    [InlineData("job_title: { has_word: CTO }", "{}", Fails)]
    [InlineData("job_title: { has_word: [VP, \"head of\"] }", """{"job_title": "Head -- of Sales"}""", Holds)]
    [InlineData("job_title: { has_word: [VP, \"head of\"] }", """{"job_title": "Head office"}""", Fails)]
    [InlineData("job_title: { has_word: [VP, \"head of\"] }", """{"job_title": "Figurehead of state"}""", Fails)]
    [InlineData("job_title: { has_word: [VP, \"head of\"] }", """{"job_title": "head head of"}""", Holds)]
    [InlineData("job_title: { has_word: directeur }", """{"job_title": "Directeur𝒳"}""", Fails)]
    [InlineData("job_title: { has_word: été }", """{"job_title": "job d'été"}""", Holds)]
    [InlineData("job_title: { has_no_word: [CTO, VP] }", """{"job_title": "Director"}""", Holds)]
    [InlineData("job_title: { has_no_word: [CTO, VP] }", """{"job_title": "VP Sales"}""", Fails)]
    [InlineData("job_title: { has_no_word: CTO }", "{}", Fails)]
    // starts_with, ends_with, matches
    [InlineData("email_domain: { starts_with: [mail., smtp.] }", """{"email": "a@mail.acme.fr"}""", Holds)]
    [InlineData("email_domain: { starts_with: mail. }", """{"email": "a@acme.fr"}""", Fails)]
    [InlineData("email_domain: { starts_with: mail. }", "{}", Fails)]
    [InlineData("email_domain: { ends_with: [.edu, .ac.uk] }", """{"email": "a@ox.ac.uk"}""", Holds)]
    [InlineData("email_domain: { ends_with: .edu }", """{"email": "a@edu"}""", Fails)]
    [InlineData("email_domain: { ends_with: .edu }", "{}", Fails)]
    [InlineData("phone: { matches: '^\\+33' }", """{"phone": "+33 4"}""", Holds)]
    [InlineData("phone: { matches: '^\\+33' }", """{"phone": "0033"}""", Fails)]
    [InlineData("phone: { matches: '^\\+33' }", "{}", Fails)]
    [InlineData("job_title: { matches: 'C.O' }", """{"job_title": "ceo"}""", Holds)]
    // known
    [InlineData("phone: { known: true }", """{"phone": "1"}""", Holds)]
    [InlineData("phone: { known: true }", """{"phone": ""}""", Fails)]
    [InlineData("phone: { known: true }", "{}", Fails)]
    [InlineData("phone: { known: false }", """{"phone": null}""", Holds)]
    [InlineData("phone: { known: false }", "{}", Holds)]
    [InlineData("phone: { known: false }", """{"phone": "1"}""", Fails)]
    [InlineData("employees: { known: false }", """{"employees": "many"}""", Holds)]
    // numbers
    [InlineData("employees: 50", """{"employees": 50.0}""", Holds)]
    [InlineData("employees: 50", """{"employees": "5e1"}""", Holds)]
    [InlineData("employees: { is_not: 50 }", """{"employees": 51}""", Holds)]
    [InlineData("employees: { is_not: 50 }", "{}", Fails)]
    [InlineData("employees: [50, 60]", """{"employees": 60}""", Holds)]
    [InlineData("employees: { not_in: [50, 60] }", """{"employees": 60}""", Fails)]
    [InlineData("employees: { not_in: [50, 60] }", """{"employees": 55}""", Holds)]
    [InlineData("employees: { not_in: [50, 60] }", "{}", Fails)]
    [InlineData("employees: { at_least: 50 }", """{"employees": 50}""", Holds)]
    [InlineData("employees: { at_least: 50 }", """{"employees": 49.999}""", Fails)]
    [InlineData("employees: { at_least: 50 }", "{}", Fails)]
    [InlineData("employees: { at_most: 50 }", """{"employees": 50}""", Holds)]
    [InlineData("employees: { at_most: 50 }", """{"employees": 50.001}""", Fails)]
    [InlineData("employees: { at_most: 50 }", "{}", Fails)]
    [InlineData("employees: { more_than: 50 }", """{"employees": 50}""", Fails)]
    [InlineData("employees: { more_than: 50 }", """{"employees": 51}""", Holds)]
    [InlineData("employees: { more_than: 50 }", "{}", Fails)]
    [InlineData("employees: { less_than: 50 }", """{"employees": 50}""", Fails)]
    [InlineData("employees: { less_than: 50 }", """{"employees": 49}""", Holds)]
    [InlineData("employees: { less_than: 50 }", "{}", Fails)]
    [InlineData("employees: { between: [50, 500] }", """{"employees": 50}""", Holds)]
    [InlineData("employees: { between: [50, 500] }", """{"employees": 500}""", Holds)]
    [InlineData("employees: { between: [50, 500] }", """{"employees": 501}""", Fails)]
    [InlineData("employees: { between: [50, 500] }", """{"employees": 49}""", Fails)]
    [InlineData("employees: { between: [50, 500] }", "{}", Fails)]
    [InlineData("employees: { at_least: 10, less_than: 20 }", """{"employees": 20}""", Fails)]
    [InlineData("employees: { at_least: 10, less_than: 20 }", """{"employees": 10}""", Holds)]
    // booleans
    [InlineData("is_customer: true", """{"is_customer": "YES"}""", Holds)]
    [InlineData("is_customer: true", """{"is_customer": 0}""", Fails)]
    [InlineData("is_customer: false", """{"is_customer": "No"}""", Holds)]
    [InlineData("is_customer: false", "{}", Fails)]
    [InlineData("is_customer: { is_not: true }", """{"is_customer": false}""", Holds)]
    [InlineData("is_customer: { is_not: true }", "{}", Fails)]
    [InlineData("is_customer: { not_in: [true] }", """{"is_customer": false}""", Holds)]
    // dates; T is 2026-11-23T09:30:00Z
    [InlineData("created_at: 2026-11-01", """{"created_at": "2026-11-01T01:00:00+01:00"}""", Holds)]
    [InlineData("created_at: { is_not: 2026-11-01 }", """{"created_at": "2026-11-02"}""", Holds)]
    [InlineData("created_at: { is_not: 2026-11-01 }", "{}", Fails)]
    [InlineData("created_at: [2026-11-01, 2026-11-02]", """{"created_at": "2026-11-02"}""", Holds)]
    [InlineData("created_at: { at_least: 2026-11-01 }", """{"created_at": "2026-10-31T23:59:59.999Z"}""", Fails)]
    [InlineData("created_at: { at_least: 2026-11-01 }", """{"created_at": "2026-11-01"}""", Holds)]
    [InlineData("created_at: { less_than: 2026-11-01 }", """{"created_at": "2026-10-31T23:59:59.999Z"}""", Holds)]
    [InlineData("created_at: { between: [2026-11-01, 2026-11-02] }", """{"created_at": "2026-11-02"}""", Holds)]
    [InlineData("created_at: { between: [2026-11-01, 2026-11-02] }", """{"created_at": "2026-11-02T00:00:00.001Z"}""", Fails)]
    [InlineData("created_at: { within: 1d }", """{"created_at": "2026-11-23T09:30:00Z"}""", Holds)]
    [InlineData("created_at: { within: 1d }", """{"created_at": "2026-11-23T09:30:00.001Z"}""", Fails)]
    [InlineData("created_at: { within: 1d }", """{"created_at": "2026-11-22T09:30:00.001Z"}""", Holds)]
    [InlineData("created_at: { within: 1d }", """{"created_at": "2026-11-22T09:30:00Z"}""", Fails)]
    [InlineData("created_at: { within: 1d }", "{}", Fails)]
    [InlineData("created_at: { not_within: 1d }", """{"created_at": "2026-11-22T09:30:00Z"}""", Holds)]
    [InlineData("created_at: { not_within: 1d }", """{"created_at": "2027-11-22"}""", Holds)]
    [InlineData("created_at: { not_within: 1d }", """{"created_at": "2026-11-23"}""", Fails)]
    [InlineData("created_at: { not_within: 1d }", "{}", Fails)]
    // lists: a positive test for some element, a negative one for every element
    [InlineData("interests: crm", """{"interests": ["erp", "CRM"]}""", Holds)]
    [InlineData("interests: crm", """{"interests": "erp;crm"}""", Holds)]
    [InlineData("interests: crm", """{"interests": ["crm suite"]}""", Fails)]
    [InlineData("interests: { is_not: crm }", """{"interests": ["erp", "crm"]}""", Fails)]
    [InlineData("interests: { is_not: crm }", """{"interests": ["erp", "bi"]}""", Holds)]
    [InlineData("interests: { is_not: crm }", """{"interests": []}""", Fails)]
    [InlineData("interests: { not_in: [crm, bi] }", """{"interests": ["erp", "bi"]}""", Fails)]
    [InlineData("interests: { contains: rm }", """{"interests": ["erp", "crm"]}""", Holds)]
    [InlineData("interests: { not_contains: rm }", """{"interests": ["erp", "crm"]}""", Fails)]
    [InlineData("interests: { has_word: suite }", """{"interests": ["crm suite"]}""", Holds)]
    [InlineData("interests: { has_no_word: suite }", """{"interests": ["erp", "crm suite"]}""", Fails)]
    [InlineData("interests: { has_no_word: suite }", """{"interests": ["erp", "suites"]}""", Holds)]
    [InlineData("interests: { starts_with: cr }", """{"interests": ["erp", "crm"]}""", Holds)]
    [InlineData("interests: { ends_with: rp }", """{"interests": ["erp", "crm"]}""", Holds)]
    [InlineData("interests: { matches: '^e.p$' }", """{"interests": ["erp", "crm"]}""", Holds)]
    [InlineData("interests: { known: true }", """{"interests": [null, " ", {}]}""", Fails)]
    // combinators
    [InlineData("none: [ { country: FR } ]", "{}", Holds)]
    [InlineData("none: [ { country: FR }, { city: Lyon } ]", """{"city": "Lyon"}""", Fails)]
    [InlineData("any: [ { country: FR }, { city: Lyon } ]", """{"city": "Lyon"}""", Holds)]
    [InlineData("any: [ { country: FR }, { city: Lyon } ]", "{}", Fails)]
    [InlineData("all: [ { country: FR }, { city: Lyon } ]", """{"city": "Lyon"}""", Fails)]
    [InlineData("country: FR, city: Lyon", """{"city": "Lyon", "country": "FR"}""", Holds)]
    [InlineData("country: FR, city: Lyon", """{"city": "Lyon"}""", Fails)]
    [InlineData("country: FR, none: [ { city: Lyon } ]", """{"country": "FR"}""", Holds)]
    // email_domain is derived
    [InlineData("email_domain: acme.fr", """{"email": "\"a@b\"@Acme.FR "}""", Holds)]
    [InlineData("email_domain: { known: false }", """{"email": "nobody", "email_domain": "acme.fr"}""", Holds)]
    [InlineData("email_domain: { known: false }", """{"email": "nobody@"}""", Holds)]
    public void A_condition_on_a_lead(string condition, string attributes, string expected)
    {
        var score = Scored.Score($$"""
            definition: Operators
            schema: 1
            requires: []
            profile:
              criteria:
                - { id: c, label: C, if: { {{condition}} }, points: 7 }
            mql: { when: { total: { at_least: 1 } } }
            """, $$"""{"id": "L", "attributes": {{attributes}}}""");

        Assert.Equal(expected == Holds ? 7 : 0, score.Profile);
    }

    [Theory]
    [InlineData("page_view", "url: { contains: /blog }", """{"url": "https://x.fr/BLOG/1"}""", Holds)]
    [InlineData("page_view", "url: { contains: [/a, /blog] }", """{"url": "https://x.fr/b"}""", Fails)]
    [InlineData("page_view", "url: { contains: /blog }", "{}", Fails)]
    [InlineData("page_view", "url: { not_contains: /blog }", """{"url": "https://x.fr"}""", Holds)]
    [InlineData("page_view", "url: { not_contains: /blog }", "{}", Fails)]
    [InlineData("page_view", "url: { known: false }", "{}", Holds)]
    [InlineData("page_view", "url: { known: true }", """{"url": 5}""", Holds)]
    [InlineData("page_view", "title: { has_word: pricing }, url: { starts_with: 'https:' }", """{"url": "https://x.fr", "title": "Our pricing"}""", Holds)]
    [InlineData("page_view", "title: { has_word: pricing }, url: { starts_with: 'https:' }", """{"url": "https://x.fr", "title": "Repricing"}""", Fails)]
    [InlineData("[page_view, form_submission]", "form: { known: false }", "{}", Holds)]
    [InlineData("[page_view, form_submission]", "form: { contains: demo }", """{"form": "demo"}""", Fails)]
    [InlineData("[page_view, call]", "duration_seconds: { known: false }", "{}", Holds)]
    [InlineData("page_view", "any: [ { url: { ends_with: .pdf } }, { title: Guide } ]", """{"title": "GUIDE"}""", Holds)]
    public void A_condition_on_a_page_view(string on, string where, string attributes, string expected)
    {
        var score = Scored.Score(
            Scored.Behaviour($"on: {on}, where: {{ {where} }}, points: 7"), Scored.Activities(Scored.PageView(TimeSpan.Zero, attributes)));

        Assert.Equal(expected == Holds ? 7 : 0, score.Behaviour);
    }

    [Theory]
    [InlineData("{ at_least: 60 }", "60", Holds)]
    [InlineData("{ at_least: 60 }", "\"59.9\"", Fails)]
    [InlineData("{ at_least: 60 }", "null", Fails)]
    [InlineData("{ is_not: 60 }", "\"long\"", Fails)]
    [InlineData("{ known: true }", "0", Holds)]
    [InlineData("{ between: [1, 2] }", "2", Holds)]
    public void A_condition_on_a_call_s_duration(string test, string duration, string expected)
    {
        var score = Scored.Score(
            Scored.Behaviour($"on: call, where: {{ duration_seconds: {test} }}, points: 7"),
            $$"""{"id": "L", "activities": [{"kind": "call", "at": "{{Scored.Now}}", "attributes": {"duration_seconds": {{duration}} } }]}""");

        Assert.Equal(expected == Holds ? 7 : 0, score.Behaviour);
    }

    [Fact]
    public void More_substrings_than_one_scan_holds_are_still_all_found()
    {
        var title = string.Join(' ', Enumerable.Range(0, 90).Where(i => i % 3 == 0).Select(i => $"w{i}x"));
        var criteria = string.Join("\n    ", Enumerable.Range(0, 90).Select(i =>
            $"- {{ id: c{i}, label: C, if: {{ job_title: {{ {(i % 2 == 0 ? "contains" : "has_word")}: w{i}x }} }}, points: 1 }}"));

        var score = Scored.Score($$"""
            definition: Many
            schema: 1
            requires: []
            profile:
              criteria:
                {{criteria}}
            mql: { when: { total: { at_least: 1 } } }
            """, $$"""{"id": "L", "attributes": {"job_title": "{{title}}" } }""");

        Assert.Equal(Enumerable.Range(0, 90).Where(i => i % 3 == 0).Select(i => "c" + i), score.Criteria.Select(criterion => criterion.Id));
    }
}
