using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>The agreement of the scorer benchmark: 32 criteria, of which 14 on the profile, 10 decaying and bounded on behaviour, 3 on intent, and 5 exclusions.</summary>
internal static class BenchmarkAgreement
{
    public const string Yaml = """
        definition: Scorer benchmark
        schema: 1
        attributes: { seats_wanted: number }
        requires: [email, company]
        profile:
          cap: 100
          criteria:
            - { id: decision_maker, label: Decision maker, if: { job_title: { has_word: [CEO, CTO, VP, directeur, directrice, "head of"] } }, points: 30 }
            - { id: manager, label: Manager, if: { job_title: { has_word: [manager, responsable, lead] } }, points: 10 }
            - id: company_size
              label: Company size
              tiers:
                - { if: { employees: { between: [50, 500] } }, points: 30 }
                - { if: { employees: { at_least: 501 } }, points: 20 }
            - { id: revenue, label: Revenue, if: { annual_revenue: { at_least: 10000000 } }, points: 10 }
            - { id: industry, label: Industry, if: { industry: [manufacturing, software, logistics, construction] }, points: 15 }
            - { id: country, label: Country, if: { country: [FR, BE, CH, LU] }, points: 10 }
            - { id: freemail, label: Personal mailbox, if: { email_domain: [gmail.com, hotmail.com, orange.fr, yahoo.fr] }, points: -15 }
            - { id: department, label: Department, if: { department: [sales, marketing] }, points: 5 }
            - { id: seniority, label: Seniority, if: { seniority: [c-level, director] }, points: 10 }
            - { id: reachable, label: Reachable, if: { phone: { known: true } }, points: 3 }
            - { id: european_site, label: European site, if: { company_domain: { ends_with: [.fr, .be, .eu] } }, points: 5 }
            - { id: interested, label: Interested, if: { interests: { contains: [crm, automation] } }, points: 8 }
            - { id: referred, label: Referred, if: { source: { starts_with: [referral, partner] } }, points: 7 }
            - { id: seats, label: Seats, if: { seats_wanted: { at_least: 20 } }, points: 10 }
        behaviour:
          cap: 60
          decay: { lose: 50%, every: 30d }
          criteria:
            - { id: pricing_page, label: Pricing, on: page_view, where: { url: { contains: [/pricing, /tarifs] } }, points: 15, at_most: 30 }
            - { id: blog_reader, label: Blog, on: page_view, where: { url: { contains: /blog } }, points: 1, at_most: 5, distinct_by: url }
            - { id: documentation, label: Documentation, on: page_view, where: { url: { contains: /docs } }, points: 2, at_most: 10 }
            - { id: customer_stories, label: Customer stories, on: page_view, where: { url: { contains: [/customers, /clients] } }, points: 4, at_most: 12 }
            - { id: repeated_visits, label: Came back often, on: page_view, needs: 5, within: 14d, points: 2, at_most: 10 }
            - { id: opened, label: Opens e-mails, on: email_open, points: 1, at_most: 5 }
            - { id: clicked, label: Clicks in e-mails, on: email_click, points: 3, at_most: 12 }
            - { id: replied, label: Replied, on: email_reply, points: 10, at_most: 20 }
            - { id: downloaded, label: Downloaded, on: content_download, where: { title: { contains: [guide, "livre blanc", whitepaper] } }, points: 8, at_most: 24 }
            - { id: events, label: Events, on: [event_registration, event_attendance], points: 10, at_most: 20 }
        intent:
          cap: 100
          criteria:
            - { id: demo_request, label: Asked for a demo, on: form_submission, where: { form: { contains: [demo, démonstration] } }, points: 60, within: 60d }
            - { id: contact_form, label: Wrote to us, on: form_submission, where: { form: { contains: contact } }, points: 30, within: 30d }
            - { id: meeting, label: Met us, on: meeting, where: { outcome: completed }, points: 40, at_most: 80 }
        exclusions:
          - id: student
            label: Student
            if: { any: [ { job_title: { has_word: [student, étudiant, étudiante, stagiaire, alternant] } }, { email_domain: { ends_with: [.edu, .ac.uk] } } ] }
            unless: { on: form_submission, where: { form: { contains: [demo, démonstration] } }, within: 60d }
          - { id: competitor, label: Competitor, if: { email_domain: [rival.com, concurrent.fr] } }
          - { id: customer, label: Customer, if: { is_customer: true } }
          - { id: bounced, label: Bounced, on: email_bounce, within: 90d }
          - { id: job_seeker, label: Job seeker, on: page_view, where: { url: { contains: [/careers, /recrutement] } }, within: 30d }
        grades:
          profile: { A: 60, B: 40, C: 20 }
          engagement: { 1: 60, 2: 30, 3: 10 }
        mql:
          when:
            any:
              - { profile: { at_least: 40 }, total: { at_least: 80 } }
              - { profile: { at_least: 20 }, criterion.demo_request: { at_least: 1 } }
        """;

    public static Definition Read()
    {
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(Yaml), "benchmark.yaml");
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }
}
