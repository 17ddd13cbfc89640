using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using RulesEngine.Models;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// Microsoft RulesEngine 6.0.1 on what its rules can say without code of ours: the profile's 14 criteria, no activities, no explanation beyond
/// which rules held. Its first call, which compiles, is not measured.
/// </summary>
internal static class RulesEngineComparison
{
    private const int Leads = 1_000;

    public static int Run(TextWriter output, ScoringPlan plan, LeadFacts[] facts, Instant now, double planMicroseconds)
    {
        var engine = new RulesEngine.RulesEngine(
            [new Workflow { WorkflowName = "profile", Rules = [.. Rules.Select(rule => new Rule { RuleName = rule.Name, Expression = rule.Expression })] }],
            new ReSettings { CustomTypes = [typeof(WordRules)] });
        var leads = facts[..Leads].Where(lead => lead.Values[lead.Schema.IndexOf("company")].IsKnown && lead.Values[lead.Schema.IndexOf("email")].IsKnown).ToArray();
        var inputs = leads.Select(lead => RulesLead.Of(HandLeads.Of(lead))).ToArray();
        var points = Rules.ToDictionary(rule => rule.Name, rule => rule.Points);

        var expected = leads.Sum(lead => plan.Score(lead, now, findNextChange: false).Criteria.Where(value => points.ContainsKey(value.Id)).Sum(value => value.Value));
        var times = new List<double>();
        for (var round = -1; round < 5; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var sum = 0L;
            foreach (var input in inputs)
            {
                foreach (var result in engine.ExecuteAllRulesAsync("profile", new RuleParameter("lead", input)).AsTask().GetAwaiter().GetResult())
                {
                    sum += result.IsSuccess ? points[result.Rule.RuleName] : 0;
                }
            }

            if (sum != expected)
            {
                throw new InvalidOperationException($"RulesEngine's checksum is {sum}, not {expected}.");
            }

            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / inputs.Length);
            }
        }

        var median = times.Order().ElementAt(times.Count / 2);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"RulesEngine, {Rules.Length} of the 32 rules       {median,7:F3} us a lead; / plan with all 32: {median / planMicroseconds:F0}"));
        return 0;
    }

    private static readonly (string Name, int Points, string Expression)[] Rules =
    [
        ("decision_maker", 30, "WordRules.HasWord(lead.JobTitle, \"ceo|cto|vp|directeur|directrice|head of\")"),
        ("manager", 10, "WordRules.HasWord(lead.JobTitle, \"manager|responsable|lead\")"),
        ("company_size", 30, "lead.Employees >= 50 && lead.Employees <= 500"),
        ("large_company", 20, "lead.Employees >= 501"),
        ("revenue", 10, "lead.AnnualRevenue >= 10000000"),
        ("industry", 15, "lead.Industry == \"manufacturing\" || lead.Industry == \"software\" || lead.Industry == \"logistics\" || lead.Industry == \"construction\""),
        ("country", 10, "lead.Country == \"fr\" || lead.Country == \"be\" || lead.Country == \"ch\" || lead.Country == \"lu\""),
        ("freemail", -15, "lead.EmailDomain == \"gmail.com\" || lead.EmailDomain == \"hotmail.com\" || lead.EmailDomain == \"orange.fr\" || lead.EmailDomain == \"yahoo.fr\""),
        ("department", 5, "lead.Department == \"sales\" || lead.Department == \"marketing\""),
        ("seniority", 10, "lead.Seniority == \"c-level\" || lead.Seniority == \"director\""),
        ("reachable", 3, "lead.Phone != \"\""),
        ("european_site", 5, "lead.CompanyDomain.EndsWith(\".fr\") || lead.CompanyDomain.EndsWith(\".be\") || lead.CompanyDomain.EndsWith(\".eu\")"),
        ("interested", 8, "lead.Interests.Any(Contains(\"crm\") || Contains(\"automation\"))"),
        ("referred", 7, "lead.Source.StartsWith(\"referral\") || lead.Source.StartsWith(\"partner\")"),
        ("seats", 10, "lead.SeatsWanted >= 20"),
    ];
}

/// <summary>Words in the rules' expressions.</summary>
public static class WordRules
{
    public static bool HasWord(string text, string words) =>
        words.Split('|').Any(word => (" " + string.Join(' ', text.Split(' ', ',', '.', '(', ')', '\'', '-', '/', '&')) + " ").Contains(" " + word + " ", StringComparison.Ordinal));
}

/// <summary>A lead as the rules see it: no nulls.</summary>
public sealed class RulesLead
{
    public string JobTitle { get; init; } = "";

    public string Industry { get; init; } = "";

    public string Country { get; init; } = "";

    public string EmailDomain { get; init; } = "";

    public string Department { get; init; } = "";

    public string Seniority { get; init; } = "";

    public string Phone { get; init; } = "";

    public string CompanyDomain { get; init; } = "";

    public string Source { get; init; } = "";

    public string[] Interests { get; init; } = [];

    public double Employees { get; init; }

    public double AnnualRevenue { get; init; }

    public double SeatsWanted { get; init; }

    internal static RulesLead Of(HandLead lead) => new()
    {
        JobTitle = lead.JobTitle ?? "",
        Industry = lead.Industry ?? "",
        Country = lead.Country ?? "",
        EmailDomain = lead.EmailDomain ?? "",
        Department = lead.Department ?? "",
        Seniority = lead.Seniority ?? "",
        Phone = lead.Phone ?? "",
        CompanyDomain = lead.CompanyDomain ?? "",
        Source = lead.Source ?? "",
        Interests = lead.Interests ?? [],
        Employees = lead.Employees ?? -1,
        AnnualRevenue = lead.AnnualRevenue ?? -1,
        SeatsWanted = lead.SeatsWanted ?? -1,
    };
}
