using System.Text.Json;

namespace CrmLeadQualifier.Core.Tests.Scoring;

public sealed class EmailDomainTests
{
    [Theory]
    [InlineData("ann@acme.fr", "acme.fr")]
    [InlineData("ann@old.fr@ACME.fr ", "acme.fr")]
    [InlineData("a@\u00C9tude.fr", "etude.fr")]
    [InlineData("ann", null)]
    [InlineData("ann@", null)]
    [InlineData("ann@ \u0301", null)]
    [InlineData("ann\uFF20acme.fr", null)]
    [InlineData("ann\uFE6Bacme.fr", null)]
    [InlineData("ann@acme\uFF20fr", "acme@fr")]
    public void It_is_what_follows_the_last_at_sign_of_the_address_as_given(string email, string? domain)
    {
        var test = domain is null ? "{ known: false }" : $"'{domain}'";
        var yaml = $$"""
            definition: Domains
            schema: 1
            requires: []
            profile:
              criteria:
                - { id: domain, label: D, if: { email_domain: {{test}} }, points: 5 }
            mql: { when: { total: { at_least: 1 } } }
            """;

        var score = Scored.Score(yaml, $$$"""{"id": "L", "attributes": {"email": {{{JsonSerializer.Serialize(email)}}}}}""");

        Assert.Contains("\"profile\": 5", Scored.Line(score), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_given_again_takes_its_domain_with_it()
    {
        const string Yaml = """
            definition: Domains
            schema: 1
            requires: [email_domain]
            profile:
              criteria:
                - { id: domain, label: D, if: { email: { known: true } }, points: 5 }
            mql: { when: { total: { at_least: 1 } } }
            """;

        foreach (var last in (string[])["null", "5", "true"])
        {
            var score = Scored.Score(Yaml, $$$"""{"id": "L", "attributes": {"email": "ann@acme.fr", "email": {{{last}}}}}""");

            Assert.Contains("\"missing\": [\"email_domain\"]", Scored.Line(score), StringComparison.Ordinal);
        }
    }
}
