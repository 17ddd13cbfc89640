using System.Globalization;
using System.Text;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Sales;

namespace CrmLeadQualifier.Sandbox.Generating;

/// <summary>Makes up the people of a B2B software company's portal. The same seed and start give the same people, whoever asks.</summary>
internal sealed class PeopleGenerator(int seed, long start, IReadOnlyList<Owner> owners)
{
    private const long Day = 86_400_000;
    private const string Accented = "àâäçéèêëîïôöùûü";
    private const string Unaccented = "aaaceeeeiioouuu";

    private static readonly string[] Sources = ["ORGANIC_SEARCH", "ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "SOCIAL_MEDIA", "EMAIL_MARKETING",
        "REFERRALS", "OFFLINE"];

    private static readonly (int Least, int Most)[] Sizes = [(1, 9), (10, 49), (50, 249), (50, 249), (250, 500), (501, 4_000)];

    private readonly Random _random = new(seed);
    private readonly List<Company> _companies = [];
    private readonly HashSet<string> _domains = new(StringComparer.Ordinal);
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);

    public List<Lead> Make(int count)
    {
        for (var i = 0; i < Math.Max(4, count / 3); i++)
            _companies.Add(MakeCompany(Chance(0.6) ? Words.French : Words.English));
        var people = new List<Lead>(count);
        for (var i = 1; i <= count; i++)
            people.Add(MakePerson($"P{i}"));
        return people;
    }

    /// <summary>
    /// People who asked for a demo in the course of the past year, each of whom the sales team answered. They speak English: what became of them is to be told from who they
    /// are, not from the language of the pages that they saw.
    /// </summary>
    public List<Lead> MakeAnswered(int count)
    {
        var companies = Enumerable.Range(0, Math.Max(4, count / 2)).Select(_ => MakeCompany(Words.English)).ToList();
        var people = new List<Lead>(count);
        for (var i = 1; i <= count; i++)
            people.Add(MakeAnsweredPerson($"A{i}", Pick(companies)));
        return people;
    }

    private Lead MakeAnsweredPerson(string id, Company company)
    {
        var lead = new Lead(id);
        var askedAt = start - (long)(((2 * PastAnswers.LongestDays) + (_random.NextDouble() * 340)) * Day);
        var createdAt = askedAt - (long)(_random.NextDouble() * 10 * Day);
        var (first, last) = Introduce(lead, company.Words);
        Text(lead, "created_at", Instant.Iso(createdAt));
        Text(lead, "source", Pick(Sources));
        Text(lead, "email", Address(first, last, company.Domain));
        Employ(lead, company);
        Text(lead, "owner_email", owners[_random.Next(3)].Email);
        new Journey(_random, company.Words, lead, createdAt, start).Ask(askedAt);
        PastAnswers.Give(lead, askedAt, _random);
        lead.Activities.Sort((a, b) => a.At.CompareTo(b.At));
        return lead;
    }

    private (string First, string Last) Introduce(Lead lead, Words words)
    {
        var (first, last) = (Pick(words.FirstNames), Pick(words.LastNames));
        Text(lead, "first_name", first);
        Text(lead, "last_name", last);
        Text(lead, "language", words.Language);
        return (first, last);
    }

    private Lead MakePerson(string id)
    {
        var lead = new Lead(id);
        var kind = _random.NextDouble() switch
        {
            < 0.74 => PersonKind.Professional,
            < 0.84 => PersonKind.PersonalMailbox,
            < 0.90 => PersonKind.Student,
            < 0.925 => PersonKind.Competitor,
            < 0.965 => PersonKind.WithoutEmail,
            _ => PersonKind.Customer,
        };
        var company = Pick(_companies);
        var words = kind is PersonKind.Student or PersonKind.Competitor ? (Chance(0.6) ? Words.French : Words.English) : company.Words;
        var (first, last) = Introduce(lead, words);
        var createdAt = start - (long)((_random.NextDouble() * 240 * Day) + 3_600_000);
        Text(lead, "created_at", Instant.Iso(createdAt));
        Text(lead, "source", kind == PersonKind.WithoutEmail ? "OFFLINE" : Pick(Sources));
        switch (kind)
        {
            case PersonKind.Student:
                var school = Pick(words.Schools);
                Text(lead, "email", Address(first, last, school.Domain));
                Text(lead, "company", school.Name);
                Text(lead, "job_title", Pick(words.Students));
                break;
            case PersonKind.Competitor:
                Text(lead, "email", Address(first, last, words.Competitor));
                Text(lead, "job_title", Pick(words.Deciders));
                Text(lead, "company", words.Competitor.Split('.')[0]);
                break;
            case PersonKind.PersonalMailbox:
                Text(lead, "email", Address(first, last, Pick(words.Mailboxes)));
                if (Chance(0.5))
                    Text(lead, "company", company.Name);
                if (Chance(0.6))
                    Text(lead, "job_title", Title(words));
                break;
            default:
                if (kind != PersonKind.WithoutEmail)
                    Text(lead, "email", Address(first, last, company.Domain));
                Employ(lead, company);
                break;
        }
        var interest = Interest(kind);
        if (kind == PersonKind.Customer)
            lead.Attributes.Add(new LeadAttribute("is_customer", "true", AttributeKind.Boolean));
        if (interest >= 2 || Chance(0.3))
            Text(lead, "owner_email", owners[_random.Next(3)].Email);
        if (Chance(0.04))
            lead.Attributes.Add(new LeadAttribute("opted_out", "true", AttributeKind.Boolean));
        if (interest >= 2 && Chance(0.5))
        {
            Text(lead, "need", Pick(words.Needs));
            Text(lead, "timeframe", Pick(words.Timeframes));
        }
        if (interest == 3 && Chance(0.4))
            lead.Attributes.Add(new LeadAttribute("seats_wanted", Number(_random.Next(5, 120)), AttributeKind.Number));
        new Journey(_random, words, lead, createdAt, start).Walk(interest, kind == PersonKind.Customer);
        return lead;
    }

    /// <summary>From 0, who was only imported, to 3, who wants to buy.</summary>
    private int Interest(PersonKind kind)
    {
        if (kind is PersonKind.Competitor or PersonKind.Customer)
            return 2;
        return _random.NextDouble() switch { < 0.35 => 0, < 0.68 => 1, < 0.88 => 2, _ => 3 };
    }

    private void Employ(Lead lead, Company company)
    {
        Text(lead, "job_title", Title(company.Words));
        Text(lead, "company", company.Name);
        Text(lead, "company_domain", company.Domain);
        Text(lead, "website", "https://www." + company.Domain);
        Text(lead, "industry", company.Industry);
        lead.Attributes.Add(new LeadAttribute("employees", Number(company.Employees), AttributeKind.Number));
        lead.Attributes.Add(new LeadAttribute("annual_revenue", Number(company.Employees * 140_000L), AttributeKind.Number));
        Text(lead, "country", company.Country);
        Text(lead, "city", company.City);
        if (Chance(0.6))
            Text(lead, "phone", $"{company.PhonePrefix}{_random.Next(10, 99)} {_random.Next(10, 99)} {_random.Next(10, 99)}");
    }

    private Company MakeCompany(Words words)
    {
        var industry = Pick(Words.Industries);
        var family = Pick(words.LastNames);
        var line = Pick(words == Words.French ? industry.French : industry.English);
        var name = $"{Pick(words.Companies)} {family} {line}";
        var country = Pick(words.Countries);
        var domain = Plain($"{family}-{line}") + "." + country.Domain;
        for (var copy = 2; !_domains.Add(domain); copy++)
            domain = $"{Plain($"{family}-{line}")}{copy}.{country.Domain}";
        var size = Pick(Sizes);
        return new Company(words, name, domain, industry.Id, _random.Next(size.Least, size.Most + 1), country.Name, Pick(country.Cities), country.Prefix);
    }

    private string Address(string first, string last, string domain)
    {
        var local = $"{Plain(first)}.{Plain(last)}";
        var address = $"{local}@{domain}";
        for (var copy = 2; !_addresses.Add(address); copy++)
            address = $"{local}{copy}@{domain}";
        return address;
    }

    private string Title(Words words) => _random.NextDouble() switch
    {
        < 0.35 => Pick(words.Deciders),
        < 0.7 => Pick(words.Preparers),
        _ => Pick(words.Others),
    };

    /// <summary>As in an address: without accents, lower case, anything else a hyphen.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var letter in text.ToLowerInvariant())
        {
            var accent = Accented.IndexOf(letter, StringComparison.Ordinal);
            if (accent >= 0)
                plain.Append(Unaccented[accent]);
            else if (char.IsAsciiLetterOrDigit(letter))
                plain.Append(letter);
            else if (letter != '\'')
                plain.Append('-');
        }
        return plain.ToString();
    }

    private static void Text(Lead lead, string name, string text) => lead.Attributes.Add(new LeadAttribute(name, text, AttributeKind.Text));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private bool Chance(double share) => _random.NextDouble() < share;

    private enum PersonKind
    {
        Professional,
        PersonalMailbox,
        Student,
        Competitor,
        WithoutEmail,
        Customer,
    }

    private sealed record Company(Words Words, string Name, string Domain, string Industry, int Employees, string Country, string City, string PhonePrefix);
}
