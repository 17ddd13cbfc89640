using System.Globalization;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// Made-up leads with texts of real length: URLs of 40 to 120 characters, job titles, subjects; 12 to 28 activities, 20 on average, over a year. The same seed gives the same leads.
/// </summary>
internal sealed class BenchmarkLeads(int seed, Instant now)
{
    private static readonly string[] Titles =
    [
        "Chief Executive Officer (CEO)", "Directeur des systèmes d'information", "Head of Customer Success, EMEA", "VP Sales & Partnerships", "Responsable marketing digital",
        "Senior Software Engineer", "Account Manager - Mid-Market", "Ingénieure qualité et procédés", "Consultant CRM senior", "Étudiant en master commerce international",
        "Stagiaire communication", "Chargée de clientèle entreprises", "Technical Lead, Data Platform", "Office Coordinator", "Contrôleur de gestion industriel", "Freelance growth marketer",
    ];

    private static readonly string[] Paths =
    [
        "/pricing", "/fr/tarifs", "/blog/2026/comment-choisir-son-crm-quand-on-est-une-pme-industrielle", "/blog/2026/how-to-agree-on-what-a-qualified-lead-is-in-one-meeting",
        "/docs/getting-started/connecting-your-first-portal", "/docs/api/reference/contacts/batch-update", "/customers/aciers-de-l-est-divides-its-response-time-by-four",
        "/clients/mutuelle-du-rhone", "/careers/account-executive-lyon", "/features/lead-routing", "/features/reporting/alignment-report", "/", "/fr/a-propos/equipe",
        "/webinars/aligning-marketing-and-sales", "/integrations/hubspot", "/fr/ressources/modeles/definition-du-lead-qualifie",
    ];

    private static readonly string[] Queries =
        ["", "?utm_source=newsletter&utm_medium=email&utm_campaign=2026-10-product-update", "?utm_source=linkedin&utm_medium=social", "?gclid=EAIaIQobChMI8Jv2", "#comments"];

    private static readonly string[] Forms =
        ["Request a demo - EN", "Demander une démonstration", "Contact us", "Formulaire de contact FR", "Newsletter footer", "Webinar registration", "Free trial sign-up (pricing page)"];

    private static readonly string[] Downloads =
        ["The guide to lead qualification", "Livre blanc : aligner marketing et ventes", "Whitepaper: scoring without black boxes", "Product sheet 2026", "Template: service level agreement"];

    private static readonly string[] Domains =
        ["gmail.com", "orange.fr", "aciers-est.fr", "mutuelle-rhone.fr", "northwind.example", "logistique-ouest.eu", "univ-lyon.edu", "rival.com", "contoso.example", "batiplus.be"];

    private readonly Random _random = new(seed);

    public LeadFacts[] Make(AttributeSchema schema, int count)
    {
        var builder = new LeadFactsBuilder(schema);
        return [.. Enumerable.Range(0, count).Select(number => Make(builder, number))];
    }

    private LeadFacts Make(LeadFactsBuilder builder, int number)
    {
        var domain = Pick(Domains);
        Set(100, "email", string.Create(CultureInfo.InvariantCulture, $"person{number}@{domain}"));
        Set(98, "company", "Company " + Pick(Titles).Length);
        Set(90, "job_title", Pick(Titles));
        Set(70, "employees", _random.Next(1, 1500).ToString(CultureInfo.InvariantCulture));
        Set(60, "annual_revenue", (_random.Next(1, 400) * 100_000).ToString(CultureInfo.InvariantCulture));
        Set(75, "industry", Pick("Manufacturing", "Software", "Logistics", "Retail", "Education", "Construction", "Health care"));
        Set(85, "country", Pick("FR", "BE", "CH", "DE", "ES", "US", "GB"));
        Set(50, "department", Pick("Sales", "Marketing", "IT", "Operations", "Finance"));
        Set(50, "seniority", Pick("C-Level", "Director", "Manager", "Entry"));
        Set(55, "phone", "+33 4 72 00 00 00");
        Set(80, "company_domain", domain);
        Set(40, "interests", Pick("CRM;ERP", "Marketing automation", "Reporting;Sales enablement;Coaching", "Recruiting"));
        Set(90, "source", Pick("Organic search", "Referral: customer", "Partner: Agence Durand", "Paid search", "Direct traffic", "Social"));
        Set(30, "seats_wanted", _random.Next(1, 80).ToString(CultureInfo.InvariantCulture));
        Set(60, "is_customer", Pick("false", "false", "false", "false", "false", "false", "true"));
        for (var activities = _random.Next(12, 29); activities > 0; activities--)
        {
            var (kind, attributes) = Activity();
            builder.Add(null, kind, new Instant(now.UnixMilliseconds - (long)(_random.NextDouble() * _random.NextDouble() * 365 * 86_400_000)), false, attributes);
        }

        return builder.Build();

        void Set(int percent, string name, string raw)
        {
            if (_random.Next(100) < percent)
            {
                builder.Set(name, raw);
            }
        }
    }

    private (string Kind, Dictionary<string, string?> Attributes) Activity() => _random.Next(100) switch
    {
        < 50 => ("page_view", new() { ["url"] = "https://www.example-software.com" + Pick(Paths) + Pick(Queries), ["title"] = "Example Software | " + Pick(Titles) }),
        < 68 => ("email_open", new() { ["campaign"] = "2026-10 product update FR", ["subject"] = "Ce qui change en octobre" }),
        < 78 => ("email_click", new() { ["campaign"] = "2026-10 product update FR", ["url"] = "https://www.example-software.com" + Pick(Paths) }),
        < 84 => ("form_submission", new() { ["form"] = Pick(Forms), ["url"] = "https://www.example-software.com" + Pick(Paths) }),
        < 89 => ("content_download", new() { ["title"] = Pick(Downloads), ["url"] = "https://www.example-software.com/hubfs/guide.pdf" }),
        < 92 => ("event_registration", new() { ["event"] = "Salon de la relation client, Paris" }),
        < 94 => ("event_attendance", new() { ["event"] = "Salon de la relation client, Paris" }),
        < 97 => ("meeting", new() { ["title"] = "Discovery call", ["outcome"] = Pick("completed", "no show", "scheduled") }),
        < 99 => ("email_reply", new() { ["subject"] = "Re: your question about seats" }),
        _ => ("email_bounce", []),
    };

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
