using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class DefinitionProblemsTests
{
    private const string Smallest = """
        definition: Smallest
        schema: 1
        profile:
          criteria:
            - { id: boss, label: Boss, if: { job_title: CEO }, points: 50 }
        mql: { when: { total: { at_least: 10 } } }

        """;

    public static TheoryData<string, string> Table()
    {
        var table = new TheoryData<string, string>();
        string? snippet = null;
        var problems = new List<string>();
        foreach (var line in Examples.Resource("problems.txt").Split('\n').Append("# end"))
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                problems.Add(line.Trim());
            }
            else if (line.Length > 0)
            {
                if (snippet is not null)
                {
                    table.Add(snippet, string.Join('\n', problems));
                }

                problems.Clear();
                snippet = line[0] == '#' ? null : line;
            }
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void A_problem_is_reported_with_its_place_and_what_was_meant(string snippet, string problems)
    {
        var reading = Examples.Read(Around(snippet));

        Assert.Equal(problems, reading.Problems.Count == 0 ? "(none)" : string.Join('\n', reading.Problems.Select(p => p.ToString()["a.yaml:".Length..])));
        Assert.Equal(reading.Definition is null, reading.Problems.Any(p => p.Severity == ProblemSeverity.Error));
    }

    [Fact]
    public void Every_error_is_reported_and_not_only_the_first()
    {
        var reading = Examples.Read("""
            definition: Broken
            schema: 1
            langage: en
            profile:
              criteria:
                - { id: boss, label: Boss, if: { job_titel: CEO }, points: 5000 }
                - { id: boss, label: Boss, on: page_view, where: { url: { contian: x } }, points: 1 }
            mql: { when: { criterion.bos: 1 }, always: [boss, bos] }
            sales: { business_hours: { timezone: Paris } }
            """);

        Assert.Equal(
            ["langage", "profile.criteria[0].if.job_titel", "profile.criteria[0].points", "profile.criteria[1].id", "profile.criteria[1].on", "profile.criteria[1].where.url.contian",
                "mql.when.criterion.bos", "mql.always[1]", "sales.business_hours.timezone"],
            reading.Problems.Select(p => p.Path));
        Assert.Null(reading.Definition);
    }

    [Fact]
    public void A_dead_branch_is_found_beside_an_error_elsewhere()
    {
        var reading = Examples.Read(Smallest.Replace("at_least: 10", "at_least: 51", StringComparison.Ordinal) + "language: de\n");

        Assert.Equal(["mql.when", "language"], reading.Problems.Select(p => p.Path));
    }

    [Fact]
    public void An_attribute_whose_type_is_wrong_is_reported_once()
    {
        var reading = Examples.Read("""
            definition: X
            schema: 1
            attributes: { seats: nomber }
            profile:
              criteria:
                - { id: seats, label: Seats, if: { seats: { at_least: 5 } }, points: 5 }
            mql: { when: { criterion.seats: { at_least: 500 } } }
            """);

        Assert.Equal("attributes.seats", Assert.Single(reading.Problems).Path);
    }

    [Fact]
    public void An_attribute_that_no_connection_maps_is_a_warning_where_it_is_first_used()
    {
        var yaml = Smallest + "requires: [company, phone]\nexclusions: [ { id: x, label: X, if: { email_domain: a.fr, phone: \"1\" } } ]\n";

        var reading = DefinitionReader.Read(System.Text.Encoding.UTF8.GetBytes(yaml), "a.yaml", new HashSet<string> { "email", "job_title", "company" });

        Assert.Equal("a.yaml:7:21: warning: requires[1]: No connection maps `phone`: it is unknown for every lead.", Assert.Single(reading.Problems).ToString());
        Assert.NotNull(reading.Definition);
    }

    [Fact]
    public void A_problem_is_one_line_whatever_the_file_says()
    {
        var reading = Examples.Read(Smallest + "\"\\e[31m\\nred\": 1\n? " + new string('k', 500_000) + "\n: 1\n");

        Assert.All(reading.Problems, problem =>
        {
            Assert.DoesNotContain(problem.ToString(), char.IsControl);
            Assert.InRange(problem.ToString().Length, 1, 1500);
        });
        Assert.Equal(2, reading.Problems.Count);
    }

    private static string Around(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var snippet = line[(colon + 2)..].Replace("\\n", "\n", StringComparison.Ordinal);
        return line[..colon] switch
        {
            "file" => Smallest + snippet,
            "if" => Smallest + "exclusions:\n  - id: x\n    label: X\n    if: " + snippet,
            "behaviour" => Smallest + "behaviour:\n  criteria:\n    - " + snippet,
            "mql" => Smallest.Replace("{ when: { total: { at_least: 10 } } }", snippet, StringComparison.Ordinal),
            "profile" => Smallest.Replace("{ id: boss, label: Boss, if: { job_title: CEO }, points: 50 }", snippet, StringComparison.Ordinal),
            "whole" => snippet,
            var unknown => throw new ArgumentException(unknown),
        };
    }
}
